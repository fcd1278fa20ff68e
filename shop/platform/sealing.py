"""Secrets that wait in a row until they are used: only processes with SECRET_KEY, or a key that it followed, open them.

Who reads the database, a dump of it, or a page of the admin that shows the row, does not.
"""

import base64
import hashlib
import json
from contextlib import suppress
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

SALT = b"shop.platform.sealing"


class CannotOpen(Exception):
    """It was sealed with a key that is no longer known here, or changed since."""


def seal(facts: dict[str, Any]) -> str:
    return _box().encrypt(json.dumps(facts).encode()).decode()


def unseal(sealed: str) -> dict[str, Any]:
    """Raises CannotOpen."""
    try:
        facts: dict[str, Any] = json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise CannotOpen from error
    return facts


def fresh(sealed: str) -> str:
    """Return it sealed with the newest key: as it is if it was, or if nobody here can open it."""
    try:
        _box(settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        with suppress(InvalidToken):
            return _box().rotate(sealed.encode()).decode()
    return sealed


def _box(*keys: str) -> MultiFernet:
    known = keys or (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(SALT + key.encode()).digest())) for key in known]
    )
