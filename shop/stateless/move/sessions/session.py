"""One session on its way."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.utils import timezone

FOREIGN = (
    "cannot be decoded: it was signed with another SECRET_KEY (add that one to SECRET_KEY_FALLBACKS), written by "
    "another SESSION_SERIALIZER, or it is damaged"
)


@dataclass(frozen=True)
class Session:
    """What an engine keeps under a key.

    `problem`: why there is no data; `unread`: that it might be read later; `text`: the data as a table holds it.
    """

    key: str
    data: dict[str, Any]
    expires_at: datetime
    problem: str = ""
    text: str = ""
    unread: bool = False

    @property
    def is_live(self) -> bool:
        return self.expires_at > timezone.now()


def short(key: str) -> str:
    """Return what a session may be called where others read it: whoever has its key is signed in with it."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def decoded(store: SessionBase, text: str) -> dict[str, Any] | None:
    """Return the data of an encoded session, None if it cannot be decoded. Django's own decode() returns {} then."""
    if type(store).decode is not SessionBase.decode:
        return store.decode(text)
    try:
        data = signing.loads(text, salt=store.key_salt, serializer=store.serializer)
    except Exception:  # noqa: BLE001 - a pickle of another release can raise anything
        return None
    return data if isinstance(data, dict) else None


def as_written(data: dict[str, Any]) -> Any:
    """Return the data as the serializer writes them: it makes a list of a tuple."""
    serializer = SessionBase().serializer()
    try:
        return serializer.loads(serializer.dumps(data))
    except (TypeError, ValueError):
        return data


def aligned(moment: datetime) -> datetime:
    """Return the moment with a time zone if the project uses them, without one otherwise."""
    if settings.USE_TZ and timezone.is_naive(moment):
        return timezone.make_aware(moment)
    if not settings.USE_TZ and timezone.is_aware(moment):
        return timezone.make_naive(moment)
    return moment


def expiry(store: SessionBase, data: dict[str, Any], modified_at: datetime) -> datetime:
    """Return when a session ends that was saved then: at its own time if it has one, else after SESSION_COOKIE_AGE."""
    return aligned(store.get_expiry_date(modification=modified_at, expiry=data.get("_session_expiry")))
