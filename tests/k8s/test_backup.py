"""The jobs that make dumps and restore them fit the schemas, may do little, and leave room for each other."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.k8s.manifests import ROOT, Object, pod_template, with_component
from tests.k8s.test_schemas import VERSIONS, check

NAMES = ("backup", "restore-drill")


def jobs() -> list[Object]:
    return [each for each in with_component("backup") if each["metadata"]["name"] in NAMES and "spec" in each]


@pytest.mark.parametrize("version", VERSIONS)
def test_they_fit_the_published_schemas(version: str) -> None:
    for each in with_component("backup"):
        check(each, version)


def test_each_runs_a_command_that_there_is_as_an_account_of_its_own() -> None:
    assert {job["metadata"]["name"] for job in jobs()} == set(NAMES)
    accounts = {each["metadata"]["name"] for each in with_component("backup") if each["kind"] == "ServiceAccount"}
    for job in jobs():
        pod = pod_template(job)["spec"]
        (container,) = pod["containers"]
        assert container["command"][2] in get_commands()
        assert pod["serviceAccountName"] == "backup" and "backup" in accounts
        assert pod["automountServiceAccountToken"] is False


def test_they_are_as_confined_as_all_pods_and_have_room_for_a_dump() -> None:
    for job in jobs():
        pod = pod_template(job)["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        rooms = {volume["name"]: volume.get("emptyDir") for volume in pod["volumes"]}
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        directory = container["command"][container["command"].index("--directory") + 1]
        assert "medium" not in rooms[mounts[directory]], "a dump in memory would be killed for it"
        assert rooms[mounts[directory]]["sizeLimit"] == container["resources"]["limits"]["ephemeral-storage"]


def test_none_meets_itself_and_each_ends_before_its_next_run() -> None:
    hours = {"backup": 6, "restore-drill": 24}
    for job in jobs():
        assert job["spec"]["concurrencyPolicy"] == "Forbid"
        deadline = job["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"]
        assert deadline < hours[job["metadata"]["name"]] * 3600


def test_the_role_on_aws_is_bound_to_the_account_of_its_name() -> None:
    assert "backup = {" in (ROOT / "infra/modules/roles/main.tf").read_text()


def test_the_image_has_programs_of_the_version_that_the_database_is_asked_for() -> None:
    database = (ROOT / "infra/modules/database/main.tf").read_text()
    (asked,) = re.findall(r'engine_version\s*=\s*"(\d+)', database)
    assert f"ARG POSTGRES_MAJOR={asked}\n" in (ROOT / "Dockerfile.backup").read_text()


def test_hadolint_finds_nothing_in_the_image() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if not hadolint:
        pytest.skip("hadolint is not installed here")
    run = subprocess.run([hadolint, "Dockerfile.backup"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")
