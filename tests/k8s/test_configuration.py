"""A change of configuration is a rollout, a release has its own migrate Job, and both tell the store what it reads."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.k8s.manifests import FOLDERS, ROOT, containers, environment, of_kind, ours, pod_template, rendered, workloads

HASHED = re.compile(r"-[0-9a-z]{10}$")
SETTINGS = [*(ROOT / "config").glob("*.py"), *(ROOT / "config/settings").glob("*.py")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_of_configuration_end_in_a_hash_and_are_the_ones_referred_to(folder: str) -> None:
    made = {each["metadata"]["name"] for each in of_kind(folder, "ConfigMap", "Secret")}
    assert made and all(HASHED.search(name) for name in made)
    for workload in workloads(folder):
        for container in containers(pod_template(workload)["spec"]):
            for source in container.get("envFrom", []):
                assert source["configMapRef"]["name"] in made


def test_a_changed_value_changes_the_pods(tmp_path: Path) -> None:
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("no kubectl here")
    shutil.copytree(ROOT / "k8s", tmp_path / "k8s")
    with (tmp_path / "k8s/base/shop.env").open("a") as file:
        file.write("LOG_COLOUR=none\n")
    command = [kubectl, "kustomize", tmp_path / "k8s/base"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (before,) = [each["metadata"]["name"] for each in of_kind("base", "ConfigMap")]
    assert before not in text


def test_each_release_has_its_own_migrate_job() -> None:
    (job,) = of_kind("overlays/aws", "Job")
    assert job["metadata"]["name"] == "migrate-dev"
    assert "RELEASE" not in str(of_kind("overlays/aws", "ConfigMap")), "the release is for the name only"


@pytest.mark.parametrize("folder", ["overlays/local", "overlays/aws"])
def test_overlays_name_the_image(folder: str) -> None:
    assert "tessel/shop" not in str(rendered(folder))
    for workload in workloads("base"):
        assert all(ours(container) for container in containers(pod_template(workload)["spec"]))


def test_names_are_the_ones_that_the_store_reads() -> None:
    """Guards against a name that was mistyped here or renamed there."""
    sources = [*SETTINGS, *(ROOT / "shop/platform").glob("*.py")]
    read = set(re.findall(r"\"([A-Z][A-Z0-9_]+)\"", "".join(path.read_text() for path in sources)))
    boto = {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    example = re.findall(r"^([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    names = {*environment("base"), *environment("overlays/local"), *environment("overlays/aws"), *example}
    assert {name.removesuffix("_FILE") for name in names - read - {"HEARTBEAT_FILE"}} <= read | boto


# What a process is told by its platform, its own command or the tests, and nobody sets.
GIVEN = {"POD_NAME", "HOSTNAME", "SHOP_ROLE", "STATICFILES_STORAGE", "RESTORED_DATABASE_URL"}


def test_the_example_names_every_setting() -> None:
    places = [*SETTINGS, *(ROOT / "shop/platform").rglob("*.py")]
    text = "".join(path.read_text() for path in places)
    read = set(re.findall(r"(?:env\.\w+|os\.environ\.get)\(\s*\"([A-Z][A-Z0-9_]+)\"", text)) - GIVEN
    named = re.findall(r"^([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    missing = {name for name in read if name not in named and f"{name}_FILE" not in named}
    assert missing == {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"}, "OpenTelemetry's own, of many"


def test_housekeeping_runs_each_minute_and_never_twice_at_once() -> None:
    (cron,) = of_kind("base", "CronJob")
    assert (cron["spec"]["schedule"], cron["spec"]["concurrencyPolicy"]) == ("* * * * *", "Forbid")
    assert cron["spec"]["timeZone"] == "Etc/UTC" and cron["spec"]["startingDeadlineSeconds"] < 60
    assert cron["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] <= 3600
