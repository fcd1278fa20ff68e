"""Who sends a request, read from its access token alone: no query, no session, no cookie."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.models import TokenUser

from shop.accounts.tokens import AccessToken


class TokenExpired(AuthenticationFailed):
    default_code = "token_expired"
    default_detail = _("The access token is too old. Get a new one with the refresh token.")


class TokenInvalid(AuthenticationFailed):
    default_code = "token_invalid"
    default_detail = _("The access token is not valid.")


class Bearer(TokenUser):  # type: ignore[misc]  # SimpleJWT has no types
    """Who holds a valid access token. Knows the user's id and nothing else; no row was read."""

    @property
    def pk(self) -> int:
        return int(self.token["sub"])

    id = pk


class AccessTokenAuthentication(JWTStatelessUserAuthentication):  # type: ignore[misc]
    """`Authorization: Bearer <access token>`. Without the header a request is a guest's."""

    def get_validated_token(self, raw_token: bytes) -> AccessToken:
        try:
            return AccessToken(raw_token)
        except ExpiredTokenError as error:
            raise TokenExpired from error
        except TokenError as error:
            raise TokenInvalid from error

    def get_user(self, validated_token: AccessToken) -> Bearer:
        return Bearer(validated_token)


def user_id(request: Request) -> int | None:
    """Return the id of the signed-in user; None for a guest."""
    return cast(int, request.user.pk) if request.user.is_authenticated else None


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[misc,no-untyped-call]
    target_class = "shop.api.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        text = "From `auth/token/`; ends after 15 minutes. The keys are at `/.well-known/jwks.json`."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text}
