"""Two commits, measured in turn by this benchmark: `make bench-compare BASE=<commit>`.

Each is checked out beside this one with the benchmark of this one, so that both are asked the same.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bench import report, result
from bench.options import Options
from config.local.errors import LaunchError

PROJECT = Path(__file__).resolve().parent.parent


def compare(options: Options, console: Console) -> int:
    """Measure options.base and then HEAD, and show ratios. Raises LaunchError."""
    base, head = _commit(options.base), _commit("HEAD")
    found = []
    for commit in (base, head):
        out = options.out / "compared" / commit[:10]
        with _checkout(commit) as directory:
            console.print(f"Measuring {commit[:10]}", markup=False)
            _measure(directory, out, options)
        found.append(result.read(out / "latest.json"))
    console.print(report.comparison(*found))
    return 0 if all(each.good for each in found) else 1


def _commit(name: str) -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LaunchError(f"There is no commit {name!r} here.")
    return done.stdout.strip()


@contextmanager
def _checkout(commit: str) -> Iterator[Path]:
    """A worktree of the commit with our benchmark in it, removed at the end."""
    parent = Path(tempfile.mkdtemp(prefix="shop-compare-"))
    directory = parent / commit[:10]
    try:
        _git("worktree", "add", "--detach", str(directory), commit)
        shutil.rmtree(directory / "bench", ignore_errors=True)
        shutil.copytree(PROJECT / "bench", directory / "bench", ignore=shutil.ignore_patterns("results", "__pycache__"))
        yield directory
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(directory)], cwd=PROJECT, check=False)
        shutil.rmtree(parent, ignore_errors=True)


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LaunchError(f"git {' '.join(arguments)} failed.", done.stderr.splitlines()[-3:])


def _measure(directory: Path, out: Path, options: Options) -> None:
    """Run the benchmark there, with the Python of this one. Raises LaunchError if there is no result then."""
    command = [sys.executable, "-m", "bench", "--out", str(out.resolve()), "--seconds", str(options.seconds)]
    command += ["--sizes", ",".join(map(str, options.sizes)), "--orders", str(options.orders)]
    command += ["--connections", str(options.connections)]
    command += ["--only", ",".join(options.only)] if options.only else []
    command += ["--quick"] if options.quick else []
    (out / "latest.json").unlink(missing_ok=True)
    code = subprocess.run(command, cwd=directory, check=False).returncode
    if not (out / "latest.json").exists():
        raise LaunchError(f"The benchmark of {directory.name} ended with exit code {code} and without a result.")
