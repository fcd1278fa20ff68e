"""The store on ECS: task definitions with the same image, commands, settings and limits as the manifests."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters

from tests.infra.conftest import ROOT
from tests.k8s.manifests import Object, containers, environment, pod_template, rendered, workloads

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:" + "5e" * 32
SERVICES = json.loads((ROOT / "infra/examples/ecs/services.json").read_text())


def fits(operation: str, parameters: Object, service: str = "ecs") -> None:
    """Raises ParamValidationError for what AWS' own description of the operation does not allow."""
    model = botocore.session.get_session().get_service_model(service)
    validate_parameters(parameters, model.operation_model(operation).input_shape)


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    rendered("overlays/aws")  # skips where there is no kubectl
    out = tmp_path_factory.mktemp("tasks")
    program = ROOT / "infra/examples/ecs/render.py"
    command = [sys.executable, program, "--image", IMAGE, "--account", "123456789012", "--out", out]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {path.stem: json.loads(path.read_text()) for path in out.iterdir()}


def pod(name: str) -> Object:
    (found,) = [
        each for each in workloads("overlays/aws") if each["metadata"]["labels"]["app.kubernetes.io/name"] == name
    ]
    spec: Object = pod_template(found)["spec"]
    return spec


def pairs(container: Object) -> list[tuple[Object, Object]]:
    """Each container of a task beside that of the pod."""
    same = {each["name"]: each for each in containers(pod(container["family"].removeprefix("shop-")))}
    return [(each, same.pop(each["name"])) for each in container["containerDefinitions"]]


def test_each_workload_has_a_task_that_ecs_would_take(tasks: dict[str, Any]) -> None:
    assert set(tasks) == {"web", "relay", "worker", "worker-media", "migrate", "cron"}
    for task in tasks.values():
        fits("RegisterTaskDefinition", task)
    for service in SERVICES.values():
        fits("CreateService", service)


def test_commands_names_and_settings_are_those_of_the_pods(tasks: dict[str, Any]) -> None:
    for task in tasks.values():
        for container, same in pairs(task):
            assert container["command"] == same["args"] and container["image"] == IMAGE
            given = {each["name"]: each["value"] for each in container["environment"]}
            own = {each["name"]: each["value"] for each in same.get("env", []) if "value" in each}
            wanted = {k: v for k, v in {**environment("overlays/aws"), **own}.items() if not k.endswith("KEYS_FILE")}
            assert given.items() >= {k: v for k, v in wanted.items() if "/run/secrets" not in v}.items()
            secret = {f"{each['name']}_FILE" for each in container["secrets"]}
            assert secret == {name for name, value in environment("overlays/aws").items() if "/run/secrets" in value}


def test_tasks_have_as_long_to_stop_and_are_watched_alike(tasks: dict[str, Any]) -> None:
    for name, task in tasks.items():
        for container, same in pairs(task):
            assert container["stopTimeout"] == pod(name)["terminationGracePeriodSeconds"] <= 120
            command = same.get("livenessProbe", {}).get("exec", {}).get("command")
            assert container.get("healthCheck", {}).get("command", ["CMD", None])[1:] == (command or [None])


def test_tasks_are_as_confined_and_have_as_much_memory_as_pods(tasks: dict[str, Any]) -> None:
    for task in tasks.values():
        for container, same in pairs(task):
            assert container["user"] == "10001:10001" and container["readonlyRootFilesystem"] is True
            assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
            if container["essential"]:
                limit = same["resources"]["limits"]["memory"]
                assert int(task["memory"]) >= int(limit[:-2]) * {"Mi": 1, "Gi": 1024}[limit[-2:]]


def test_nothing_starts_before_the_schema_is_there_and_a_bad_release_goes_back(tasks: dict[str, Any]) -> None:
    for name in SERVICES.keys() | {"cron"}:
        assert tasks[name]["containerDefinitions"][-1]["dependsOn"] == [
            {"containerName": "wait", "condition": "SUCCESS"}
        ]
    for name, service in SERVICES.items():
        assert service["taskDefinition"] == tasks[name]["family"]
        rolling = service["deploymentConfiguration"]
        assert rolling["minimumHealthyPercent"] == 100 and rolling["deploymentCircuitBreaker"]["rollback"] is True


def test_roles_and_log_groups_that_tasks_name_are_made_by_terraform(tasks: dict[str, Any]) -> None:
    roles = (ROOT / "infra/modules/roles/main.tf").read_text().partition("  own = {")[2]
    known = re.findall(r"^    ([\w-]+) = \{$", roles, re.MULTILINE)
    made = {f"arn:aws:iam::123456789012:role/shop-{name}" for name in known}
    named = {name: task["taskRoleArn"] for name, task in tasks.items() if "taskRoleArn" in task}
    assert set(named) == set(tasks) - {"cron"} and set(named.values()) <= made
    group = 'resource "aws_cloudwatch_log_group" "pods" {\n  name              = "/${var.name}/pods"'
    assert group in (ROOT / "infra/modules/watching/main.tf").read_text()
    containers_of_all = [each for task in tasks.values() for each in task["containerDefinitions"]]
    assert {each["logConfiguration"]["options"]["awslogs-group"] for each in containers_of_all} == {"/shop/pods"}


def test_an_image_that_could_move_is_refused() -> None:
    program = ROOT / "infra/examples/ecs/render.py"
    command = [sys.executable, program, "--image", "shop:latest", "--account", "1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2 and "by its digest" in run.stderr
    assert not Path("tasks").exists()
