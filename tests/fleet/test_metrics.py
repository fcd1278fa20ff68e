"""What Prometheus reads from a pod: right with several worker processes, and after one of them was replaced."""

import os
import re
import signal
import subprocess

import httpx
import pytest
from django.conf import settings

from tests.fleet.gunicorns import wait_until
from tests.services import fleet, started

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True)]
REQUESTS = 30


def counted(url: str) -> int:
    """Return how many GETs of the cart's page were counted, by all processes of the pod."""
    lines = httpx.get(url, timeout=60).text.splitlines()
    wanted = re.compile(r'shop_requests_total\{.*route="cart/".*\} (\d+)')
    return sum(int(float(found[1])) for line in lines if (found := wanted.match(line)))


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(each) for each in found.stdout.split()]


def test_counters_add_up_over_the_processes_of_a_pod():
    with started(fleet("metrics", settings.DATABASES["default"], web=1, environment={"WEB_WORKERS": "2"})) as pods:
        ask = [httpx.get(f"{pods.url('web-1')}/cart/", timeout=60) for _ in range(REQUESTS)]
        assert {answer.status_code for answer in ask} == {200}
        assert {answer.headers["X-Pod"] for answer in ask} == {"web-1"}
        assert httpx.get(f"{pods.url('web-1')}/livez").headers["X-Pod"] == "web-1"
        wait_until(lambda: counted(pods.metrics_url("web-1")) == REQUESTS, "each is counted", 60)
        for name in pods.ports:  # nobody else of the network reads them
            with pytest.raises(httpx.ConnectError):
                httpx.get(pods.metrics_url(name).replace("127.0.0.1", "127.0.0.2"))

        first, _second = children(pods.processes["web-1"].pid)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len({*children(pods.processes["web-1"].pid)} - {first}) == 2, "it was replaced", 120)
        httpx.get(f"{pods.url('web-1')}/cart/", timeout=60)
        wait_until(lambda: counted(pods.metrics_url("web-1")) == REQUESTS + 1, "none is forgotten", 60)
