"""What accounts refuse."""

from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError


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
