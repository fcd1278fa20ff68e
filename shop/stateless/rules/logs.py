"""Log files: nobody can look at them once the pod is gone."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.places import OUTPUT, POD_DISK, host_of, is_local_service, is_stream, shared_mount
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row

FILES, SYSLOG = 70, 71
LOST = "The log lines of the pod that died, which are those that would say why."
REMEDY = 'LOGGING["handlers"]["{name}"] = {{"class": "logging.StreamHandler"}}: standard output, for the platform'
NETWORK = ("logging.handlers.SysLogHandler", "logging.handlers.SocketHandler", "logging.handlers.DatagramHandler")


def rows(project: Project) -> Iterator[Row]:
    handlers = (project.setting("LOGGING") or {}).get("handlers") or {}
    found = [row for name, handler in sorted(handlers.items()) for row in _handler(project, name, handler)]
    yield from found
    if not found:
        yield _asked("all").shared(FILES, "standard output and error", OUTPUT)


def _asked(name: str) -> Question:
    return Question(f"Log lines, handler “{name}”", "the people who run the site")


def _handler(project: Project, name: str, handler: dict[str, Any]) -> Iterator[Row]:
    cls = project.load(handler.get("class") or handler.get("()"))
    if is_kind(cls, "logging.FileHandler"):
        yield _file(name, str(handler.get("filename", "")))
    elif is_kind(cls, *NETWORK):
        yield _network(name, handler.get("address") or (handler.get("host", "localhost"), handler.get("port", 514)))


def _file(name: str, path: str) -> Row:
    if is_stream(path):
        return _asked(name).shared(FILES, path, OUTPUT)
    network = shared_mount(path)
    if network:
        lost = "Lines: many pods write into the same file at once."
        return _asked(name).weak(FILES, f"{path} ({network})", POD_DISK, lost, REMEDY.format(name=name))
    return _asked(name).weak(FILES, f"file {path}", POD_DISK, LOST, REMEDY.format(name=name))


def _network(name: str, address: Any) -> Row:
    if is_local_service(address):
        return _asked(name).weak(SYSLOG, f"{address} of the pod", POD_DISK, LOST, REMEDY.format(name=name))
    return _asked(name).shared(SYSLOG, host_of(address), OUTPUT)
