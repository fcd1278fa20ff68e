"""How django-allauth meets this shop: sign-in joins the guest's cart, mails go through the outbox."""

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shop.accounts.limits import MAIL, MAIL_NETWORK, SIGN_IN, SIGN_IN_NETWORK, mailbox
from shop.accounts.models import User
from shop.cart import services as carts
from shop.notifications import services as notifications
from shop.platform import throttle
from shop.platform.visitor import network
from shop.storefront import cart_cookie

logger = logging.getLogger("shop.accounts")
MAILS = {  # allauth's name: our mail, and which of its facts holds the link
    "account/email/email_confirmation": ("account_confirm", "activate_url"),
    "account/email/email_confirmation_signup": ("account_confirm", "activate_url"),
    "account/email/password_reset_key": ("account_reset", "password_reset_url"),
    "account/email/account_already_exists": ("account_known", "password_reset_url"),
    "account/email/unknown_account": ("account_unknown", "signup_url"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Named by ACCOUNT_ADAPTER."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and join the guest's cart to the account's in one transaction."""
        with transaction.atomic():
            carts.claim(public_id=cart_cookie.read(request), user_id=user.pk)
            super().login(request, user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try. allauth's limits would refuse everybody while Redis is away; ours then count by process."""
        try:
            throttle.count(SIGN_IN_NETWORK, network(request))
            throttle.count(SIGN_IN, self._who(credentials))
        except throttle.TooManyTries as error:
            raise self.validation_error("too_many_login_attempts") from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user:
            throttle.forget(SIGN_IN, self._who(credentials))
        return user

    def _who(self, credentials: dict[str, Any]) -> str:
        return mailbox(str(credentials.get("email", "")))

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always; but each try costs a hash, so a network has only so many. Raises TooManyTries."""
        if request.method == "POST":
            throttle.count(SIGN_IN_NETWORK, network(request))
        return True

    def clean_email(self, email: str) -> str:
        """Count an address that will get a mail, with or without an account. Raises TooManyTries, before any is sent.

        Raises ValidationError for a second address of an account whose first is not confirmed.
        """
        throttle.count(MAIL_NETWORK, network(self.request))
        if self.request.user.is_authenticated and _is_unconfirmed(self.request.user):
            raise ValidationError(_("Confirm your address first. Then you can add another one."))
        return str(super().clean_email(email))

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        """Forget the guest's cookie: whoever signs in next in this browser must not meet this cart.

        And the e-mail address, which allauth writes into the session: a session names an account by its id alone.
        """
        for record in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ()):
            record.pop("email", None)
        request.session.modified = True
        response: HttpResponse = super().post_login(request, user, **facts)
        cart_cookie.clear(response)
        return response

    def is_safe_url(self, url: str) -> bool:
        """Say whether ?next= leads into this store. allauth fails on what is no address at all, such as //["""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in the current transaction. Beyond the limit nothing is sent, and the visitor is not told.

        Raises KeyError for a mail that this shop has no text for.
        """
        kind, link = MAILS[template_prefix]
        try:
            throttle.count(MAIL, mailbox(email))
        except throttle.TooManyTries:
            logger.warning("too many mails to one address; none was sent", extra={"kind": kind})
            return
        notifications.queue(kind=kind, to=email, context={"url": _public(context[link])})


def _is_unconfirmed(user: User) -> bool:
    """Say whether an account has an address, but none that is confirmed.

    Somebody may have opened it with another person's address. With a second address of their own, they would keep a way
    in after the real owner has chosen a new password.
    """
    confirmed = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    return bool(confirmed) and not any(confirmed)


def _public(link: str) -> str:
    """Return a link at the store's own address: that of the request is what a stranger wrote into its Host header."""
    parts = urlsplit(link)
    return f"{settings.PUBLIC_URL}{parts.path}{'?' * bool(parts.query)}{parts.query}"
