"""The codes of gift cards: drawn here, kept nowhere.

Whoever has a code has the money, so the database holds only what a key of ours makes of it: nobody can spend from a
dump. 80 random bits are too many to be tried, even with the key.

The keys are SECRET_KEY, its fallbacks, and GIFT_CARD_OLD_KEYS: cards live for years, and a key that nothing else uses
any more must be kept for those that were made with it. `manage.py fsck` says if a card with money on it lost its key.
"""

import hashlib
import hmac
import secrets
from typing import NamedTuple

from django.conf import settings

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, without those that look alike
LENGTH = 16
GROUP = 4
SALT = b"shop.payments.gift_card"


class Hashed(NamedTuple):
    """What is kept of a code, and the name of the key that it was made with."""

    code_hash: str
    key_id: str


def draw() -> str:
    """Return a new code, in groups as people read it: ABCD-EFGH-JKLM-NPQR."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def spelled(code: str) -> str:
    """Return a code without its groups: people write it in small letters, with spaces or dashes."""
    return "".join(char for char in code.upper() if char.isalnum())


def is_code(code: str) -> bool:
    plain = spelled(code)
    return len(plain) == LENGTH and set(plain) <= set(ALPHABET)


def hashed(code: str) -> Hashed:
    """Return what a new card keeps of its code."""
    return _hashed(code, settings.SECRET_KEY)


def candidates(code: str) -> list[str]:
    """Return what the card of a code may have kept of it, by each key that may have been used."""
    return [_hashed(code, key).code_hash for key in _keys()]


def known_keys() -> list[str]:
    """Return the names of the keys."""
    return [_name(key) for key in _keys()]


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.GIFT_CARD_OLD_KEYS]


def _hashed(code: str, key: str) -> Hashed:
    digest = hmac.new(_derived(key), spelled(code).encode(), hashlib.sha256)
    return Hashed(digest.hexdigest(), _name(key))


def _name(key: str) -> str:
    """Return a name for a key that gives nothing of the key away."""
    return hmac.new(_derived(key), b"name", hashlib.sha256).hexdigest()[:8]


def _derived(key: str) -> bytes:
    """Return a key that is used for nothing else."""
    return hmac.new(SALT, key.encode(), hashlib.sha256).digest()
