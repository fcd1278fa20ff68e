"""The user of PostgreSQL is there for all who start at once on a new machine."""

import os
import shutil
import subprocess
import sys

import pytest

from config.local.process import PROJECT

AT_ONCE = """
import grp, multiprocessing, os, pwd, sys
from config.local.system_user import ensure

def run(gate):
    gate.wait()
    ensure("new_here")
    found = pwd.getpwnam("new_here")
    grp.getgrgid(found.pw_gid)
    os.write(1, f"{found.pw_uid} {found.pw_gid}\\n".encode())  # at once: the others write too

fork = multiprocessing.get_context("fork")
gate = fork.Barrier(6)
processes = [fork.Process(target=run, args=[gate]) for _ in range(gate.parties)]
for process in processes:
    process.start()
for process in processes:
    process.join()
sys.exit(any(process.exitcode for process in processes))
"""


def on_new_machine(copy_of_etc, program: str) -> "subprocess.CompletedProcess[str]":
    """In a view of the file system of its own: the machine's users stay as they are."""
    script = 'mount --bind "$1" /etc && exec "$2" -c "$3"'
    command = ["unshare", "--mount", "--", "sh", "-c", script, "sh", str(copy_of_etc), sys.executable, program]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=PROJECT)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root adds users")
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare of util-linux")
def test_all_who_add_the_user_at_once_find_it(tmp_path):
    copy = shutil.copytree("/etc", tmp_path / "etc", symlinks=True)
    if on_new_machine(copy, "").returncode:
        pytest.skip("this machine gives no view of the file system of its own")
    result = on_new_machine(copy, AT_ONCE)
    assert result.returncode == 0, result.stderr
    assert len(set(result.stdout.splitlines())) == 1, f"its id changed: {result.stdout}"
