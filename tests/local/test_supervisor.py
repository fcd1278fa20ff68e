"""What ends is started again, with a growing pause; what it had lost is restored."""

import time

import psutil

from config.local.errors import LaunchError
from config.local.process import Process, Program, python
from config.local.supervisor import Kept, Periodic, Supervisor

SLEEP = python("-c", "import time; time.sleep(300)")


def tick_until(supervisor: Supervisor, condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        supervisor.tick()
        time.sleep(0.02)


def test_a_killed_process_is_started_again_and_the_terminal_is_told(place):
    process = Process(Program("part", SLEEP), place)
    process.start()
    first = process.pid
    told: list[str] = []
    supervisor = Supervisor([Kept(process)], [], told.append)
    supervisor.tick()
    assert process.pid == first
    psutil.Process(first).kill()
    tick_until(supervisor, lambda: process.running and process.pid != first)
    assert "part ended (signal 9)" in told[0]
    process.kill()


def test_the_pause_grows_while_a_process_keeps_failing(place):
    process = Process(Program("part", python("-c", "raise SystemExit(3)")), place)
    process.start()
    told: list[str] = []
    tick_until(Supervisor([Kept(process)], [], told.append), lambda: len(told) == 3)
    assert [line.partition("again in ")[2] for line in told] == ["0.4 s", "0.8 s", "1.6 s"]


def test_what_a_service_lost_is_restored_once_it_is_ready_even_if_that_fails_at_first(place):
    process = Process(Program("part", SLEEP), place)
    process.start()
    restored: list[int] = []

    def restore() -> None:
        restored.append(process.pid)
        if len(restored) == 1:
            raise LaunchError("not yet")

    supervisor = Supervisor([Kept(process, lambda: True, restore)], [], lambda line: None)
    supervisor.tick()
    assert restored == []
    psutil.Process(process.pid).kill()
    tick_until(supervisor, lambda: len(restored) == 2)
    supervisor.tick()
    assert restored == [process.pid, process.pid]
    process.kill()


def test_housekeeping_is_not_started_twice_at_once(place):
    process = Process(Program("cron", SLEEP), place)
    supervisor = Supervisor([], [Periodic(process, 0.0)], lambda line: None)
    supervisor.tick()
    first = process.pid
    supervisor.tick()
    assert process.pid == first
    psutil.Process(first).kill()
    tick_until(supervisor, lambda: process.running and process.pid != first)
    process.kill()


def test_housekeeping_that_fails_is_told(place):
    process = Process(Program("cron", python("-c", "raise SystemExit(7)")), place)
    told: list[str] = []
    tick_until(Supervisor([], [Periodic(process, 60.0)], told.append), lambda: bool(told))
    assert "cron failed (exit code 7)" in told[0]
