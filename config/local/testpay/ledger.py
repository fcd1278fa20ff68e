"""The provider's own records: payments and events, in one SQLite file."""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY, idempotency_key TEXT UNIQUE NOT NULL, request TEXT NOT NULL, status TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '', declines INTEGER NOT NULL DEFAULT 0,
    asks INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY, payment TEXT NOT NULL, url TEXT NOT NULL, body TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, delivered REAL, last_answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS events_due ON events (due) WHERE delivered IS NULL;
"""
MAX_DECLINES = 3
Row = dict[str, Any]


class Refused(Exception):
    """A request that the ledger does not take. `status` is the HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Ledger:
    """All changes happen one after the other, under one lock, in one transaction each."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.executescript(SCHEMA)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._database.execute(sql, values)]

    def execute(self, sql: str, *values: object) -> int:
        """Run one statement and return how many rows it changed."""
        with self._lock:
            return self._database.execute(sql, values).rowcount

    def payment(self, identifier: str) -> Row:
        """Raises Refused 404."""
        found = self.rows("SELECT * FROM payments WHERE id = ?", identifier)
        if not found:
            raise Refused(404, "no_such_payment", "There is no such payment.")
        return {**found[0], **json.loads(found[0]["request"])}

    def create(self, key: str, request: Row) -> tuple[Row, bool]:
        """Return the payment of this idempotency key, and whether it is new. Raises Refused for another request."""
        text = json.dumps(request, sort_keys=True)
        with self._transaction():
            found = self.rows("SELECT id, request FROM payments WHERE idempotency_key = ?", key)
            if found and found[0]["request"] != text:
                raise Refused(409, "idempotency_key_reused", "This Idempotency-Key came with another request before.")
            if found:
                return self.payment(found[0]["id"]), False
            identifier = f"pay_{secrets.token_urlsafe(16)}"
            sql = "INSERT INTO payments (id, idempotency_key, request, status, created) VALUES (?, ?, ?, 'open', ?)"
            self.execute(sql, identifier, key, text, time.time())
            self._tell("payment.opened", identifier)
            return self.payment(identifier), True

    def ask(self, identifier: str) -> None:
        """The card's bank wants to hear from its owner."""
        with self._transaction():
            if self.execute("UPDATE payments SET asks = 1 WHERE id = ? AND status = 'open'", identifier):
                self._tell("payment.confirmation_asked", identifier)

    def asks(self, identifier: str) -> bool:
        payment = self.payment(identifier)
        return bool(payment["asks"]) and payment["status"] == "open"

    def finish(self, identifier: str, status: str, message: str = "") -> bool:
        """Open -> paid or cancelled. Returns False if the payment was final already."""
        with self._transaction():
            sql = "UPDATE payments SET status = ?, message = ?, asks = 0 WHERE id = ? AND status = 'open'"
            if not self.execute(sql, status, message, identifier):
                return False
            self._tell(f"payment.{status}", identifier)
        return True

    def decline(self, identifier: str, message: str) -> Row:
        """One more card that did not pay; the last one that is allowed ends the payment."""
        with self._transaction():
            sql = "UPDATE payments SET declines = declines + 1, message = ?, asks = 0 WHERE id = ? AND status = 'open'"
            if self.execute(sql, message, identifier):
                self._tell("payment.card_declined", identifier)
            if self.payment(identifier)["declines"] >= MAX_DECLINES:
                self._finish_declined(identifier)
            return self.payment(identifier)

    def _finish_declined(self, identifier: str) -> None:
        if self.execute("UPDATE payments SET status = 'declined' WHERE id = ? AND status = 'open'", identifier):
            self._tell("payment.declined", identifier)

    def _tell(self, kind: str, identifier: str) -> None:
        """Note an event in the transaction of what it tells."""
        payment = self.payment(identifier)
        event = f"evt_{secrets.token_urlsafe(16)}"
        body = json.dumps({"id": event, "type": kind, "created": time.time(), "payment": public(payment)})
        sql = "INSERT INTO events (id, payment, url, body, due) VALUES (?, ?, ?, ?, ?)"
        self.execute(sql, event, identifier, payment["webhook_url"], body, time.time())


def public(payment: Row) -> Row:
    """What the API and the webhooks say about a payment."""
    names = ("id", "status", "amount", "currency", "reference", "message", "created")
    return {name: payment[name] for name in names}
