"""Databases: a file of the pod, a server beside the pod, or a server for all."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.places import DATABASE, POD_DISK, POD_MEMORY, shared_mount
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules.local_services import service

FILE, LOCAL_SERVER, STRANGE = 1, 2, 3
LOST = "Everything the site knows: customers, orders, content. Each pod would have a site of its own."
SERVERS = (
    "postgresql",
    "postgis",
    "mysql",
    "oracle",
    "mssql",
    "psycopg",
    "cockroach",
    "timescale",
    "tidb",
    "snowflake",
)
REMEDY = 'DATABASES["{alias}"] = {{"ENGINE": "django.db.backends.postgresql", "HOST": "<a name all pods reach>", ...}}'


def rows(project: Project) -> Iterator[Row]:
    for alias, entry in sorted(project.setting("DATABASES", {}).items()):
        if entry.get("ENGINE") and not entry["ENGINE"].endswith("backends.dummy"):
            yield database(project, alias, entry)


def database(project: Project, alias: str, entry: dict[str, Any]) -> Row:
    asked = Question(f"Database “{alias}”", "everybody: customers, staff, the business")
    engine, remedy = str(entry["ENGINE"]), REMEDY.format(alias=alias)
    if "sqlite" in engine or "spatialite" in engine:
        return _file(asked, str(entry.get("NAME") or ""), remedy)
    if not any(name in engine for name in SERVERS):
        text = "Not known: this engine is not one that the audit knows."
        return asked.unknown(STRANGE, engine, DATABASE, text, "Make sure that it is a server that all pods reach.")
    host = _host(entry, mysql="mysql" in engine)
    return service(project, asked, LOCAL_SERVER, host, place=DATABASE, lost=LOST, remedy=remedy)


def _file(asked: Question, name: str, remedy: str) -> Row:
    if not name or ":memory:" in name or "mode=memory" in name:
        return asked.broken(FILE, "SQLite in memory", POD_MEMORY, LOST, remedy)
    network = shared_mount(name)
    if network:
        lost = "SQLite locks do not hold on a network file system: two pods writing at once damage the file."
        return asked.broken(FILE, f"SQLite file {name} ({network})", POD_DISK, lost, remedy)
    return asked.broken(FILE, f"SQLite file {name}", POD_DISK, LOST, remedy)


def _host(entry: dict[str, Any], *, mysql: bool) -> str:
    """Return where the server is: without a host, libpq and MySQL use a socket or this machine."""
    options = entry.get("OPTIONS") or {}
    host = entry.get("HOST") or options.get("host") or options.get("unix_socket") or options.get("read_default_file")
    if host:
        return str(host)
    if options.get("service"):
        return f"libpq service {options['service']}"
    return "/var/run/mysqld/mysqld.sock" if mysql else "/var/run/postgresql"
