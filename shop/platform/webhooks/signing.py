"""Signatures as https://www.standardwebhooks.com describes them, so that receivers find a library that checks them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def headers(keys: Sequence[str], *, event_id: str, at: int, body: bytes) -> dict[str, str]:
    """Return what goes beside the body. `at`: seconds since 1970; receivers refuse what is much older.

    `keys`: one, or two while the former one is still valid; a receiver looks for a signature by the one that it has.
    """
    signed = f"{event_id}.{at}.".encode() + body
    signatures = " ".join(f"v1,{_signature(key, signed)}" for key in keys)
    return {"webhook-id": event_id, "webhook-timestamp": str(at), "webhook-signature": signatures}


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
