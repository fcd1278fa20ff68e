"""Where sessions go. A session is written only if none with its key is there, and never if it has ended."""

import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import DataError, IntegrityError, router, transaction
from django.utils import timezone

from shop.stateless.move.problems import MoveError
from shop.stateless.move.sessions.ended import ENDED, mark_key, mark_keys
from shop.stateless.move.sessions.engines import Store, is_kind, store_class, table
from shop.stateless.move.sessions.session import Session, as_written, short

NOT_KEPT = "was not kept by the new engine: look whether it can be reached and has room"


@dataclass
class Added:
    """Keys of the sessions that were written, and of those that could not be, with the reason."""

    keys: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Added") -> None:
        self.keys |= other.keys
        self.problems |= other.problems


class Target(ABC):
    def __init__(self, store: Store) -> None:
        self.store = store

    @abstractmethod
    def add(self, sessions: list[Session]) -> Added:
        """Write those that are neither there nor marked as ended."""

    @abstractmethod
    def replace(self, there: Session, session: Session) -> bool:
        """Write the session over the one that was read; False if that one has changed meanwhile.

        Raises OSError if the new engine has not kept it.
        """

    @abstractmethod
    def end(self, session_key: str, until: datetime) -> None:
        """Mark a session as ended, so that nobody writes it any more."""

    def has_ended(self, session_key: str) -> bool:
        return any(self.store().exists(key) for key in mark_keys(session_key))


class TableTarget(Target):
    """db, cached_db and what is built on them. A copy in the cache is made when the session is first used."""

    @property
    def model(self) -> Any:
        return table(self.store)

    @property
    def rows(self) -> Any:
        return self.model.objects.using(router.db_for_write(self.model))

    def add(self, sessions: list[Session]) -> Added:
        """All in one transaction; each by itself if the database refuses one of them."""
        try:
            return self._add(sessions)
        except (DataError, IntegrityError, ValueError, TypeError) as error:
            if len(sessions) == 1:
                return Added(problems={sessions[0].key: f"cannot be written: {error}"})
        added = Added()
        for session in sessions:
            added.add(self.add([session]))
        return added

    def _add(self, sessions: list[Session]) -> Added:
        """Take the place of the mark first: who ends the session waits there until it is written, then removes it."""
        written = {session.key: self._row(session) for session in sessions}
        hold = self.store().encode({ENDED: secrets.token_hex(8)})
        places = {mark_key(key): key for key in written}
        with transaction.atomic(using=self.rows.db):
            self._hold(places, hold)
            held = self.rows.filter(session_key__in=places, session_data=hold)
            free = {places[mark] for mark in held.values_list("session_key", flat=True)} - self._taken(written)
            self.rows.bulk_create([written[key] for key in sorted(free)], ignore_conflicts=True)
            held.delete()
        return Added(free)

    def _hold(self, marks: Iterable[str], hold: str) -> None:
        """In one order, so that two of us never wait for each other."""
        until = timezone.now() + timedelta(hours=1)
        rows = [self.model(session_key=mark, session_data=hold, expire_date=until) for mark in sorted(marks)]
        self.rows.bulk_create(rows, ignore_conflicts=True)

    def _taken(self, keys: Iterable[str]) -> set[str]:
        """Return which of the keys are there, expired or not, or have ended under a former SECRET_KEY."""
        keys = list(keys)
        there = set(self.rows.filter(session_key__in=keys).values_list("session_key", flat=True))
        former = {mark: key for key in keys for mark in list(mark_keys(key))[1:]}
        marks = self.rows.filter(session_key__in=former).values_list("session_key", flat=True) if former else ()
        return there | {former[mark] for mark in marks}

    def _row(self, session: Session) -> Any:
        """A store that has the session already does not ask cache and database for it."""
        store: Any = ending_at(self.store(session.key), session)
        return store.create_model_instance(session.data)

    def replace(self, there: Session, session: Session) -> bool:
        row = self._row(session)
        same = self.rows.filter(session_key=there.key, session_data=there.text)
        changed: bool = same.update(session_data=row.session_data, expire_date=row.expire_date) == 1
        store: Any = self.store(session.key)
        if changed and hasattr(store, "_cache"):
            store._cache.delete(store.cache_key)
        return changed

    def end(self, session_key: str, until: datetime) -> None:
        text = self.store().encode({ENDED: "for good"})
        row = self.model(session_key=mark_key(session_key), session_data=text, expire_date=until)
        self.rows.bulk_create([row], ignore_conflicts=True)


class StoreTarget(Target):
    """Any engine, used only by what all engines can do."""

    def add(self, sessions: list[Session]) -> Added:
        added = Added()
        for session in sessions:
            if self.store().exists(session.key) or self.has_ended(session.key):
                continue
            self._add(session, added)
        return added

    def _add(self, session: Session, added: Added) -> None:
        """Whoever ended it meanwhile has set the mark before he removed the session: look for it afterwards."""
        try:
            self._save(session, must_create=True)
        except CreateError:
            if not (self.store().exists(session.key) or self.has_ended(session.key)):
                added.problems[session.key] = NOT_KEPT  # a cache that keeps silent about its outage says the same
            return
        except (TypeError, ValueError, OSError) as error:
            added.problems[session.key] = f"cannot be written: {error}"
            return
        if self.has_ended(session.key):
            self.store().delete(session.key)
        elif self.store(session.key).load() or not session.data:
            added.keys.add(session.key)
        else:
            self.store().delete(session.key)  # an empty file: Django keeps silent about a full disk
            added.problems[session.key] = NOT_KEPT

    def _save(self, session: Session, *, must_create: bool) -> None:
        ending_at(self.store(session.key), session).save(must_create=must_create)

    def replace(self, there: Session, session: Session) -> bool:
        try:
            self._save(session, must_create=False)
        except UpdateError:
            return False
        if as_written(self.store(session.key).load()) != as_written(session.data):
            raise OSError(f"session {short(session.key)} {NOT_KEPT}")
        return True

    def end(self, session_key: str, until: datetime) -> None:
        mark = Session(mark_key(session_key), {ENDED: "for good"}, until)
        if not self.store().exists(mark.key):
            self._save(mark, must_create=True)


class FileTarget(StoreTarget):
    """A file's age counts from its last change, so that is set to what makes it end in time."""

    def _save(self, session: Session, *, must_create: bool) -> None:
        super()._save(session, must_create=must_create)
        store: Any = self.store(session.key)
        changed_at = session.expires_at.timestamp() - store.get_session_cookie_age()
        os.utime(store._key_to_file(), (changed_at, changed_at))


def ending_at(store: SessionBase, session: Session) -> SessionBase:
    """Return the store filled with the session; it saves it with the session's own end, not with one from now on."""
    left = max(1, int((session.expires_at - timezone.now()).total_seconds()))
    age: Callable[..., int] = lambda **_: left  # noqa: E731
    date: Callable[..., datetime] = lambda **_: session.expires_at  # noqa: E731
    store._session_cache = dict(session.data)  # type: ignore[attr-defined]
    store.get_expiry_age, store.get_expiry_date = age, date  # type: ignore[method-assign]
    return store


KINDS: dict[str, type[Target]] = {"db": TableTarget, "file": FileTarget}


def target(name: str) -> Target:
    """Raises MoveError for an engine that is not there, or keeps nothing on the server once this command has ended."""
    store = store_class(name)
    if is_kind(store, "signed_cookies"):
        raise MoveError(
            "signed_cookies keeps sessions in the visitors' browsers, where nobody else can write. Name another target."
        )
    if is_kind(store, "cache") and isinstance(store()._cache, LocMemCache | DummyCache):  # type: ignore[attr-defined]
        raise MoveError(
            f'CACHES["{settings.SESSION_CACHE_ALIAS}"] is of this process alone: the sessions would be gone when this '
            "command ends. Put it on a Redis that all pods reach, or name cached_db."
        )
    kind = next((kind for name, kind in KINDS.items() if is_kind(store, name)), StoreTarget)
    return kind(store)
