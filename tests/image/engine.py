"""podman, as root and without a registry: build the image and run it as a pod would.

It takes minutes, so it is done with SHOP_TEST_IMAGE=1 only. A base image that is missing is made first
(tests/image/base.sh: a minute, needs debootstrap and a Debian mirror); what else is missing is a failure.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASE = os.environ.get("SHOP_TEST_BASE", "docker.io/library/python:3.13-slim")
IMAGE = "localhost/shop:test"
MOMENT = 1_764_000_000  # seconds since 1970
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# crun wants cgroups v2 and journald; these settings work on machines that have neither.
SETTINGS = """
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
[containers]
default_ulimits=["nofile=20000:20000","nproc=4096:4096"]
"""
# What k8s/base demands of a pod.
HARDENED = [
    "--read-only", "--read-only-tmpfs=false", "--tmpfs=/tmp:size=64m,mode=1777", "--cap-drop=ALL",
    "--security-opt=no-new-privileges", "--memory=512m", "--pids-limit=256", "--network=host",
]  # fmt: skip


class Engine:
    def __init__(self, directory: Path) -> None:
        (directory / "containers.conf").write_text(SETTINGS)
        self.environment = {**os.environ, "CONTAINERS_CONF": str(directory / "containers.conf")}

    def __call__(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        command = ["podman", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def has(self, image: str) -> bool:
        return self("image", "exists", image).returncode == 0

    def size(self, image: str) -> int:
        """Return bytes, all layers together."""
        return int(self("image", "inspect", "--format={{.Size}}", image).stdout)

    def inspect(self, image: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self("image", "inspect", image).stdout)[0]
        return found

    def build(self, tag: str = IMAGE, *more: str) -> None:
        """Build it as a release does: times are those of the commit, here any moment."""
        trusted = [f"--volume={CERTIFICATES}:{CERTIFICATES}:ro"] if Path(CERTIFICATES).exists() else []
        options = ["--pull=never", "--network=host", f"--timestamp={MOMENT}", *trusted, *more]
        named = [f"--build-arg=PYTHON_IMAGE={BASE}", "--build-arg=VERSION=test", f"--tag={tag}"]
        run = self("build", *options, *named, ".", timeout=1800)
        assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]

    def files(self, image: str) -> Iterator[tuple[str, tarfile.TarInfo, bytes]]:
        """Yield path, entry and content of all that is in the image: nothing in there could list it."""
        container = self("create", image).stdout.strip()
        with tempfile.TemporaryFile() as archive:
            subprocess.run(["podman", "export", container], env=self.environment, stdout=archive, check=True)
            self("rm", container)
            archive.seek(0)
            with tarfile.open(fileobj=archive) as tar:
                for entry in tar:
                    content = tar.extractfile(entry) if entry.isreg() else None
                    yield f"/{entry.name}", entry, content.read() if content else b""

    def run(self, *command: str, entrypoint: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end in a hardened container."""
        instead = [f"--entrypoint={entrypoint}"] if entrypoint else []
        return self("run", "--rm", *HARDENED, *instead, IMAGE, *command)


class Pod:
    """One hardened container that goes on running. `environment`: what the store reads."""

    def __init__(self, engine: Engine, role: str, environment: dict[str, str]) -> None:
        self.engine = engine
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        run = engine("run", "--detach", *HARDENED, *variables, IMAGE, role)
        assert run.returncode == 0, run.stderr
        self.id = run.stdout.strip()

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.engine("exec", self.id, *command)

    def logs(self) -> list[str]:
        run = self.engine("logs", self.id)
        return (run.stdout + run.stderr).splitlines()

    def stop(self) -> tuple[float, int]:
        """Send TERM. Return seconds until it ended and its exit code."""
        began = time.monotonic()
        self.engine("stop", "--time=40", self.id)
        seconds = time.monotonic() - began
        return seconds, int(self.engine("inspect", "--format={{.State.ExitCode}}", self.id).stdout)

    def remove(self) -> None:
        self.engine("rm", "--force", "--time=0", self.id)


def find(directory: Path) -> Engine:
    """Return an engine that has the base image. Skips the test where nobody asked for it."""
    if os.environ.get("SHOP_TEST_IMAGE") != "1":
        pytest.skip("image not built: SHOP_TEST_IMAGE=1 does")
    if not shutil.which("podman"):
        pytest.fail("podman is not installed: apt-get install podman buildah runc netavark catatonit debootstrap")
    engine = Engine(directory)
    if not engine.has(BASE):
        subprocess.run(["tests/image/base.sh", BASE], cwd=ROOT, env=engine.environment, timeout=600, check=True)
    return engine
