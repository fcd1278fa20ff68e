"""k8s/release brings out a release in the safe order and takes it back when it does not work."""

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.k8s.conftest import Shop
from tests.k8s.manifests import ROOT, of_kind, rendered
from tests.waiting import patience

IMAGE = "registry.example/shop@sha256:" + "5e" * 32
KUBECTL = ROOT / "tests/k8s/kubectl_that_records.sh"
until = patience(60)
WORKLOADS = ("relay", "web", "worker", "worker-media")


class Cluster:
    """What the stand-in for kubectl (kubectl_that_records.sh) was asked, and what it answers."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "revisions").mkdir()
        (directory / "bin").mkdir()
        (directory / "bin/kubectl").symlink_to(KUBECTL)
        self.says("job", "SuccessCriteriaMet Complete")

    def says(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)

    def runs(self, revision: int) -> None:
        for name in WORKLOADS:
            self.says(f"revisions/{name}", str(revision))

    def revisions(self) -> set[str]:
        return {path.read_text().strip() for path in (self.directory / "revisions").iterdir()}

    @property
    def calls(self) -> list[str]:
        path = self.directory / "calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def applied(self) -> list[str]:
        path = self.directory / "applied"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    if not shutil.which("kubectl"):
        pytest.skip("no kubectl here, so nothing can be rendered")
    return Cluster(tmp_path)


def release(cluster: Cluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [ROOT / "k8s/release", *arguments]
    return subprocess.run(command, env=environment(cluster), capture_output=True, text=True, timeout=300, check=False)


def environment(cluster: Cluster) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{cluster.directory / 'bin'}:{os.environ['PATH']}",
        "CLUSTER": str(cluster.directory),
        "REAL_KUBECTL": shutil.which("kubectl") or "",
        "POLL_SECONDS": "0.05",
    }


def test_brings_out_configuration_then_schema_then_pods_then_cron(cluster: Cluster, shop: str) -> None:
    cluster.runs(41)
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 0, run.stderr
    order = [cluster.applied.index(name) for name in ("Job/migrate-v1.4.0", "Deployment/web", "CronJob/cron")]
    assert order == sorted(order)
    kinds = [name.partition("/")[0] for name in cluster.applied]
    assert {"ConfigMap", "ServiceAccount", "NetworkPolicy", "ExternalSecret"} <= set(kinds[: order[0]])
    assert "apply --dry-run=server" in cluster.calls[1], "the API server judges all of it before anything changes"
    assert not [call for call in cluster.calls if "undo" in call]
    waited = [call for call in cluster.calls if "rollout status" in call]
    assert [call.split()[4] for call in waited] == [f"deployment/{name}" for name in WORKLOADS]


def test_every_object_is_applied_once_and_the_image_is_named_by_its_digest(cluster: Cluster, shop: str) -> None:
    release(cluster, "--image", IMAGE, "--name", "dev", "--smoke", shop)
    names = [f"{each['kind']}/{each['metadata']['name']}" for each in rendered("overlays/aws")]
    assert sorted(cluster.applied) == sorted(names)
    assert of_kind("overlays/aws", "ConfigMap"), "the files of the repository are still there"
    assert "5e5e5e" not in (ROOT / "k8s/overlays/aws/release/kustomization.yaml").read_text()


def test_a_schema_that_cannot_be_changed_stops_the_release_before_any_pod(cluster: Cluster, shop: str) -> None:
    cluster.runs(41)
    cluster.says("job", "FailureTarget Failed")
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 1 and "job/migrate-v1.4.0 did not complete" in run.stderr
    assert not [name for name in cluster.applied if name.startswith(("Deployment", "CronJob"))]
    assert any("logs job/migrate-v1.4.0" in call for call in cluster.calls)
    assert cluster.revisions() == {"41"}


def test_a_job_that_is_refused_is_not_mistaken_for_one_of_its_name_that_completed(cluster: Cluster, shop: str) -> None:
    cluster.runs(41)
    cluster.says("refused", "Job/migrate-v1.4.0")
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 1
    assert cluster.revisions() == {"41"}


def test_pods_that_do_not_get_ready_are_taken_back(cluster: Cluster, shop: str) -> None:
    cluster.runs(41)
    cluster.says("stuck", "web")
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 1, run.stderr
    assert cluster.revisions() == {"back to 41"}
    assert not [name for name in cluster.applied if name.startswith("CronJob")], "the former ones go on"


def test_pages_that_do_not_answer_are_taken_back(cluster: Cluster, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shop, "broken", "/api/v1/products/")
    cluster.runs(7)
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 1 and f"{shop}/api/v1/products/ does not answer" in run.stderr
    assert cluster.revisions() == {"back to 7"}


def test_the_first_release_has_nothing_to_go_back_to_and_says_so(cluster: Cluster, shop: str) -> None:
    cluster.says("stuck", "web")
    run = release(cluster, "--image", IMAGE, "--name", "v1.0.0", "--smoke", shop)
    assert run.returncode == 1 and "nothing ran before" in run.stderr
    assert not [call for call in cluster.calls if "undo" in call]


def test_a_deployment_that_came_with_the_release_goes_with_it(cluster: Cluster, shop: str) -> None:
    cluster.runs(41)
    (cluster.directory / "revisions/worker-media").unlink()
    cluster.says("stuck", "web")
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 1, run.stderr
    assert not (cluster.directory / "revisions/worker-media").exists()
    assert cluster.revisions() == {"back to 41"}


def test_cron_jobs_that_are_refused_take_the_pods_back_too(cluster: Cluster, shop: str) -> None:
    cluster.runs(41)
    cluster.says("refused", "CronJob/cron")
    run = release(cluster, "--image", IMAGE, "--name", "v1.4.0", "--smoke", shop)
    assert run.returncode == 1 and cluster.revisions() == {"back to 41"}


@pytest.mark.parametrize("way", ["told to stop", "Ctrl-C", "the terminal is lost", "nobody reads it any more"])
def test_interrupted_while_it_waits_for_pods_it_takes_them_back(cluster: Cluster, shop: str, way: str) -> None:
    cluster.runs(41)
    cluster.says("hangs", "web")
    ours, its = pty.openpty()
    # A shell cannot trap what was ignored when it began, as Ctrl-C is for whatever runs in the background.
    command = ["env", "--default-signal=INT", "setsid", "--ctty", ROOT / "k8s/release"]
    command += ["--image", IMAGE, "--name", "v1.4.0", "--smoke", shop]
    run = subprocess.Popen(
        command, env=environment(cluster), stdin=its, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    os.close(its)
    until((cluster.directory / "hanging").exists)
    interrupt(run, way, terminal=ours)
    assert run.wait(timeout=120) == 1
    assert cluster.revisions() == {"back to 41"}


def interrupt(run: "subprocess.Popen[bytes]", way: str, *, terminal: int) -> None:
    assert run.stdout
    match way:
        case "Ctrl-C":
            os.write(terminal, b"\x03")
        case "the terminal is lost":
            os.close(terminal)
        case "nobody reads it any more":
            run.stdout.close()
            run.terminate()
        case _:
            run.terminate()


def test_a_dry_run_asks_no_cluster(cluster: Cluster) -> None:
    run = release(cluster, "--dry-run", "--image", IMAGE, "--name", "v1.4.0")
    assert run.returncode == 0, run.stderr
    assert cluster.calls == [] and cluster.applied == []
    assert (
        "wait at most 900 s for job/migrate-v1.4.0" in run.stdout and "curl https://shop.example/readyz" in run.stdout
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--image", "registry.example/shop:latest", "--name", "v1"], "by its digest"),
        (["--image", IMAGE, "--name", "Version 1"], "small letters"),
        (["--image", IMAGE, "--name", "v1", "--overlay", "overlays/none"], "no overlays/none/release"),
        (["--image", IMAGE, "--name"], "--name needs a value"),
        (["--img", IMAGE], "--img is unknown"),
    ],
)
def test_arguments_that_cannot_be_used_change_nothing(cluster: Cluster, arguments: list[str], says: str) -> None:
    run = release(cluster, *arguments)
    assert run.returncode == 2 and says in run.stderr
    assert cluster.calls == []


@pytest.mark.parametrize(
    "script", ["k8s/release", "k8s/publish", "tests/k8s/kubectl_that_records.sh", "tests/image/base.sh"]
)
def test_shellcheck_finds_nothing(script: str) -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    if not shellcheck:
        pytest.skip("no shellcheck here")
    run = subprocess.run([shellcheck, script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")
