"""Asking once more who somebody is, before what only they should do."""

import time

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shop.accounts import cognito
from shop.accounts.cognito import TokenRefused
from shop.accounts.limits import SIGN_IN, mailbox
from shop.accounts.models import OutsideIdentity, User
from shop.errors import ShopError
from shop.platform import throttle

FRESH = 600  # seconds since somebody signed in elsewhere


class WrongPassword(ShopError):
    code = "wrong_password"
    status = 403
    message = _("The password is wrong.")


class NotFresh(ShopError):
    code = "not_fresh"
    status = 403
    message = _("Sign in once more, and send the new id token.")


def by_password(user: User, password: str) -> None:
    """Counts the try, as signing in does. Raises WrongPassword, TooManyTries."""
    throttle.count(SIGN_IN, mailbox(user.email))
    if not user.check_password(password):
        raise WrongPassword
    throttle.forget(SIGN_IN, mailbox(user.email))


def by_id_token(user: User, id_token: str) -> None:
    """For who signs in elsewhere and has no password here. Raises NotFresh, IssuerAway."""
    if not settings.COGNITO_ISSUER:
        raise NotFresh
    try:
        claims = cognito.id_claims(id_token)
    except TokenRefused as error:
        raise NotFresh from error
    own = OutsideIdentity.objects.filter(user=user, issuer=settings.COGNITO_ISSUER, subject=claims["sub"])
    if claims.get("auth_time", 0) < time.time() - FRESH or not own.exists():
        raise NotFresh
