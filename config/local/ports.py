"""TCP ports of this machine, on 127.0.0.1 only."""

import os
import random
import socket
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which Linux (32768 up) and macOS (49152 up) take the ports of outgoing connections: a port that
# is picked here is still free when its server starts a second later, and again when it is restarted.
RANGE = range(18000, 32000)
SHARE = "SHOP_PORTS"  # environment: "1/2" is the first half of them, for runs side by side that must not meet
_given: set[int] = set()  # per-pod: no pod asks for ports; by this process, whose servers may not have started yet


def free(count: int) -> list[int]:
    """Return `count` different ports on which a server can be started, none of which this process was given before."""
    found: list[int] = []
    choice = [port for port in share(os.environ.get(SHARE) or "1/1") if port not in _given]
    for port in random.sample(choice, len(choice)):
        if len(found) == count:
            break
        if not taken(port):
            found.append(port)
    _given.update(found)
    return found


def keep(port: int) -> None:
    """Give the port to nobody: it is chosen already, by hand, and its server is started later."""
    _given.add(port)


def keep_from_proxies() -> None:
    """Name this machine in NO_PROXY, for this process and those it starts.

    Where the environment names a proxy for the rest of the world, boto3, httpx and urllib would ask it for HOST, too.
    """
    known = ",".join(filter(None, (os.environ.get("no_proxy"), os.environ.get("NO_PROXY"))))
    hosts = dict.fromkeys([*filter(None, known.split(",")), HOST, "localhost"])
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(hosts)


def share(text: str) -> range:
    """Return the ports of "2/3", the second of three parts."""
    number, parts = (int(part) for part in text.split("/"))
    return RANGE[number - 1 :: parts]


def remembered(path: Path) -> int:
    """Return the port written in the file `path`, or a new one (then written there) if that is none or taken.

    For addresses that are kept elsewhere, such as a payment page that a stored order links to.
    """
    try:
        port = int(path.read_text())
    except (OSError, ValueError):
        port = 0
    if port and not taken(port):
        return port
    (port,) = free(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(port))
    return port


def taken(port: int) -> bool:
    """Say whether a server could not be started on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a closed connection holds nothing
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def answers(port: int) -> bool:
    """Say whether something accepts connections on the port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
