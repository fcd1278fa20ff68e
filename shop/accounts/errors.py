"""What accounts refuse."""

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError

OF_A_USER = "_fk_accounts_user_id"  # ends the names that Django gives to references to users


def is_of_gone_account(error: Exception) -> bool:
    """Say whether a row could not be written because the account it refers to was erased at the same moment."""
    return isinstance(error, IntegrityError) and OF_A_USER in str(error)


class WrongCredentials(ShopError):
    """One answer for an unknown e-mail, a wrong password and an account that was closed."""

    code = "wrong_credentials"
    status = 401
    message = _("The e-mail address or the password is wrong.")


class RefreshRefused(ShopError):
    """The refresh token is forged, too old, used before or signed out: the person has to sign in again."""

    code = "refresh_refused"
    status = 401
    message = _("You were signed out. Sign in again.")
