"""Dumps of the database and databases made of them, by PostgreSQL's own programs."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PROGRAMS = (
    "Install PostgreSQL's client programs, of the server's version or newer, or name their directory in "
    "POSTGRES_PROGRAMS"
)
SCRATCH = "shop_drill_"  # then the second at which it was made, and something random
FORGOTTEN = 6 * 3600  # seconds: no drill takes longer, so its process was killed
JOBS = 2  # tables restored at once
NOT_FOR_TOOLS = {"options", "answer_timeout", "application_name", "prepare_threshold"}  # time-outs of requests


class Unusable(Exception):
    """A dump could not be made or restored; the text says why and what to do."""


@dataclass(frozen=True)
class Server:
    """A database and how it is reached: libpq's own parameters (host, port, user, password, dbname, sslmode ...)."""

    parameters: Mapping[str, Any]

    @property
    def conninfo(self) -> str:
        return make_conninfo("", **self.parameters)

    @property
    def url(self) -> str:
        """The address as DATABASE_URL takes it."""
        rest = dict(self.parameters)
        user, password, name = (quote(str(rest.pop(key, "")), safe="") for key in ("user", "password", "dbname"))
        return f"postgres://{user}:{password}@/{name}?{urlencode(rest)}"

    def named(self, database: str) -> "Server":
        return Server({**self.parameters, "dbname": database})


def store() -> Server:
    """The store's own database."""
    configured: dict[str, Any] = settings.DATABASES["default"]
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    found = {ours: configured[theirs] for theirs, ours in names.items() if configured.get(theirs)}
    found |= {key: value for key, value in configured["OPTIONS"].items() if key not in NOT_FOR_TOOLS}
    return Server(found)


def drill_server() -> Server:
    """Where drills restore: DRILL_DATABASE_URL, or else the store's own server."""
    return Server(conninfo_to_dict(settings.DRILL_DATABASE_URL)) if settings.DRILL_DATABASE_URL else store()


def dump(path: Path) -> None:
    """Write the store's database to `path` in pg_dump's custom format. Raises Unusable; then there is no such file."""
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        _run("pg_dump", store(), "--format=custom", "--no-owner", "--no-privileges", f"--file={unfinished}")
        unfinished.rename(path)
    except OSError as error:
        raise Unusable(f"The dump could not be written to {path}: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def restore(path: Path, into: Server) -> None:
    """Fill an empty database with a dump. Raises Unusable."""
    if not path.is_file():
        raise Unusable(f"There is no dump {path}. Make one with `manage.py backup`.")
    plain = ("--no-owner", "--no-privileges", "--no-comments")  # of roles and comments that are another server's affair
    try:
        _run("pg_restore", into, *plain, "--exit-on-error", f"--jobs={JOBS}", str(path))
    except Unusable as error:
        sentence = f"{path.name} cannot be restored: {str(error).rstrip('.')}."
        raise Unusable(f"{sentence} Try an older one, and make a new one now with `manage.py backup`.") from error


def _run(program: str, server: Server, *arguments: str) -> None:
    """The password goes through the environment: arguments can be read by every process of the machine."""
    parameters = dict(server.parameters)
    environment = {**os.environ, "PGPASSWORD": str(parameters.pop("password", ""))}
    command = [_binary(program), *arguments, f"--dbname={make_conninfo('', **parameters)}"]
    result = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if "server version mismatch" in result.stderr:
        raise Unusable(f"{command[0]} is older than the server. {PROGRAMS}.")
    if result.returncode:
        raise Unusable(_last_words(result.stderr) or f"{program} ended with {result.returncode}.")


def _last_words(text: str) -> str:
    """The errors of a program without its hints, in one line."""
    lines = [line for line in text.splitlines() if "error:" in line] or text.splitlines()[-1:]
    return " ".join(line.partition("error: ")[2] or line for line in lines[:3])


def _binary(name: str) -> str:
    """Raises Unusable if PostgreSQL's programs are not here."""
    found = shutil.which(name, path=settings.POSTGRES_PROGRAMS or None)
    if not found:
        raise Unusable(f"{name} is not here. {PROGRAMS}.")
    return found


@contextmanager
def scratch(server: Server) -> Iterator[Server]:
    """An empty database beside the one of `server`, dropped at the end; so are those of drills that were killed.

    Raises Unusable if it cannot be made.
    """
    name = f"{SCRATCH}{int(time.time())}_{secrets.token_hex(3)}"
    with ExitStack() as end:
        end.callback(_drop_on, server, name)  # ahead of making it: a TERM may come while that is answered
        try:
            with psycopg.connect(server.conninfo, autocommit=True) as connection:
                _drop_forgotten(connection)
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.Error as error:
            end.pop_all()
            sentence = f"No scratch database could be made: {str(error).strip()}. The role needs CREATEDB"
            raise Unusable(f"{sentence}; or name another server in DRILL_DATABASE_URL.") from error
        yield server.named(name)


def _drop_on(server: Server, name: str) -> None:
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        drop(connection, name)


def _drop_forgotten(connection: "psycopg.Connection[Any]") -> None:
    found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{SCRATCH}%"]).fetchall()
    for (name,) in found:
        made_at = name.removeprefix(SCRATCH).partition("_")[0]
        if made_at.isdigit() and int(made_at) < time.time() - FORGOTTEN:
            drop(connection, name)


def drop(connection: "psycopg.Connection[Any]", name: str) -> None:
    """Drop a database, whoever is connected to it.

    FORCE is denied while autovacuum, which is a superuser's, works there, as it does after a restore. Without FORCE the
    server itself ends autovacuum, and waits some seconds for others to leave. Raises psycopg.Error.
    """
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    forced = statement + sql.SQL(" WITH (FORCE)")
    try:
        connection.execute(forced)
    except psycopg.errors.InsufficientPrivilege:
        try:
            connection.execute(statement)
        except psycopg.errors.ObjectInUse:
            connection.execute(forced)
