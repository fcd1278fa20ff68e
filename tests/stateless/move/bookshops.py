"""The bookshop in processes of its own, the databases it moves to, and a way to hold a move in the middle."""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import psycopg

from shop.platform import dumps
from tests.stateless.move.interrupts import hear_interrupts

ROOT = Path(__file__).resolve().parents[3]
BOOKSHOP = Path(__file__).parent / "bookshop"
PATIENCE = 120  # seconds, on a busy machine
LAST = "books_sale"  # the table that is copied last


@dataclass
class Target:
    """A database of the PostgreSQL of the tests; its role may do there what an owner may."""

    url: str

    def query(self, sql, *arguments):
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql, arguments or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, sql, *arguments):
        return self.query(sql, *arguments)[0][0]

    def tables(self):
        return {name for (name,) in self.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}

    @contextmanager
    def held(self, start: "Callable[..., subprocess.Popen[str]]") -> "Iterator[Held]":
        """Let a move, which `start` begins, come as far as its last table and wait there until the block ends.

        The target has the tables already, so they can be locked before there is a move: it waits first with emptying
        them. Who asks for the lock meanwhile has it before the move asks again.
        """
        lock = f"LOCK TABLE {LAST} IN SHARE MODE"
        with psycopg.connect(self.url) as first, psycopg.connect(self.url) as then:
            first.execute(lock)
            process = start("--empty", "--to", self.url)
            wait(lambda: len(self.waiting()) == 1)
            asking = Thread(target=then.execute, args=[lock])
            asking.start()
            wait(lambda: len(self.waiting()) == 2)
            first.rollback()
            asking.join()
            wait(lambda: len(self.waiting()) == 1)
            yield Held(process, then)

    def waiting(self):
        """Who waits for a lock on a table, as process ids of the server."""
        here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
        return self.query(f"SELECT pid FROM pg_locks WHERE NOT granted AND database = {here}")


@dataclass
class Held:
    """A move that waits, and the connection that it waits for."""

    process: "subprocess.Popen[str]"
    connection: psycopg.Connection


@contextmanager
def target(template: str = "template1") -> Iterator[Target]:
    """A new database, which is gone afterwards."""
    admin = os.environ["DATABASE_URL"]
    name = f"move_{secrets.token_hex(6)}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield Target(urlsplit(admin)._replace(path=f"/{name}").geturl())
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            dumps.drop(connection, name)


def wait(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.02)


class Bookshop:
    """A bookshop whose rows are in the SQLite file `path`."""

    def __init__(self, path: Path, **environment: str) -> None:
        self.path = path
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PYTHONPATH": f"{ROOT}{os.pathsep}{BOOKSHOP}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "settings",
            "BOOKSHOP_SQLITE": str(path),
            **environment,
        }

    def copy(self, path: Path) -> "Bookshop":
        shutil.copy(self.path, path)
        return Bookshop(path)

    def fill(self, books: int) -> "Bookshop":
        subprocess.run([sys.executable, BOOKSHOP / "stock.py", str(books)], env=self.environment, check=True)
        return self

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "django", "move", "database", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=pipe,
            stderr=pipe,
            text=True,
            preexec_fn=hear_interrupts,  # noqa: PLW1509 - it makes one system call
        )

    def move(self, *arguments: str) -> tuple[int, str]:
        """Return the exit code and all that was said."""
        return ended(self.start(*arguments))

    def change(self, statement: str, *values: object) -> None:
        """Write to the file as a program may that knows nothing of Django's fields."""
        with sqlite3.connect(self.path) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            connection.execute(statement, values)
        connection.close()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, errors = process.communicate(timeout=240)
    return process.returncode, output + errors
