"""Who sends a request, read from its access token alone: no query, no session."""

from rest_framework.authentication import BaseAuthentication


class AccessTokenAuthentication(BaseAuthentication):
    def authenticate(self, request: object) -> None:
        return None
