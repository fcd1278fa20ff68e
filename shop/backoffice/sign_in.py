"""Signing in to the admin: counted together with the store's and the API's tries, so no door is the easy one."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from shop.accounts.limits import SIGN_IN, SIGN_IN_NETWORK, mailbox
from shop.platform import throttle
from shop.platform.visitor import network


class SignInForm(AuthenticationForm):
    """Django's, behind the limits. The right password begins anew, as everywhere."""

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a wrong password and for too many tries, before a password is looked at."""
        email = mailbox(str(self.cleaned_data.get("username", "")))
        try:
            throttle.count(SIGN_IN_NETWORK, network(self.request))
            throttle.count(SIGN_IN, email)
        except throttle.TooManyTries as error:
            raise ValidationError(error.message) from error
        data: dict[str, Any] = super().clean()
        throttle.forget(SIGN_IN, email)
        return data
