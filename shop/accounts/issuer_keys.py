"""The public keys of an issuer that others run: kept, fetched again when they are old, and used on while it is away."""

import logging
import threading
import time
from typing import Any

import httpx
import jwt

from shop.platform import deadline

logger = logging.getLogger("shop.accounts")
FRESH = 3600  # seconds for which the keys are believed without asking
STALE = 24 * 3600  # seconds for which they are believed while the issuer does not answer
AGAIN = 30  # seconds between two questions, whatever is asked for: made-up ids of keys cost the issuer nothing
TIMEOUT = httpx.Timeout(2.0, connect=1.0)
WHOLE = 4.0  # seconds for all of the question, in which others wait for the same key


class KeysAway(Exception):
    """The issuer does not answer, and nothing that may still be believed is kept."""


class IssuerKeys:
    """The keys at one address. Facts of the issuer, the same in every process."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._lock = threading.Lock()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key of that id; None if the issuer has none. Raises KeysAway."""
        if kid not in self._keys or self._age() > FRESH:
            self._ask()
        if self._age() > STALE:
            raise KeysAway(self.address)
        return self._keys.get(kid)

    def _age(self) -> float:
        return time.monotonic() - self._fetched_at

    def _ask(self) -> None:
        """Fetch, unless somebody asked a moment ago. Who comes meanwhile waits, as they may need the same key."""
        with self._lock:
            if time.monotonic() < self._asked_at + AGAIN:
                return
            self._asked_at = time.monotonic()
            try:
                self._keys = _fetch(self.address)
            except (httpx.HTTPError, ValueError, jwt.PyJWTError) as error:
                logger.warning("the keys of an issuer cannot be fetched", extra={"error": str(error)})
            else:
                self._fetched_at = time.monotonic()


def _fetch(address: str) -> dict[str, jwt.PyJWK]:
    with deadline.within(WHOLE), httpx.Client(transport=deadline.transport(), timeout=TIMEOUT) as client:
        answer = client.get(address)
    answer.raise_for_status()
    said: Any = answer.json()
    try:
        return {key["kid"]: jwt.PyJWK(key) for key in said["keys"] if key.get("kty") == "RSA"}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("The answer is no list of keys.") from error
