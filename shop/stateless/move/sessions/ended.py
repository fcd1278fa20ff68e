"""Marks of sessions that have ended while two engines are in use.

A mark is a session of the new engine itself, under a key that only this project can calculate. As long as it is there,
the ended session is not carried over, whoever still finds it in the old engine.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

ENDED = "_session_ended"
SALT = "shop.stateless.move.sessions.ended"


def mark_key(session_key: str, secret: str | None = None) -> str:
    """Return the key of the mark: 32 digits, which a session's key may be made of."""
    return salted_hmac(SALT, session_key, secret=secret, algorithm="sha256").hexdigest()[:32]


def mark_keys(session_key: str) -> Iterator[str]:
    """Yield where the mark may be: SECRET_KEY may have been changed since."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield mark_key(session_key, secret)


def is_mark(data: dict[str, Any]) -> bool:
    return ENDED in data
