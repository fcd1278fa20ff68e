"""The keys that access and refresh tokens are signed with: ES256, each known by its id.

Any number of keys verify, one signs. To change it without signing anybody out: add the new public key to
JWT_PREVIOUS_KEYS on all pods, then make it JWT_SIGNING_KEY and move the old one there, then drop the old one after
tokens.REFRESH_LIFETIME.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from jwt.algorithms import ECAlgorithm

ALGORITHM = "ES256"
BLOCK = re.compile(r"-----BEGIN (?P<kind>(?:EC )?PRIVATE|PUBLIC) KEY-----.+?-----END (?P=kind) KEY-----", re.DOTALL)


class BadKey(ImproperlyConfigured):
    """A key cannot be used. The message says which and why, and never contains any of it."""


@dataclass(frozen=True)
class Key:
    """A public key with its id, which is its thumbprint (RFC 7638), so that all pods name it alike."""

    kid: str
    public: ec.EllipticCurvePublicKey

    def jwk(self) -> dict[str, str]:
        return {**_public_jwk(self.public), "kid": self.kid, "alg": ALGORITHM, "use": "sig"}


@dataclass(frozen=True)
class KeySet:
    """`private` signs and belongs to the first of `keys`; all of `keys` verify."""

    private: ec.EllipticCurvePrivateKey
    keys: tuple[Key, ...]

    @property
    def kid(self) -> str:
        """The id of the key that signs."""
        return self.keys[0].kid

    def find(self, kid: str | None) -> Key | None:
        return next((key for key in self.keys if key.kid == kid), None)

    def jwks(self) -> dict[str, Any]:
        """Return the JSON Web Key Set (RFC 7517) that others verify our tokens with."""
        return {"keys": [key.jwk() for key in self.keys]}


def key_set() -> KeySet:
    """Return the keys of the settings. Raises BadKey."""
    return parse(settings.JWT_SIGNING_KEY, settings.JWT_PREVIOUS_KEYS)


@lru_cache(maxsize=4)
def parse(signing: str, others: str = "") -> KeySet:
    """Read a private key and any number of further keys, private or public, as PEM. Raises BadKey."""
    private = _only_private(signing)
    publics = [private.public_key(), *(_public(block) for block in _blocks("JWT_PREVIOUS_KEYS", others))]
    keys = {_thumbprint(public): public for public in publics}
    return KeySet(private, tuple(Key(kid, public) for kid, public in keys.items()))


def _only_private(text: str) -> ec.EllipticCurvePrivateKey:
    if not text.strip():
        raise BadKey("JWT_SIGNING_KEY is not set: it has to be an EC private key on the curve P-256, as PEM.")
    blocks = _blocks("JWT_SIGNING_KEY", text)
    if len(blocks) != 1 or "PRIVATE KEY" not in blocks[0]:
        raise BadKey("JWT_SIGNING_KEY has to hold one private key and nothing else.")
    return _private("JWT_SIGNING_KEY", blocks[0])


def _blocks(name: str, text: str) -> list[str]:
    """Return the PEM blocks of a text; env files often hold it on one line with \\n in it."""
    text = text.replace("\\n", "\n")
    found = [match.group() for match in BLOCK.finditer(text)]
    if text.strip() and not found:
        raise BadKey(f"{name} holds no key in PEM form.")
    return found


def _private(name: str, block: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(block.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{name} holds a private key that cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadKey(f"{name} has to be an EC key on the curve P-256.")
    return key


def _public(block: str) -> ec.EllipticCurvePublicKey:
    if "PRIVATE KEY" in block:
        return _private("JWT_PREVIOUS_KEYS", block).public_key()
    try:
        key = serialization.load_pem_public_key(block.encode())
    except ValueError as error:
        raise BadKey("JWT_PREVIOUS_KEYS holds a public key that cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadKey("JWT_PREVIOUS_KEYS has to hold EC keys on the curve P-256.")
    return key


def _public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    jwk = ECAlgorithm.to_jwk(key, as_dict=True)
    return {name: jwk[name] for name in ("crv", "kty", "x", "y")}


def _thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    text = json.dumps(_public_jwk(key), sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
