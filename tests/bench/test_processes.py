"""CPU time is what the processes themselves say it is, also of those that have ended."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import Snapshot, snapshot

WORK = "import time\nend = time.process_time() + {seconds}\nwhile time.process_time() < end: pass\n"
WAIT = "print('done', flush=True)\ninput()"


@contextmanager
def worker(program: str) -> Iterator[subprocess.Popen[str]]:
    """A Python that waits for a line when it has begun and again when its work is done."""
    command = [sys.executable, "-c", f"print('here', flush=True)\ninput()\n{program}\n{WAIT}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()


def work(process: subprocess.Popen[str]) -> Snapshot:
    """Let it work and return what that took."""
    assert process.stdin and process.stdout
    roots = {"test": os.getpid(), "worker": process.pid}
    before = snapshot(roots)
    process.stdin.write("\n")
    process.stdin.flush()
    process.stdout.readline()
    return snapshot(roots).since(before)


def test_a_process_costs_what_its_own_clock_says():
    with worker(WORK.format(seconds=0.5)) as process:
        found = work(process)
    assert 0.45 < found.parts["worker"] < 0.6
    assert found.parts["test"] < 0.2


def test_children_count_to_their_parent_also_when_they_have_ended():
    child = WORK.format(seconds=0.4)
    program = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"
    with worker(program) as process:
        found = work(process)
    assert 0.4 < found.parts["worker"] < 0.75  # with the start of the child


def test_what_processes_say_is_no_more_than_what_the_machine_was_busy_with():
    """It may be less: who sees the processes of a container only sees all of its machine's work."""
    assert any(busy_and_explained() for _ in range(3)), "who ends while all are read may be counted to its parent, too"


def busy_and_explained() -> bool:
    with worker(WORK.format(seconds=1)) as process:
        found = work(process)
    assert found.busy > 0.9
    return found.explained * found.busy > 0.9 and found.explained < 1.2


def test_a_sleeping_process_costs_nothing():
    with worker("import time; time.sleep(0.3)") as process:
        assert work(process).parts["worker"] < 0.05


def test_the_difference_of_two_snapshots_is_taken_for_each_part():
    before, after = Snapshot({"app": 1.0}, 2.0, 4.0, 0.5), Snapshot({"app": 3.0}, 3.0, 8.0, 0.5)
    found = after.since(before)
    assert found == Snapshot({"app": 2.0}, 1.0, 4.0, 0.0)
    assert (found.explained, found.foreign) == (0.75, 0.25)


def test_reading_all_clocks_is_quick():
    began_at = time.process_time()
    snapshot({"test": os.getpid()})
    assert time.process_time() - began_at < 0.5
