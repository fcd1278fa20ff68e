"""The code as a pod has it: a copy that nobody may write to, of the working tree or of a revision."""

import compileall
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from config.local.errors import LaunchError
from config.local.process import PROJECT

PARTS = ("config", "shop", "manage.py")
WRITABLE = 0o222


def copy(target: Path, revision: str = "") -> Path:
    """Put the working tree, or `revision`, into `target`, compiled, with static files, read-only.

    Raises LaunchError for a revision that has no store in it.
    """
    target.mkdir(parents=True)
    if revision:
        _extract(revision, target)
    else:
        for part in PARTS:
            _copy(PROJECT / part, target / part)
    _copy(PROJECT / "prove", target / "prove")  # what repeats messages, and what makes the proof fail
    _copy(PROJECT / "staticfiles", target / "staticfiles")
    compileall.compile_dir(target, quiet=2, workers=1)
    for path in _everything(target):
        path.chmod(path.stat().st_mode & ~WRITABLE)
    return target


def release(target: Path) -> None:
    """Allow a copy to be removed."""
    for path in _everything(target):
        path.chmod(path.stat().st_mode | 0o200)


def previous() -> str:
    """Return the last release's tag, or the last commit but one. Raises LaunchError outside of git."""
    tag = _git("describe", "--tags", "--abbrev=0", "HEAD^")
    found = tag or _git("rev-parse", "--short", "HEAD~1")
    if not found:
        raise LaunchError("There is no earlier revision here to run beside this one: leave it out with --old none.")
    return found


def check(revision: str) -> str:
    """Return the revision. Raises LaunchError if git does not know it."""
    if revision and not _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"):
        raise LaunchError(f"git knows no revision {revision!r} here: name a tag or a commit.")
    return revision


def has(revision: str, path: str) -> bool:
    """Say whether a revision has a file."""
    return bool(_git("ls-tree", "--name-only", revision, path))


def described(revision: str = "HEAD") -> str:
    """Return a revision's short name, "" where git knows nothing."""
    return _git("describe", "--tags", "--always", revision)


def _extract(revision: str, target: Path) -> None:
    done = subprocess.run(
        ["git", "archive", "--format=tar", revision, *PARTS], cwd=PROJECT, capture_output=True, check=False
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise LaunchError(f"The revision {revision!r} has no store in it: name a later one.", reason)
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(target, filter="data")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("results"), dirs_exist_ok=True)
    elif source.exists():
        shutil.copy2(source, target)


def _everything(target: Path) -> Iterator[Path]:
    yield target
    yield from (path for path in target.rglob("*") if not path.is_symlink())


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
