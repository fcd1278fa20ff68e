"""Whatever ends the supervisor, its processes end with it; nobody else's do."""

import subprocess
import sys
import time

import psutil
import pytest

from config.local import orphans
from config.local.claim import claimed
from config.local.errors import LaunchError
from config.local.process import PROJECT, Place, Process, Program, python
from tests.waiting import patience

until = patience(60)

SUPERVISOR = """
import sys, time
from pathlib import Path
from config.local.guard import Guard
from config.local.process import Place, Process, Program, python
place = Place(Path(sys.argv[1]), sys.argv[2])
guard = Guard(place)
forking = "import subprocess, time; subprocess.Popen(['sleep', '300']); time.sleep(300)"
forgetful = "import os, sys; os.execve(sys.executable, [sys.executable, '-c', 'import time; time.sleep(300)'], {})"
for name, code in (("web-1", forking), ("redis", forgetful)):
    Process(Program(name, python("-c", code)), place).start()
print("up", flush=True)
time.sleep(300)
"""


def children(place: Place) -> list[psutil.Process]:
    found = {int(path.read_text()) for path in place.run.glob("*.pid")}
    return [psutil.Process(pid) for pid in found] + [p for pid in found for p in psutil.Process(pid).children()]


def test_a_killed_supervisor_leaves_no_process_and_no_pid_file(place):
    command = [sys.executable, "-c", SUPERVISOR, str(place.data), place.mark]
    supervisor = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE)
    assert supervisor.stdout
    supervisor.stdout.readline()
    until(lambda: len(children(place)) == 3)  # the child's child is there a moment later
    left = children(place)
    supervisor.kill()
    supervisor.communicate()
    assert psutil.wait_procs(left, timeout=60)[1] == []
    until(lambda: not list(place.run.glob("*.pid")))


def test_a_pid_file_whose_number_went_to_another_process_ends_nobody(place):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    (place.run / "current").write_text(place.mark)
    (place.run / "web-1.pid").write_text(str(stranger.pid))
    import os

    os.utime(place.run / "web-1.pid", (time.time() - 3600,) * 2)
    orphans.end(place.mark, place.run, patience=0)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_run_that_came_later_is_left_alone(place):
    later = Place(place.data, place.mark + "-later")
    process = Process(Program("web-1", python("-c", "import time; time.sleep(300)")), later)
    process.start()
    (place.run / "current").write_text("another mark")
    orphans.end(f"{place.mark}:", place.run, patience=0)
    assert process.running
    process.kill()


def test_a_data_directory_serves_one_run_at_a_time(tmp_path):
    with claimed(tmp_path), pytest.raises(LaunchError, match=r"already runs on .* \(process \d+\)"), claimed(tmp_path):
        pass
    with claimed(tmp_path):
        pass


def test_a_file_in_the_place_of_the_data_directory_is_told(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(LaunchError, match="cannot be used: not a directory"), claimed(tmp_path / "data"):
        pass
