"""Access and refresh tokens: signed by the key set, each naming its key.

Both carry `sub` (the user's id) and `sid` (the RefreshFamily). An access token is believed without any query until it
ends; signing out or a new password therefore reach it after ACCESS_LIFETIME at the latest.
"""

import uuid
from datetime import timedelta
from typing import Any

import jwt
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from shop.accounts.keys import ALGORITHM, key_set

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=60)  # since the last use
LEEWAY = 10  # seconds; the clocks of two pods differ
# `iat` is told and not checked: a pod whose clock is behind would refuse a token that another pod made just now, and
# the phone would be signed out
OPTIONS: Any = {"verify_iat": False, "verify_aud": False}


class KeySetBackend(TokenBackend):
    """SimpleJWT's backend with the settings' key set instead of one key."""

    def __init__(self) -> None:
        super().__init__(ALGORITHM, leeway=LEEWAY)

    def encode(self, payload: dict[str, Any]) -> str:
        keys = key_set()
        return jwt.encode(payload, keys.private, algorithm=ALGORITHM, headers={"kid": keys.kid})

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """Raises TokenBackendExpiredToken, and TokenBackendError for what else is wrong with it."""
        options: Any = {**OPTIONS, "verify_signature": verify}
        key = self.get_verifying_key(token)
        try:
            return jwt.decode(token, key, algorithms=[ALGORITHM], leeway=LEEWAY, options=options)
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("Token is expired") from error
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("Token is invalid") from error

    def get_verifying_key(self, token: Any) -> Any:
        """Return the key that the token names. Raises TokenBackendError."""
        try:
            key = key_set().find(jwt.get_unverified_header(token).get("kid"))
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("Token is invalid") from error
        if key is None:
            raise TokenBackendError("Token names no key of ours")
        return key.public


backend = KeySetBackend()


class AccessToken(tokens.AccessToken):
    lifetime = ACCESS_LIFETIME

    def get_token_backend(self) -> TokenBackend:
        return backend


class RefreshToken(tokens.Token):
    """Good for one new pair. Raises TokenError if it was not made by us or is too old."""

    token_type = "refresh"  # noqa: S105
    lifetime = REFRESH_LIFETIME

    def get_token_backend(self) -> TokenBackend:
        return backend

    @property
    def family(self) -> uuid.UUID:
        return uuid.UUID(self["sid"])

    @property
    def id(self) -> str:
        return str(self["jti"])


def access_token(*, user_id: int, family: uuid.UUID) -> str:
    token = AccessToken()
    token["sub"], token["sid"] = str(user_id), str(family)
    return str(token)


def refresh_token(*, user_id: int, family: uuid.UUID, token_id: str) -> str:
    token = RefreshToken()
    token["sub"], token["sid"], token["jti"] = str(user_id), str(family), token_id
    return str(token)
