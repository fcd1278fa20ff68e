"""The two ends of a move: the source, opened for reading only, and the target, under its name after the move."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from shop.stateless.move.database.moments import conversions
from shop.stateless.move.problems import MoveError

SOURCE = "move_source"
POSTGRES = "django.db.backends.postgresql"
SCHEMES = {"postgres", "postgresql"}
CONNECT_SECONDS = 10
NO_DRIVER = "The driver of PostgreSQL is not installed: run pip install 'psycopg[binary]'."


@contextmanager
def source_of(alias: str) -> Iterator[Any]:
    """Yield a connection of its own to what DATABASES calls `alias`, in which nothing can be written.

    Raises MoveError if it is not SQLite or MySQL, or cannot be opened.
    """
    settings = settings_of(alias)
    vendor = connections[alias].vendor
    if vendor == "postgresql":
        raise MoveError(f'"{alias}" is PostgreSQL already. To copy it to another server use pg_dump and pg_restore.')
    if vendor not in {"sqlite", "mysql"}:
        raise MoveError(f'"{alias}" is {vendor}; SQLite, MySQL and MariaDB can be moved.')
    with _opened(SOURCE, _for_reading(settings, vendor)) as connection:
        try:
            connection.ensure_connection()
            _forbid_writing(connection)
        except DatabaseError as error:
            raise MoveError(f'The source "{alias}" cannot be opened: {first_line(error)}.') from error
        yield connection


def settings_of(alias: str) -> dict[str, Any]:
    if alias not in connections.settings:
        there = sorted(name for name in connections.settings if name != SOURCE)
        named = f'"{alias}"' if alias.isidentifier() else "such entry"  # a mistyped URL would show its password
        raise MoveError(f"DATABASES has no {named}. It has: {', '.join(there)}. A URL begins with postgresql://")
    return deepcopy(connections.settings[alias])


def _for_reading(settings: dict[str, Any], vendor: str) -> dict[str, Any]:
    """Return settings that open SQLite without its right to write and without its guesses about types."""
    settings["ATOMIC_REQUESTS"] = False
    if vendor != "sqlite":
        settings["OPTIONS"] = {**settings["OPTIONS"], "conv": conversions()}
        return settings
    name = str(settings["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        raise MoveError("The source is in memory: there is no file to read it from.")
    if not name.startswith("file:"):
        settings["NAME"] = f"{_existing(name).as_uri()}?mode=ro"
    kept = {key: value for key, value in settings["OPTIONS"].items() if key not in {"init_command", "transaction_mode"}}
    settings["OPTIONS"] = {**kept, "detect_types": 0}
    return settings


def _existing(name: str) -> Path:
    path = Path(name).resolve()
    if not path.is_file():
        raise MoveError(f"The source {path} does not exist. Check DATABASES and the directory you are in.")
    return path


def _forbid_writing(connection: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
        statement = "PRAGMA query_only = ON"
    else:
        statement = "SET SESSION TRANSACTION READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("SELECT COUNT(*) FROM sqlite_master")


@contextmanager
def snapshot(connection: Any) -> Iterator[None]:
    """See the source as it is now until the end, whatever others write. (SQLite without WAL lets nobody write then.)"""
    beginning = "BEGIN" if connection.vendor == "sqlite" else "START TRANSACTION WITH CONSISTENT SNAPSHOT"
    with connection.cursor() as cursor:
        cursor.execute(beginning)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def version(connection: Any) -> int | None:
    """Return a number that changes when another process writes to this SQLite file; None for other engines."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


@contextmanager
def target_at(to: str, alias: str) -> Iterator[Any]:
    """Yield the connection to `to`, a URL or an alias of DATABASES, when `alias` is the source.

    Until the end it is called what it will be called after the move, so migrations and routers see what they will see
    then, and a migration that names no database does not write to the source.

    Raises MoveError if it is not PostgreSQL or cannot be reached.
    """
    settings = _from_url(to) if "://" in to else settings_of(to)
    if to == alias:
        raise MoveError(f'--to and --from are both "{alias}". Name another database.')
    name = DEFAULT_DB_ALIAS if to == DEFAULT_DB_ALIAS else alias
    connections[name].close()
    with _opened(name, settings) as connection:
        if connection.vendor != "postgresql":
            raise MoveError(f'The target "{to}" is {connection.vendor}. Only PostgreSQL can be a target.')
        _require_psycopg3()
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            raise MoveError(unreachable(connection, error)) from error
        yield connection


@contextmanager
def offline_target() -> Iterator[Any]:
    """Yield a connection that is never opened: it knows what PostgreSQL takes."""
    with _opened("move_target", _from_url("postgresql://127.0.0.1/none")) as connection:
        _require_psycopg3()
        yield connection


@contextmanager
def _opened(alias: str, settings: dict[str, Any]) -> Iterator[Any]:
    before = connections.settings.get(alias), getattr(connections._connections, alias, None)  # type: ignore[attr-defined]
    connections.settings[alias] = settings
    try:
        connections[alias] = connections.create_connection(alias)
    except ImproperlyConfigured as error:
        connections.settings[alias] = before[0] or settings
        raise MoveError(NO_DRIVER if "psycopg" in str(error) else f"{error}") from error
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        _put_back(alias, *before)


def _put_back(alias: str, settings: dict[str, Any] | None, connection: Any) -> None:
    del connections[alias]
    if settings is None:
        del connections.settings[alias]
        return
    connections.settings[alias] = settings
    if connection is not None:
        connections[alias] = connection


def _from_url(url: str) -> dict[str, Any]:
    """Return an entry of DATABASES. The URL may hold a password: it is never shown."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise MoveError("The URL of --to cannot be read. Write postgresql://user@host:5432/name.") from None
    if parts.scheme not in SCHEMES:
        raise MoveError(f"--to begins with {parts.scheme}://, but only PostgreSQL can be a target: postgresql://…")
    options = dict(parse_qsl(parts.query))
    entry = {
        "ENGINE": POSTGRES,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(host or ""),
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": {"connect_timeout": CONNECT_SECONDS, **options},
    }
    if not entry["NAME"]:
        raise MoveError("The URL of --to names no database. Write postgresql://user@host:5432/name.")
    return dict(connections.configure_settings({"default": {}, "target": entry})["target"])


def _require_psycopg3() -> None:
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    if not is_psycopg3:
        raise MoveError(NO_DRIVER)


def unreachable(connection: Any, error: BaseException) -> str:
    """Return what to do when the target does not let us in."""
    settings, text = connection.settings_dict, str(error)
    where = f"{settings['HOST'] or 'the local socket'}:{settings['PORT'] or 5432}"
    if "password authentication failed" in text or "no password supplied" in text:
        return (
            f'PostgreSQL at {where} refuses the password of "{settings["USER"]}". Give the right one in the URL, in '
            "PGPASSWORD, or in ~/.pgpass."
        )
    if "does not exist" in text:
        return f"{first_line(error).partition('FATAL:')[2].strip().capitalize()} at {where}. Create it first."
    if "SSL negotiation" in text or "expected authentication request" in text:
        return f"What answers at {where} is not PostgreSQL. Check host and port."
    return f"PostgreSQL cannot be reached at {where}: {first_line(error)}. Check host, port and network."


def first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
