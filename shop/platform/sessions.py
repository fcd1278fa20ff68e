"""Sessions: read from Redis, written to PostgreSQL and Redis, and right through an outage of Redis.

Django's `cached_db` with ignored errors keeps everybody logged in while Redis is away, but a log-out in that time comes
undone when Redis returns with its old copy, and so does any change to a session. Two additions close this:

* Ending a session writes a RevokedSession row. A session found in Redis is believed only if it has none.
* When Redis could not take a change, its old copy is removed: at once from a Redis that is full and takes no more, by
  an outbox message and a worker as soon as it is back from one that is away. Until then a second row of that table says
  that the copy is old, and the session is read from PostgreSQL.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from shop.platform import outbox
from shop.platform.models import RevokedSession


def digest(session_key: str) -> str:
    """Return what Redis, outbox and revocations know a session by: whoever reads it there cannot use it."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def _cache_key(session_key: str) -> str:
    return f"session:{digest(session_key)}"


class SessionStore(CachedStore):
    """Django's cached_db session store with revocation; raises OperationalError when PostgreSQL is away and needed."""

    # Django's own attributes, which its type stubs do not know.
    _cache: Any
    _session: dict[str, Any]
    _get_or_create_session_key: Any
    _get_session_from_db: Any

    @property
    def cache_key(self) -> str:
        return _cache_key(self._get_or_create_session_key())

    @classmethod
    def get_model_class(cls) -> Any:
        from django.contrib.sessions.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        data: dict[str, Any] = super().load()
        if not self.session_key:
            return data
        marks = _marks(self.session_key)
        if digest(self.session_key) in marks:
            self._session_key = None
            return {}
        return self._load_row() if marks else data

    def _load_row(self) -> dict[str, Any]:
        row = self._get_session_from_db()
        return self.decode(row.session_data) if row else {}

    def exists(self, session_key: str) -> bool:
        return super(CachedStore, self).exists(session_key)

    def save(self, must_create: bool = False) -> None:
        super(CachedStore, self).save(must_create)
        stored = self._cache.set(self.cache_key, self._session, self.get_expiry_age())
        if stored is None:
            self._drop_copy(self.cache_key)

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is None:
            return
        with transaction.atomic():
            super(CachedStore, self).delete(key)
            _mark(digest(key))
        self._drop_copy(_cache_key(key))

    def _drop_copy(self, cache_key: str) -> None:
        if self._cache.delete(cache_key) is None:
            with transaction.atomic():
                _mark(_old_copy(cache_key))
                outbox.put(topic="sessions.forget", payload={"cache_key": cache_key})


def _marks(session_key: str) -> set[str]:
    """Return the marks of a session: its digest if it was ended, and its old copy's if Redis may still have one."""
    possible = [digest(session_key), _old_copy(_cache_key(session_key))]
    return set(RevokedSession.objects.filter(pk__in=possible).values_list("pk", flat=True))


def _old_copy(cache_key: str) -> str:
    return digest(f"old copy of {cache_key}")


def _mark(name: str) -> None:
    expires_at = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    RevokedSession.objects.bulk_create([RevokedSession(digest=name, expires_at=expires_at)], ignore_conflicts=True)


def forget(cache_key: str) -> None:
    """Remove a cached copy. Raises ConnectionError while Redis is away, so that the message is tried again."""
    if caches[settings.SESSION_CACHE_ALIAS].delete(cache_key) is None:
        raise ConnectionError("Redis is away; the session's old copy is still there")
    RevokedSession.objects.filter(pk=_old_copy(cache_key)).delete()
