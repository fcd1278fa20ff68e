"""Two commits are measured by one benchmark, that of this tree."""

import subprocess

import pytest

from bench import versus
from config.local.errors import LaunchError


def worktrees() -> str:
    return subprocess.run(
        ["git", "worktree", "list"], cwd=versus.PROJECT, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def commit() -> str:
    try:
        return versus._commit("HEAD")
    except LaunchError:
        pytest.skip("this tree has no history")


def test_a_commit_is_checked_out_with_this_benchmark_and_leaves_nothing_behind(commit):
    with versus._checkout(commit) as directory:
        assert (directory / "manage.py").exists()
        assert (directory / "bench/versus.py").read_text() == (versus.PROJECT / "bench/versus.py").read_text()
        assert not (directory / "bench/results").exists()
        assert str(directory) in worktrees()
    assert not directory.parent.exists()
    assert str(directory) not in worktrees()


def test_a_commit_that_is_not_here_is_named(commit):
    with pytest.raises(LaunchError, match="no commit 'main~none'"):
        versus._commit("main~none")
