"""Where sessions come from. Reading changes nothing, other than load() of Django's file engine."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.exceptions import InvalidSessionKey
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from shop.stateless.move.problems import MoveError
from shop.stateless.move.sessions.ended import is_mark
from shop.stateless.move.sessions.engines import Store, is_kind, store_class, table
from shop.stateless.move.sessions.key_lists import key_list
from shop.stateless.move.sessions.session import FOREIGN, Session, aligned, decoded, expiry

PAGE = 500
BRIDGE_INSTEAD = (
    "Use the bridging engine (shop.stateless.bridge.sessions): it carries over each session when it is used, and "
    "after SESSION_COOKIE_AGE none is left behind."
)


class Source(ABC):
    def __init__(self, store: Store) -> None:
        self.store = store

    @abstractmethod
    def keys(self) -> Iterator[str]:
        """Yield the keys of all sessions, perhaps without expired ones. Raises MoveError if they cannot be listed."""

    @abstractmethod
    def read(self, keys: Iterable[str]) -> dict[str, Session]:
        """Return what is there of these, by key; also what has expired or cannot be decoded."""

    def expired(self) -> int:
        """Return how many expired ones keys() leaves out."""
        return 0

    def count(self) -> int:
        return sum(1 for _ in self.keys())


class TableSource(Source):
    """db, cached_db and what is built on them."""

    def keys(self) -> Iterator[str]:
        """By pages, so that no transaction stays open while the rest of the work is done."""
        last = ""
        while True:
            rows = self._live().filter(session_key__gt=last).order_by("session_key")
            page = list(rows.values_list("session_key", flat=True)[:PAGE])
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1]

    def read(self, keys: Iterable[str]) -> dict[str, Session]:
        rows = table(self.store).objects.filter(session_key__in=list(keys))
        found = (self._session(row) for row in rows)
        return {session.key: session for session in found if not is_mark(session.data)}

    def expired(self) -> int:
        return int(table(self.store).objects.filter(expire_date__lte=timezone.now()).count())

    def count(self) -> int:
        return int(self._live().count())

    def _live(self) -> Any:
        return table(self.store).objects.filter(expire_date__gt=timezone.now())

    def _session(self, row: Any) -> Session:
        data = decoded(self.store(), row.session_data)
        problem = FOREIGN if data is None else ""
        return Session(row.session_key, data or {}, row.expire_date, problem, row.session_data)


class FileSource(Source):
    def keys(self) -> Iterator[str]:
        prefix = settings.SESSION_COOKIE_NAME
        try:
            directory: str = self.store._get_storage_path()  # type: ignore[attr-defined]
            names = sorted(entry.name for entry in os.scandir(directory) if entry.name.startswith(prefix))
        except (ImproperlyConfigured, OSError) as error:
            raise MoveError(f"The session files cannot be listed: {error} SESSION_FILE_PATH names them.") from error
        for name in names:
            key = name.removeprefix(prefix)
            if len(key) >= 8 and set(key) <= set(VALID_KEY_CHARS):
                yield key

    def read(self, keys: Iterable[str]) -> dict[str, Session]:
        found = {}
        for key in keys:
            session = self._session(key)
            if session:
                found[key] = session
        return found

    def _session(self, key: str) -> Session | None:
        """By Django's own rules: a file's age counts from its last change."""
        store = self.store(key)
        try:
            path = Path(store._key_to_file(key))  # type: ignore[attr-defined]
            modified_at = aligned(datetime.fromtimestamp(path.stat().st_mtime, tz=UTC))
            text = path.read_text("ascii", errors="replace")
        except (FileNotFoundError, InvalidSessionKey):
            return None
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error!r}"
            return Session(key, {}, timezone.now() + timedelta(days=1), reason, unread=True)
        data = decoded(store, text) if text else {}
        problem = FOREIGN if data is None else ""
        return Session(key, data or {}, expiry(store, data or {}, modified_at), problem)


class CacheSource(Source):
    """A cache, which holds sessions with a time to live; only some caches can list them and say how long they live."""

    def keys(self) -> Iterator[str]:
        """A session that comes twice, as Redis may list it, is left out the second time by whoever copies it."""
        store: Any = self.store()
        listed = key_list(store._cache)
        if listed is None:
            raise MoveError(f"This cache ({_path(store._cache)}) cannot tell which sessions it holds. {BRIDGE_INSTEAD}")
        for key in listed.keys(store.cache_key_prefix):
            yield key.removeprefix(store.cache_key_prefix)

    def read(self, keys: Iterable[str]) -> dict[str, Session]:
        found = (self._session(key) for key in keys)
        return {session.key: session for session in found if session and not is_mark(session.data)}

    def _session(self, key: str) -> Session | None:
        store: Any = self.store(key)
        try:
            data = store._cache.get(store.cache_key)
        except (ValueError, TypeError, AttributeError, ImportError) as error:
            return Session(key, {}, timezone.now() + timedelta(days=1), f"cannot be decoded: {error!r}")
        if data is None:
            return None
        if not isinstance(data, dict):
            return Session(key, {}, timezone.now() + timedelta(days=1), FOREIGN)
        return Session(key, data, self._expires_at(store, data))

    def _expires_at(self, store: Any, data: dict[str, Any]) -> datetime:
        listed = key_list(store._cache)
        seconds = listed.seconds_to_live(store.cache_key) if listed else None
        now = timezone.now()
        return expiry(store, data, now) if seconds is None else now + timedelta(seconds=seconds)


class AnySource(Source):
    """An engine that is not one of Django's: it can be asked for a single session, which is all the bridge needs."""

    def keys(self) -> Iterator[str]:
        raise MoveError(f"The engine {self.store.__module__} has no way to list its sessions. {BRIDGE_INSTEAD}")

    def read(self, keys: Iterable[str]) -> dict[str, Session]:
        found = {}
        for key in keys:
            store = self.store(key)
            data = store.load()
            if store.session_key == key:
                found[key] = Session(key, data, expiry(store, data, timezone.now()))
        return found


KINDS: dict[str, type[Source]] = {"db": TableSource, "file": FileSource, "cache": CacheSource}


def source(name: str) -> Source:
    """Raises MoveError for an engine that is not there or keeps nothing on the server."""
    store = store_class(name)
    if is_kind(store, "signed_cookies"):
        raise MoveError("signed_cookies keeps sessions in the visitors' browsers: there is nothing to carry.")
    kind = next((kind for name, kind in KINDS.items() if is_kind(store, name)), AnySource)
    return kind(store)


def _path(thing: object) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"
