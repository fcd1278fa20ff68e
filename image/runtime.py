"""Copy the Python that runs this, and the libraries that it and the packages below need, into an empty directory.

    python image/runtime.py /opt/venv /runtime

The last stage of the Dockerfile begins with nothing else: no shell, no package manager, no compiler, nothing that a
pod does not run. Everything keeps its path, so interpreter and libraries find each other as before.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

# Of the standard library, what no server needs: tests, windows, editors, installers, what builds Python itself.
LEFT_OUT = shutil.ignore_patterns(
    "__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle.py", "ensurepip", "venv", "lib2to3",
    "config-3*", "site-packages", "dist-packages", "pydoc_data", "_pyrepl", "_tkinter*", "_test*", "_ctypes_test*",
    "_xxtestfuzz*", "LICENSE.txt", "sitecustomize.py", "EXTERNALLY-MANAGED",
)  # fmt: skip
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
ZONES = "/usr/share/zoneinfo"
# glibc loads it by itself when a thread is cancelled; no file says that it is needed.
UNSAID = ("libgcc_s.so.1",)
USER = "shop:x:10001:10001::/tmp:/sbin/nologin\n"


def main(environment: Path, root: Path) -> None:
    library = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, root / library.relative_to("/"), ignore=LEFT_OUT, symlinks=True)
    program = (environment / "bin/python").readlink()  # where the virtual environment expects it
    _with_links(program, root)
    extensions = [*(root / library.relative_to("/")).rglob("*.so"), *environment.rglob("*.so*")]
    libraries = _libraries([program.resolve(), *extensions])
    for needed in libraries:
        _with_links(needed, root)
    _with_links(Path(CERTIFICATES), root)
    shutil.copytree(ZONES, root / ZONES[1:], ignore=shutil.ignore_patterns("posix", "right"), symlinks=True)
    _system_files(root)
    _tell_scanners({CERTIFICATES, f"{ZONES}/UTC", *map(str, libraries)}, root)


def _libraries(files: Iterable[Path]) -> set[Path]:
    """Return the shared libraries of the system that these files load, directly or through others."""
    found = {path for file in files for path in _needs(file)}
    cache = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    known = dict(re.findall(r"^\s(\S+) .*=> (\S+)$", cache, re.MULTILINE))
    return found | {Path(known[name]) for name in UNSAID}


def _needs(file: Path) -> Iterator[Path]:
    run = subprocess.run(["ldd", file], capture_output=True, text=True, check=False)
    for path in re.findall(r"^\s(?:\S+ => )?(/\S+) \(0x", run.stdout, re.MULTILINE):
        if not path.startswith(("/opt/", "/runtime/")):  # packages bring some of their own
            yield Path(path)


def _with_links(path: Path, root: Path) -> None:
    """Copy a file and the links on the way to it. A directory that is a link, as Debian's /lib, is made one again."""
    for parent in reversed(path.parents[:-1]):
        _link_of(parent, root)
    if _link_of(path, root):
        return
    target = root / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy2(path, target)


def _link_of(path: Path, root: Path) -> bool:
    """Copy `path` and what it leads to if it is a link, and say whether it is one."""
    if not path.is_symlink():
        return False
    target = root / path.relative_to("/")
    if not target.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path.readlink())
        real = path.parent / path.readlink()
        if real.is_dir():
            (root / real.resolve().relative_to("/")).mkdir(parents=True, exist_ok=True)
        else:
            _with_links(Path(str(real.parent.resolve() / real.name)), root)
    return True


def _system_files(root: Path) -> None:
    """What libraries look for: names of users, and where names of hosts are looked up."""
    (root / "etc/passwd").write_text(f"root:x:0:0:root:/:/sbin/nologin\n{USER}")
    (root / "etc/group").write_text("root:x:0:\nshop:x:10001:\n")
    (root / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def _tell_scanners(files: Iterable[str], root: Path) -> None:
    """Keep what dpkg knows of the packages that the files are from, where scanners look in an image without dpkg."""
    known = root / "var/lib/dpkg/status.d"
    known.mkdir(parents=True)
    for name in sorted({package for file in files for package in _owners(file)}):
        status = subprocess.run(["dpkg-query", "--status", name], capture_output=True, text=True, check=True).stdout
        (known / name.partition(":")[0]).write_text(status)
    shutil.copy2("/etc/os-release", root / "etc/os-release")


def _owners(file: str) -> list[str]:
    """Return the packages of a file. dpkg may know it without the /usr through which it is reached today."""
    names = [file, str(Path(file).resolve()), file.removeprefix("/usr")]
    found = subprocess.run(["dpkg-query", "--search", *names], capture_output=True, text=True, check=False).stdout
    return [line.rpartition(": ")[0].split(",")[0] for line in found.splitlines() if not line.startswith("diversion")]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
