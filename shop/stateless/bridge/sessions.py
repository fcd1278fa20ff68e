"""A session engine that reads from a new engine and an old one while a project changes from one to the other.

    SESSION_ENGINE = "shop.stateless.bridge.sessions"
    SESSION_BRIDGE = {"old": "file", "new": "cached_db"}  # or dotted paths

A session is looked for in the new engine; one that only the old engine has is carried over under the same key. What is
saved goes to the new engine and, so that one can go back without logging anybody out, to the old one too
(`"write_old": False` ends that). A log-out marks the session as ended in the new engine before it is removed from
both: it does not come back, also when the old engine could not be reached or another process was just carrying it over.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from shop.stateless.move.problems import MoveError
from shop.stateless.move.sessions.ended import is_mark
from shop.stateless.move.sessions.engines import share_a_table
from shop.stateless.move.sessions.session import Session, short
from shop.stateless.move.sessions.sources import Source, source
from shop.stateless.move.sessions.targets import Target, target

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Engines:
    old: Source
    new: Target
    write_old: bool


def engines() -> Engines:
    """Raises ImproperlyConfigured, with a sentence that says what to write."""
    names = getattr(settings, "SESSION_BRIDGE", None)
    if not isinstance(names, dict) or not {"old", "new"} <= names.keys():
        raise ImproperlyConfigured('Write SESSION_BRIDGE = {"old": "<engine>", "new": "<engine>"} in the settings.')
    try:
        old, new = source(names["old"]), target(names["new"])
        is_one_place = old.store is new.store or share_a_table(old.store, new.store)
    except MoveError as error:
        raise ImproperlyConfigured(f"SESSION_BRIDGE: {error}") from error
    if is_one_place:
        raise ImproperlyConfigured(
            f"SESSION_BRIDGE: both engines keep sessions in one place; set SESSION_ENGINE = {names['new']!r}."
        )
    return Engines(old, new, names.get("write_old", True))


class SessionStore(SessionBase):
    """Whatever the new engine raises is raised: without it nobody can be signed in or out."""

    _session_cache: dict[str, Any]
    _session_key: Any
    _get_session: Any
    _get_new_session_key: Any

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.engines = engines()
        self._is_out_of_reach = False

    def load(self) -> dict[str, Any]:
        """Without the old engine, a visitor whose session is only there is a stranger for now and keeps the cookie.

        If something has to be saved for this stranger, it goes into a session of its own.
        """
        key = str(self.session_key)
        data = self._loaded(key)
        if data is None:
            try:
                session = self._left_behind(key)
            except Exception as error:  # noqa: BLE001 - whatever an engine of others raises
                self._warn("cannot be read from the old engine", key, error)
                self._is_out_of_reach = True
                return {}
            if session:
                self.engines.new.add([session])
                data = self._loaded(key)
        if data is None:
            self._session_key = None
        return data or {}

    def _loaded(self, key: str) -> dict[str, Any] | None:
        """Engines forget the key of a session that they do not find."""
        store = self.engines.new.store(key)
        data = store.load()
        return data if store.session_key == key and not is_mark(data) else None

    def _left_behind(self, key: str) -> Session | None:
        """Return what the old engine has; the new one takes no session that has ended or expired there."""
        session = self.engines.old.read([key]).get(key)
        if session and session.unread:
            raise OSError(session.problem)
        return session if session and session.is_live and not session.problem else None

    def exists(self, session_key: str) -> bool:
        new, old = self.engines.new, self.engines.old
        if new.store().exists(session_key):
            return True
        try:
            return bool(old.store().exists(session_key)) and not new.has_ended(session_key)
        except Exception as error:  # noqa: BLE001 - whatever an engine of others raises
            self._warn("cannot be looked for in the old engine", session_key, error)
            return False

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        data = self._get_session(no_load=must_create)
        if self._is_out_of_reach and not must_create:
            self._session_key, self._is_out_of_reach = None, False
        if self.session_key is None:
            self.create()
            return
        self._save_in(self.engines.new.store(self.session_key), data, must_create)
        if self.engines.write_old:
            try:
                self._save_in(self.engines.old.store(self.session_key), data, must_create)
            except (CreateError, UpdateError):
                return  # it is gone from there: there is nothing to keep up to date
            except Exception as error:  # noqa: BLE001 - whatever an engine of others raises
                self._warn("was not saved in the old engine", self.session_key, error)

    def _save_in(self, store: Any, data: dict[str, Any], must_create: bool) -> None:
        store._session_cache = dict(data)
        store.save(must_create=must_create)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is None:
            return
        self.engines.new.end(key, self._last_moment(key))
        self.engines.new.store().delete(key)
        try:
            self.engines.old.store().delete(key)
        except Exception as error:  # noqa: BLE001 - whatever an engine of others raises
            self._warn("was not removed from the old engine; its mark keeps it from coming back", key, error)

    def _last_moment(self, key: str) -> Any:
        """Return the moment until which the old engine could bring the session back."""
        usual = timezone.now() + timedelta(seconds=self.get_session_cookie_age())
        try:
            session = self.engines.old.read([key]).get(key)
        except Exception:  # noqa: BLE001 - whatever an engine of others raises
            session = None
        return max(usual, session.expires_at) if session else usual

    def _warn(self, what: str, key: str | None, error: Exception) -> None:
        logger.warning("Session %s %s: %r", short(key or ""), what, error)

    @classmethod
    def clear_expired(cls) -> None:
        both = engines()
        both.new.store.clear_expired()
        both.old.store.clear_expired()
