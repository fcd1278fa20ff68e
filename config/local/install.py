"""Makes .venv and installs the pinned requirements there: `python -m config.local.install run|test`.

Runs on the machine's own Python before anything is installed: standard library only, and no syntax that an old Python 3
could not read before it is told that it is too old.

pip brings uv, which brings the rest in a fraction of pip's time, and from its cache the next time. Where uv can not (an
index that only pip knows how to reach, a machine for which there is no uv), pip does all of it.
"""

import ast
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OLDEST = (3, 11)
PROJECT = Path(__file__).resolve().parent.parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"  # lines of "<sha256> <requirements file>"
FILES = {
    "run": ["requirements.txt", "requirements-local.txt"],
    "test": ["requirements.txt", "requirements-dev.txt"],
}
INSTALLER = "requirements-local.txt"  # pins uv
LISTED = ["--require-hashes", "--no-deps"]
SETTINGS = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}  # of pip, and what uv calls them


def main(purpose: str) -> int:
    if sys.version_info < OLDEST:
        found = f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})"
        newer = f"make {purpose} PYTHON=python3.11"
        return _fail(f"Python 3.11 or newer is needed and this is {found}. Name another one: {newer}")
    wanted = [f"{_digest(name)} {name}" for name in FILES[purpose]]
    installed = _read_stamp()
    if set(wanted) <= set(installed):
        return 0
    if not PYTHON.exists() and not _make_venv():
        return 1
    began_at = time.monotonic()
    if not _install(FILES[purpose]):
        return 1
    _write_stamp([line for line in installed if line.split()[1] not in FILES[purpose]] + wanted)
    print(f"✓ Requirements installed {time.monotonic() - began_at:.1f} s")
    return 0


def _digest(name: str) -> str:
    return hashlib.sha256((PROJECT / name).read_bytes()).hexdigest()


def _read_stamp() -> "list[str]":
    try:
        return STAMP.read_text().splitlines()
    except OSError:
        return []


def _write_stamp(lines: "list[str]") -> None:
    STAMP.write_text("\n".join(lines) + "\n")


def _make_venv() -> bool:
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        _fail(
            "The virtual environment .venv could not be made; Debian has it in python3-venv.",
            result.stdout,
        )
    return not result.returncode


def _install(files: "list[str]") -> bool:
    """Run uv, or pip. The lists are complete and carry a hash for each package: nobody need work out dependencies."""
    print("Installing the requirements into .venv ...", flush=True)
    return _with_uv(files) or _with_pip(files)


def _with_uv(files: "list[str]") -> bool:
    """Return whether it worked, and print no error: pip is tried next."""
    pin = re.search(r"^uv==.*\n(?: .*\n)+", (PROJECT / INSTALLER).read_text(), re.MULTILINE)
    if not pin or not _bring(pin.group()):
        return False
    command = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), *LISTED, *_lists(files)]
    shown = None if sys.stderr.isatty() else subprocess.DEVNULL  # its progress, where somebody watches
    return not subprocess.run(command, check=False, cwd=PROJECT, stderr=shown, env=_index_of_pip()).returncode


def _bring(pin: str) -> bool:
    """Install what these lines of a list of requirements name."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "requirements.txt")
        path.write_text(pin)
        command = [*_pip(), "--quiet", "-r", str(path)]
        return not subprocess.run(command, check=False, capture_output=True).returncode


def _index_of_pip() -> "dict[str, str]":
    """The environment, and in it what pip is told of its index, unless uv is told otherwise."""
    said = subprocess.run([str(PYTHON), "-m", "pip", "config", "list"], check=False, capture_output=True, text=True)
    found = {}
    for line in reversed(said.stdout.splitlines()):  # "global.index-url='https://...'"; the environment's come first
        name, _, value = line.partition("=")
        found[name.rpartition(".")[2]] = value
    return {**{uv: ast.literal_eval(found[pip]) for pip, uv in SETTINGS.items() if pip in found}, **os.environ}


def _with_pip(files: "list[str]") -> bool:
    """Say whether it worked, and why not on stderr."""
    command = [*_pip(), "--progress-bar=off", *_lists(files)]
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=PROJECT)
    output = _show(pip, sum(_count(name) for name in files))
    if pip.wait():
        _fail("The requirements could not be installed.", output)
    return not pip.returncode


def _pip() -> "list[str]":
    # What is imported is compiled then; compiling all of it here takes longer than the first start does.
    return [str(PYTHON), "-m", "pip", "install", *LISTED, "--no-input", "--disable-pip-version-check", "--no-compile"]


def _lists(files: "list[str]") -> "list[str]":
    return [argument for name in files for argument in ("-r", str(PROJECT / name))]


def _count(name: str) -> int:
    return (PROJECT / name).read_text().count("==")


def _show(pip: "subprocess.Popen[str]", total: int) -> str:
    """Turn pip's output into one line that changes; return its last lines."""
    lines, count = [], 0
    for line in pip.stdout or ():
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            count += 1
            _note("{} of at most {}: {}".format(count, total, line.split(" (")[0].split("==")[0].strip()))
        elif line.startswith("Installing collected"):
            _note("unpacking {} packages".format(line.count(",") + 1))
        if not line.startswith("WARNING: Location"):
            lines.append(line)
    _note("")
    return "".join(lines[-15:])


def _note(text: str) -> None:
    if sys.stdout.isatty():
        print("\r  {}\033[K{}".format(text[:90], "" if text else "\r"), end="", flush=True)


def _fail(sentence: str, details: str = "") -> int:
    sys.stderr.write(f"✗ {sentence}\n{details}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
