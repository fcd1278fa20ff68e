"""compose.yaml starts what the manifests start: the same commands, the same hardening, everything watched."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.k8s.manifests import ROOT

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("tessel/")}
ONCE = {"migrate"}


def test_the_fleet_is_complete() -> None:
    assert [OURS[name]["command"] for name in ("web-1", "web-2", "relay", "worker", "migrate")] == [
        ["web"], ["web"], ["relay"], ["worker"], ["migrate"],
    ]  # fmt: skip
    assert {"balancer", "postgres", "redis", "s3", "sqs", "mail", "cron", "provision"} <= SERVICES.keys()


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONCE))
def test_every_service_is_watched(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD", "no shell needed"


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_containers_are_as_hardened_as_pods(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"][0].startswith("/tmp:size=")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nothing_waits_for_what_is_not_there(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert how["condition"] == "service_completed_successfully" if other in ONCE else "service_healthy"
        assert other in ONCE or "healthcheck" in SERVICES[other]


def test_ports_are_open_to_this_machine_only() -> None:
    assert all(port.startswith("127.0.0.1:") for each in SERVICES.values() for port in each.get("ports", []))


@pytest.mark.parametrize("path", ["compose.Caddyfile", "k8s/overlays/local/Caddyfile"])
def test_balancer_understands_its_configuration(path: str, tmp_path: Path) -> None:
    caddy = shutil.which("caddy", path=str(Path(sys.executable).parent)) or shutil.which("caddy")
    if not caddy:
        pytest.skip("no caddy here")
    command = [caddy, "validate", "--config", str(ROOT / path), "--adapter", "caddyfile"]
    run = subprocess.run(command, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
