"""Who sends a request, read from its access token alone: no query, no session, no cookie."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError

from shop.accounts.tokens import AccessToken


class TokenExpired(AuthenticationFailed):
    default_code = "token_expired"
    default_detail = _("The access token is too old. Get a new one with the refresh token.")


class TokenInvalid(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("The access token is not valid.")


class AccessTokenAuthentication(JWTStatelessUserAuthentication):
    """`Authorization: Bearer <access token>`; the user is then a TokenUser. Without the header it is a guest."""

    def get_raw_token(self, header: bytes) -> bytes | None:
        try:
            return super().get_raw_token(header)
        except AuthenticationFailed as error:
            raise TokenInvalid from error

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        try:
            return AccessToken(raw_token)  # type: ignore[arg-type]  # SimpleJWT calls its text a Token
        except ExpiredTokenError as error:
            raise TokenExpired from error
        except TokenError as error:
            raise TokenInvalid from error


def own_id(request: Request) -> int:
    """Return the id of the user where a user is required."""
    return int(str(request.user.pk))


def user_id(request: Request) -> int | None:
    """Return the id of the signed-in user; None for a guest."""
    return own_id(request) if request.user.is_authenticated else None


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "shop.api.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "From `auth/token/`; ends after 15 minutes. The keys are at `/.well-known/jwks.json`."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text}
