"""Tokens of an Amazon Cognito user pool (COGNITO_ISSUER), verified here without asking it.

Source: "Verifying a JSON Web Token" in Cognito's developer guide. Its access tokens name the app in `client_id` and
have no `aud`; its id tokens the other way round.
"""

from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shop.accounts.issuer_keys import IssuerKeys, KeysAway
from shop.errors import ShopError

ALGORITHM = "RS256"
LEEWAY = 10  # seconds; clocks differ
NEEDED = ["exp", "iss", "sub", "token_use"]


class TokenRefused(Exception):
    """The token is forged, too old, or meant for somebody else. `expired` tells the second from the others."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.expired = expired


class IssuerAway(ShopError):
    code = "sign_in_unavailable"
    status = 503
    message = _("Signing in cannot be checked at the moment. Try again in a minute.")
    retry_after = 30


def is_from_there(token: str | bytes) -> bool:
    """Say whether a token claims to be of the user pool. It may be forged."""
    if not settings.COGNITO_ISSUER:
        return False
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return bool(claims.get("iss") == settings.COGNITO_ISSUER)


def access_claims(token: str | bytes) -> dict[str, Any]:
    """Return the claims of an access token. Raises TokenRefused, IssuerAway."""
    return _claims(token, use="access", app="client_id")


def id_claims(token: str | bytes) -> dict[str, Any]:
    """Return the claims of an id token, `email` among them, whose owner proved it. Raises TokenRefused, IssuerAway."""
    claims = _claims(token, use="id", app="aud")
    if not claims.get("email") or str(claims.get("email_verified")).lower() != "true":
        raise TokenRefused("it names no e-mail address that was verified")
    return claims


def _claims(token: str | bytes, *, use: str, app: str) -> dict[str, Any]:
    try:
        kid = str(jwt.get_unverified_header(token).get("kid"))
        key = keys(settings.COGNITO_JWKS_URL).find(kid)
        if key is None:
            raise TokenRefused("it names a key that the user pool does not have")
        options: Any = {"require": NEEDED, "verify_aud": False, "verify_iat": False}
        claims = jwt.decode(
            token, key.key, algorithms=[ALGORITHM], issuer=settings.COGNITO_ISSUER, leeway=LEEWAY, options=options
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenRefused("it is too old", expired=True) from error
    except jwt.InvalidTokenError as error:
        raise TokenRefused(str(error)) from error
    except KeysAway as error:
        raise IssuerAway from error
    if claims["token_use"] != use or claims.get(app) not in settings.COGNITO_CLIENT_IDS:
        raise TokenRefused("it is meant for something else")
    return claims


@lru_cache(maxsize=4)
def keys(address: str) -> IssuerKeys:
    return IssuerKeys(address)
