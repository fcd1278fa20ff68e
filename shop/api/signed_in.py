"""The signed-in user's row, where more than the id in the access token is needed."""

from rest_framework.request import Request

from shop.accounts.models import User
from shop.api.authentication import own_id
from shop.api.problems import AccountGone


def signed_in(request: Request) -> User:
    """Raises AccountGone if the account was closed since the token was made."""
    user = User.objects.filter(pk=own_id(request), is_active=True).first()
    if user is None:
        raise AccountGone
    return user
