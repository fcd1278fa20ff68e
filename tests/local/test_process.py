"""A child process is started apart from us and ends in bounded time, with everything that it started."""

import signal

import psutil
import pytest

from config.local.errors import LaunchError
from config.local.process import Place, Process, Program, python

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"
)
PARENT = (
    "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']);"
    "print(child.pid, flush=True); time.sleep(300)"
)


def run(place: Place, code: str, **options) -> Process:
    process = Process(Program("part", python("-c", code), **options), place)
    process.start()
    return process


def first_line(process: Process) -> str:
    process.wait_until(lambda: bool(process.tail()), seconds=60, what="part")
    return process.tail()[0]


def test_its_id_is_in_a_file_while_it_runs(place):
    process = run(place, "import time; time.sleep(300)")
    assert int((place.run / "part.pid").read_text()) == process.pid
    process.stop()
    assert not (place.run / "part.pid").exists()
    assert process.exit_code == -signal.SIGTERM


def test_it_runs_in_the_directory_that_it_is_given(place, tmp_path):
    process = run(place, "import os; print(os.getcwd(), flush=True)", directory=tmp_path)
    assert first_line(process) == str(tmp_path)
    process.stop()


def test_one_that_does_not_listen_is_killed_when_its_patience_is_over(place):
    process = run(place, STUBBORN, patience=0.3)
    first_line(process)
    process.stop()
    assert process.exit_code == -signal.SIGKILL  # it would have ended by itself after minutes


def test_children_of_a_killed_process_are_gone_before_it_is_started_again(place):
    process = run(place, PARENT)
    child = psutil.Process(int(first_line(process)))
    psutil.Process(process.pid).kill()
    process.wait_until(lambda: not process.running, seconds=60, what="part")
    assert child.is_running()
    process.start()
    child.wait(60)
    process.kill()


def test_ctrl_c_does_not_reach_it(place):
    process = run(place, "import os, time; print(os.getsid(0) == os.getpid(), flush=True); time.sleep(300)")
    assert first_line(process) == "True"
    process.kill()


def test_one_that_ends_while_it_is_waited_for_says_why(place):
    process = run(place, "raise SystemExit('the reason')")
    with pytest.raises(LaunchError, match="part did not start: it ended with exit code 1") as caught:
        process.wait_until(lambda: False, seconds=60, what="part")
    assert caught.value.lines == ["the reason"]


def test_one_that_is_not_ready_in_time_says_so(place):
    process = run(place, "import time; time.sleep(300)")
    with pytest.raises(LaunchError, match="part did not start within 0 seconds"):
        process.wait_until(lambda: False, seconds=0.1, what="part")
    process.kill()
