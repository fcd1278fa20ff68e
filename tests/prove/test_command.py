"""`python -m prove`: what it cannot use, and being interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config.local.process import PROJECT
from prove.__main__ import main
from tests.services import room
from tests.waiting import patience

until = patience(200)

COMMAND = [sys.executable, "-m", "prove"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--journeys", "0"], "write a number from 1 to 5000"),
        (["--quick", "--journeys", "40"], "not allowed with argument"),
        (["--quick", "--revision", "nonsense"], "git knows no revision 'nonsense' here"),
        (["--old", "nonsense"], "git knows no revision 'nonsense' here"),
        (["--quick", "--out", "/proc/nowhere"], "/proc/nowhere: "),
    ],
)
def test_what_cannot_be_used_is_said_at_once(arguments, sentence, capsys):
    usual = signal.getsignal(signal.SIGTERM)
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code
    finally:
        signal.signal(signal.SIGTERM, usual)
    assert code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.fleet
def test_an_interrupt_leaves_nothing_behind():
    """When processes of all kinds have been started."""
    here = room()
    process = subprocess.Popen(
        [*COMMAND, "--journeys", "1", "--old", "none", "--out", str(here)], cwd=PROJECT, env=_here(here)
    )
    try:
        until(lambda: any(here.glob("shop-prove-*/calm/run/balancer.pid")))  # the last of them
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) > 15
        process.send_signal(signal.SIGTERM)  # goes the way of Ctrl-C, which background jobs of a shell ignore
        assert process.wait(300) == 130
    finally:
        process.kill()
    until(lambda: not any(here.glob("shop-prove-*")))
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def _here(directory: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(directory)}
