"""What can be said of the image without building it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shop.platform import patience
from tests.k8s.manifests import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE.rpartition("FROM ")[2]


def test_hadolint_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if not hadolint:
        pytest.skip("hadolint is not installed here")
    run = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_the_build_begins_with_the_base_that_was_asked_for_and_the_pod_with_nothing() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${PYTHON_IMAGE}", "scratch"]


def test_builds_without_a_registry() -> None:
    assert "# syntax=" not in DOCKERFILE, "it would be fetched"
    assert "<<" not in DOCKERFILE and "--link" not in DOCKERFILE, "older builders know neither"


def test_dependencies_are_checked_against_their_hashes() -> None:
    assert "--require-hashes" in DOCKERFILE and "--only-binary=:all:" in DOCKERFILE
    pinned = re.findall(r"^[a-z0-9_.\-\[\]]+==", (ROOT / "requirements.txt").read_text(), re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 50


def test_last_stage_installs_nothing_and_ends_as_a_numbered_user() -> None:
    assert not re.search(r"^RUN", LAST_STAGE, re.MULTILINE), "there is no shell to run anything"
    assert re.findall(r"^USER (\S+)", LAST_STAGE, re.MULTILINE) == ["10001:10001"]
    assert re.search(r'^ENTRYPOINT \["python", "-m", "config"\]$', LAST_STAGE, re.MULTILINE), "PID 1 gets the signals"


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.backup"])
def test_the_wait_for_a_silent_name_server_is_the_one_that_is_told(name: str) -> None:
    options = re.search(r'RES_OPTIONS="timeout:(\d+) attempts:(\d+)"', (ROOT / name).read_text())
    assert options and int(options[1]) * int(options[2]) * 2 == patience.NAMES


def test_only_what_a_pod_runs_is_sent_to_the_builder() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line for line in lines if line.startswith("!")} == {
        "!requirements.txt", "!image", "!manage.py", "!config", "!shop",
    }  # fmt: skip
    assert "config/local" in lines
