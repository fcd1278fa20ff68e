"""Django's PostgreSQL backend, and no wait without an end.

The server's own time-outs end what the server does too long. They do not help when the server, or the network on the
way to it, falls silent: a connection that is open already would be listened to for ever. Here

* an answer that does not come in `answer_timeout` seconds (of OPTIONS) breaks the connection: an OperationalError;
* a server that suddenly reads only (a fail-over made it a standby, or its disk is full) is away for whoever writes: its
  connection is broken, since the next one may lead to the server that writes now;
* the health check of a connection that was idle waits for patience.DATABASE_HEALTH only; one that answered a moment ago
  is not asked, unless the server has closed it;
* when no connection can be opened, no other one is tried for a moment, so that a pod's threads do not all wait for a
  server that is not there. One at a time tries.
"""

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations
from psycopg.errors import _WaitTimeout
from psycopg.pq import TransactionStatus

from shop.platform import patience, secrets
from shop.platform.breaker import Breaker

REFUSED = "password authentication failed"  # psycopg gives no SQLSTATE for a connection that was not made
INTERVAL = 0.1  # seconds between two looks for signals, psycopg's own


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer for so many seconds; None: as long as it takes."""

    answer_timeout: float | None = None
    answered_at: float = 0.0  # by time.monotonic()

    def wait(self, gen: Any, interval: float = INTERVAL, timeout: float | None = None) -> Any:
        """Raises OperationalError and breaks the connection when there is no answer in time, or nothing can be written.

        A wait with a `timeout` of its own is psycopg's affair.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            answer = super().wait(gen, interval, self.answer_timeout)
        except _WaitTimeout:
            self.pgconn.finish()  # the answer may still come, and would be taken for that to the next question
            raise psycopg.OperationalError(f"PostgreSQL was silent for {self.answer_timeout:.0f} s") from None
        except psycopg.errors.ReadOnlySqlTransaction as error:
            if self.read_only:  # as whoever began this transaction wanted
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"PostgreSQL reads only: {error}") from error
        self.answered_at = time.monotonic()
        return answer

    def is_fresh(self) -> bool:
        """Say whether it answered a moment ago and has nothing to say now: a server that stops says so. Asks nobody.

        A transaction that failed would answer nothing but that.
        """
        if self.closed or self.pgconn.transaction_status == TransactionStatus.INERROR:
            return False
        if time.monotonic() - self.answered_at > patience.DATABASE_BELIEVED:
            return False
        waiting = select.poll()
        waiting.register(self.pgconn.socket, select.POLLIN)
        return not waiting.poll(0)

    @contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        usual, self.answer_timeout = self.answer_timeout, seconds
        try:
            yield
        finally:
            self.answer_timeout = usual


# per-pod: a breaker knows what its own process sees
_door = Breaker(
    "postgresql",
    away=(psycopg.OperationalError,),
    refusal=psycopg.OperationalError,
    seconds=patience.DATABASE_AWAY,
)


class DatabaseOperations(operations.DatabaseOperations):
    """psycopg forgets the text of a statement whose plan is kept; logs and traces are told what was asked for."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """Raises OperationalError at once while no connection could be opened a moment ago."""

    connection: PatientConnection | None
    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("answer_timeout", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> PatientConnection:
        with _door.call():
            connection = self._connect(conn_params)
        connection.answer_timeout = self.settings_dict["OPTIONS"].get("answer_timeout")
        return connection

    def _connect(self, parameters: dict[str, Any]) -> PatientConnection:
        """A password that was changed meanwhile is looked up, once; all threads use it from then on."""
        try:
            return PatientConnection.connect(**parameters)
        except psycopg.OperationalError as error:
            changed = secrets.new_login(parameters) if REFUSED in str(error) else None
            if changed is None:
                raise
            connection = PatientConnection.connect(**changed)
            self.settings_dict.update(USER=changed["user"], PASSWORD=changed["password"])
            return connection

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        if self.connection.is_fresh():
            return True
        with self.connection.waiting_at_most(patience.DATABASE_HEALTH):
            return bool(super().is_usable())

    def wait_without_end(self) -> None:
        """For the session of a migration: the server has no limit for it either, and keepalives notice its death."""
        self.ensure_connection()
        assert self.connection is not None  # noqa: S101
        self.connection.answer_timeout = None
