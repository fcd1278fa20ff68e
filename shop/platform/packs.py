"""Messages that were sent together are handled in one transaction: what a commit costs is paid once for all of them.
Handlers that tell other systems something have one each, so that a worker's death repeats at most one of them.

A pack skips rows that another has locked, so that packs do not wait for each other's messages. They can still wait for
each other by rows that handlers lock: PostgreSQL then ends one pack, and its messages are handled one by one.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import Error, OperationalError, connection, transaction
from django.db.models.functions import Greatest

from shop.platform import outbox, request_id
from shop.platform.models import OutboxMessage
from shop.platform.postgresql import planned

logger = logging.getLogger("shop.outbox")
LONGEST = 5.0  # seconds in which messages that were sent together are begun
# As outbox.DONE, for several
DONE = """
    UPDATE platform_outboxmessage SET done_at = clock_timestamp() WHERE id IN (
        SELECT id FROM platform_outboxmessage
        WHERE id = ANY(%(ids)s::bigint[]) AND coalesce(done_at, dead_at) IS NULL FOR UPDATE SKIP LOCKED
    ) RETURNING id, topic::text, payload::text, request_id::text, traceparent::text
"""
Row = tuple[int, str, str, str, str]


@dataclass
class Pack:
    """What became of the rows that could be locked: done or failed, or `late`, which means not begun."""

    outcomes: list[tuple[Row, str]] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    @property
    def locked(self) -> set[int]:
        return {row[0] for row, _outcome in self.outcomes} | set(self.late)


class Effects:
    """What one handler does in PostgreSQL, so that it can be undone without undoing what the others did.

    Wraps the handler's statements. The savepoint is made ahead of the first one only: many handlers have none.
    """

    def __init__(self) -> None:
        self._savepoint: str | None = None
        self._is_begun = False
        self._hooks = len(connection.run_on_commit)

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        """An `execute_wrapper` of Django."""
        if not self._is_begun:
            self._is_begun = True  # first, as the savepoint is a statement itself
            self._savepoint = transaction.savepoint()
        return execute(*statement)

    def keep(self) -> None:
        """Make its on_commit hooks robust: if one fails, Django still calls those of the others."""
        if self._savepoint:
            transaction.savepoint_commit(self._savepoint)
        hooks: list[Any] = connection.run_on_commit
        hooks[self._hooks :] = [(savepoints, hook, True) for savepoints, hook, _robust in hooks[self._hooks :]]

    def take_back(self) -> None:
        """Raises Django's database errors if that is not possible."""
        transaction.set_rollback(False)
        if self._savepoint:
            transaction.savepoint_rollback(self._savepoint)
        connection.run_on_commit = connection.run_on_commit[: self._hooks]


def handle(message_ids: Sequence[int], *, apart: bool = False, seconds: float = LONGEST) -> None:
    """Do the work of messages that come for the first time. Safe to call any number of times, anywhere, at once.

    What they do is committed together with the marks that they are done, or `apart`, each with its own. One that fails
    is taken back, counted, and tried again later; the others are done. What is not begun after so many `seconds` is due
    again.
    """
    deadline = time.monotonic() + seconds
    try:
        pack = Pack() if apart else _together(message_ids, deadline)
    except Error as error:  # of the database: nothing has happened
        logger.warning("outbox messages are handled one by one", exc_info=error)
        connection.close_if_unusable_or_obsolete()
        pack = Pack()
    for (message_id, topic, _payload, request, _traceparent), outcome in pack.outcomes:
        with request_id.message(message_id):
            request_id.caused_by(request, topic=topic)
            outbox.tell(outcome)
    _one_by_one([message_id for message_id in message_ids if message_id not in pack.locked], deadline)


def _one_by_one(message_ids: Sequence[int], deadline: float) -> None:
    for number, message_id in enumerate(message_ids):
        if time.monotonic() > deadline:
            give_back(message_ids[number:])
            return
        outbox.handle(message_id)


@transaction.atomic
def _together(message_ids: Sequence[int], deadline: float) -> Pack:
    """Raises Django's database errors where none has happened."""
    pack = Pack()
    for row in sorted(_locked(message_ids)):
        if time.monotonic() > deadline:
            pack.late.append(row[0])
        else:
            pack.outcomes.append((row, _outcome(row)))
    if pack.late:
        _make_due(pack.late)
    return pack


def _locked(message_ids: Sequence[int]) -> list[Row]:
    """Lock the rows and mark them as done. Those that their relay holds at this moment are waited for."""
    found: list[Row] = planned.anew(DONE, {"ids": list(message_ids)})
    if len(found) < len(message_ids):
        time.sleep(outbox.SETTLING)
        found += planned.anew(DONE, {"ids": list(message_ids)})
    return found


def _outcome(row: Row) -> str:
    """Raises OperationalError, which may be due to the others: a deadlock, or a wait for what they have locked."""
    effects = Effects()
    with request_id.message(row[0]):
        try:
            with connection.execute_wrapper(effects):
                outbox.work(*row)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failure of its message
            effects.take_back()
            OutboxMessage.objects.filter(pk=row[0]).update(done_at=None)
            outbox.record_failure(row[0], error)
            return "failed"
    effects.keep()
    return "done"


@transaction.atomic
def give_back(message_ids: Sequence[int]) -> None:
    """Let relays send these messages again, each by itself. Rows in another worker's hands are passed over."""
    rows = OutboxMessage.objects.open().select_for_update(skip_locked=True).filter(pk__in=message_ids)
    _make_due(list(rows.values_list("pk", flat=True)))


def _make_due(message_ids: list[int]) -> None:
    """What counts as sent before is sent alone. The relay may not have written it down: it passes over locked rows."""
    rows = OutboxMessage.objects.filter(pk__in=message_ids)
    rows.update(done_at=None, sent_at=None, taken_until=None, sends=Greatest("sends", 1))
    transaction.on_commit(outbox.wake_relays, robust=True)
