"""Both pipelines, of GitHub and of AWS, call the same scripts in the same order, and fit what would run them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.conftest import ROOT
from tests.infra.test_ecs import fits

PIPELINE = ROOT / "infra/examples/pipeline"
WORKFLOWS = ROOT / ".github/workflows"
STEPS = ["make lint", "make test", "make scan", "k8s/publish", "make sbom", "k8s/release"]
OURS = re.compile(r"(make [a-z]+|k8s/[a-z]+)")


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((WORKFLOWS / f"{name}.yaml").read_text())
    return found


def steps(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return OURS.findall("\n".join(lines))


def test_both_pipelines_do_the_same_in_the_same_order() -> None:
    github = steps((WORKFLOWS / "check.yaml").read_text()) + steps((WORKFLOWS / "release.yaml").read_text())
    aws = [step for name in ("check", "publish", "release") for step in steps(buildspec(name))]
    assert github == aws == STEPS


def buildspec(name: str) -> str:
    return (PIPELINE / f"{name}.buildspec.yaml").read_text()


def test_what_they_call_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for step in STEPS:
        name = step.split()[-1]
        assert (ROOT / name).exists() or name in targets, step


def test_the_pipeline_of_aws_is_one_that_aws_would_take() -> None:
    pipeline = json.loads((PIPELINE / "pipeline.json").read_text())
    fits("CreatePipeline", pipeline, service="codepipeline")
    stages = [stage["name"] for stage in pipeline["pipeline"]["stages"]]
    assert stages == ["Source", "Check", "Publish", "Release"]
    projects = [
        action["configuration"]["ProjectName"]
        for stage in pipeline["pipeline"]["stages"]
        for action in stage["actions"]
        if action["actionTypeId"]["provider"] == "CodeBuild"
    ]
    assert projects == ["shop-check", "shop-publish", "shop-release"]


def test_what_one_stage_hands_on_is_what_the_next_takes() -> None:
    exported = yaml.safe_load(buildspec("publish"))["env"]["exported-variables"]
    taken = re.findall(r"#\{published\.(\w+)\}", (PIPELINE / "pipeline.json").read_text())
    assert set(taken) == set(exported) == {"IMAGE", "NAME"}
    release = workflow("release")["jobs"]
    assert "needs.publish.outputs.image" in str(release["release"]) and "image" in release["publish"]["outputs"]


def test_a_release_needs_its_checks_and_workflows_have_no_more_rights_than_they_use() -> None:
    release = workflow("release")
    assert release["jobs"]["publish"]["needs"] == "check" and release["jobs"]["release"]["needs"] == "publish"
    for name in ("check", "release"):
        assert workflow(name)["permissions"] == {"contents": "read"}
    roles = [re.findall(r"vars\.(\w+_ROLE)", str(release["jobs"][name])) for name in ("publish", "release")]
    assert roles == [["PUBLISH_ROLE"], ["RELEASE_ROLE"]], "what builds cannot reach the cluster"
    assert "secrets." not in (WORKFLOWS / "release.yaml").read_text(), "rights come from OIDC"
    assert release["defaults"]["run"]["shell"] == "bash", "a failure inside of a pipe has to count"


def test_what_others_wrote_is_named_by_a_commit_and_its_release() -> None:
    """A tag of an action can be moved to code that nobody here has seen, and the release has rights on AWS."""
    for name in ("check", "release"):
        used = re.findall(r"uses: (?!\./)(.*)", (WORKFLOWS / f"{name}.yaml").read_text())
        assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each) for each in used), used


def test_yamllint_finds_nothing() -> None:
    yamllint = shutil.which("yamllint", path=str(Path(sys.executable).parent))
    if not yamllint:
        pytest.skip("no yamllint here")
    places = ["k8s", ".github", "infra", "compose.yaml", ".pre-commit-config.yaml"]
    run = subprocess.run([yamllint, "--strict", *places], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")
