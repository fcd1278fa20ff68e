"""Where an address or a path leads: to this machine only, or to something that all pods reach."""

import ipaddress
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

POD_MEMORY, POD_DISK, THIS_MACHINE = "memory of one pod", "disk of one pod", "this machine only"
DATABASE, CACHE_SERVICE, FILE_STORE = "database", "cache server", "file store"
BROKER, MAIL_SERVER, SEARCH_SERVER = "message broker", "mail server", "search server"
NOWHERE, NOT_KNOWN = "nowhere for long", "not known"
BROWSER, IMAGE, OUTPUT, SOURCE, ENVIRONMENT = "browser", "release", "log collector", "source code", "environment"

NETWORK_FILE_SYSTEMS = {
    "nfs", "nfs4", "cifs", "smb3", "ceph", "fuse.ceph", "glusterfs", "fuse.glusterfs", "lustre", "fuse.s3fs", "9p",
    "fuse.gcsfuse", "fuse.mountpoint-s3", "beegfs", "gpfs", "ocfs2", "gfs2", "fuse.juicefs",
}  # fmt: skip
MOUNTS = Path("/proc/mounts")
STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/null", "/proc/self/fd/", "/proc/1/fd/", "/dev/fd/")


def is_loopback(host: object) -> bool:
    """Return whether this host name or address leads back to the machine that asks."""
    name = str(host).strip().strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".localdomain")):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def is_socket(host: object) -> bool:
    """Return whether it names a Unix socket, which only processes of this machine reach."""
    return str(host).startswith(("/", "unix:", "@"))


def host_of(address: object) -> str:
    """Return the host of a URL, of host:port, or of a (host, port) pair; a Unix socket as its path."""
    if isinstance(address, tuple | list):
        return str(address[0]) if address else ""
    if isinstance(address, dict):
        return host_of(address.get("address") or address.get("host") or address.get("url") or "")
    text = str(address)
    if "://" in text:
        split = urlsplit(text)
        if split.scheme in {"unix", "redis+socket", "rediss+socket"}:
            return split.path or "/"
        return _host(split.netloc)
    return text if is_socket(text) else _host(text.split("/", maxsplit=1)[0])


def _host(netloc: str) -> str:
    name = netloc.rpartition("@")[2]
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name if name.count(":") > 1 else name.partition(":")[0]


def is_local_service(address: object) -> bool:
    """Return whether a service at this URL, host:port or socket is one of this machine."""
    host = host_of(address)
    return is_socket(host) or is_loopback(host)


def without_password(address: object) -> str:
    """Return an address as it may be shown."""
    return re.sub(r"(?<=://)[^@/\s]*@", "***@", str(address))


def addresses(location: object) -> list[object]:
    """Return the single addresses of a setting that may be one, several separated by , or ;, or a list."""
    if isinstance(location, str):
        return [part.strip() for part in re.split(r"[;,](?![^\[]*\])", location) if part.strip()]
    if isinstance(location, list | tuple | set):
        pair = len(location) == 2 and isinstance(list(location)[1], int)
        return [tuple(location)] if pair else list(location)
    return [location] if location else []


def shared_mount(path: object, mounts: Path | None = None) -> str:
    """Return "nfs4 at /srv/media" if the path is on a network file system that is mounted here, otherwise ""."""
    wanted = Path(os.path.realpath(str(path)))
    found = [(point, kind) for point, kind in _mounts(mounts or MOUNTS) if wanted.is_relative_to(point)]
    point, kind = max(found, key=lambda mount: len(mount[0].parts), default=(Path("/"), ""))
    return f"{kind} at {point}" if kind in NETWORK_FILE_SYSTEMS else ""


def _mounts(table: Path) -> Iterator[tuple[Path, str]]:
    try:
        lines = table.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        fields = line.split()
        if len(fields) > 2:
            yield Path(fields[1].replace("\\040", " ")), fields[2]


def is_stream(path: object) -> bool:
    return str(path).startswith(STREAMS)


def loopback_values(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (name of the setting, address) for every loopback URL or host:port in a nested setting."""
    if isinstance(value, str):
        if LOOPBACK_ADDRESS.search(str(value)):  # it may be a lazy string, which only claims to be text
            yield path, str(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from loopback_values(inner, f"{path}[{key!r}]")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from loopback_values(inner, f"{path}[{index}]")


_LOOPBACK = r"(?:localhost|127(?:\.\d+){3}|\[::1\])"
LOOPBACK_ADDRESS = re.compile(rf"://(?:[^@/\s]*@)?{_LOOPBACK}(?=[:/?#]|$)|^{_LOOPBACK}:\d+", re.IGNORECASE)
