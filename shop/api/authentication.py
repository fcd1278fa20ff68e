"""Who sends a request, read from its access token alone: no query, no session, no cookie."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError

from shop.accounts import cognito, outside
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
        """Schemes are written in capitals or not (RFC 9110, 11.1); else `bearer` would make a user a guest."""
        scheme, space, token = header.partition(b" ")
        try:
            return super().get_raw_token(scheme.capitalize() + space + token)
        except AuthenticationFailed as error:
            raise TokenInvalid from error

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        try:
            return AccessToken(raw_token)  # type: ignore[arg-type]  # SimpleJWT calls its text a Token
        except ExpiredTokenError as error:
            raise TokenExpired from error
        except TokenError as error:
            raise TokenInvalid from error


class NotLinked(AuthenticationFailed):
    default_code = "not_linked"
    default_detail = _("This sign-in has no account yet. Send its id token to auth/cognito/ once.")


class CognitoAuthentication(AccessTokenAuthentication):
    """The same header with an access token of the user pool; the user is then the account that it is linked to."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = self.get_header(request)
        token = self.get_raw_token(header) if header is not None else None
        if token is None or not cognito.is_from_there(token):
            return None
        try:
            claims = cognito.access_claims(token)
        except cognito.TokenRefused as error:
            raise TokenExpired if error.expired else TokenInvalid from error
        user = outside.holder(claims["sub"])
        if user is None:
            raise NotLinked
        return user, claims


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


class CognitoScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "shop.api.authentication.CognitoAuthentication"
    name = "cognitoToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "An access token of the store's Cognito user pool, where it has one. Link it once at `auth/cognito/`."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text}
