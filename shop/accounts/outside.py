"""Linking who signs in elsewhere, at Cognito, to accounts of the store: by the pool's `sub`, which never changes.

An e-mail address alone links nothing: whoever opened an account here with a stranger's address would otherwise share it
with that stranger, who comes later and proves the address. Nor is an access token enough: the id token has to prove the
account's address, or whoever holds an access token for a moment would keep a way in that no new password closes.
"""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from shop.accounts import cognito
from shop.accounts.models import OutsideIdentity, User
from shop.errors import ShopError


class AccountExists(ShopError):
    code = "account_exists"
    message = _("This e-mail has an account. Sign in with its password, and send this again with its access token.")


class LinkedElsewhere(ShopError):
    code = "linked_elsewhere"
    message = _("This sign-in belongs to another account already.")


class AnotherAddress(ShopError):
    code = "another_address"
    message = _("This sign-in has another e-mail address than the account. Link one that has the same.")


def holder(subject: str) -> User | None:
    """Return the open account of a `sub`. One query."""
    found = OutsideIdentity.objects.filter(issuer=settings.COGNITO_ISSUER, subject=subject, user__is_active=True)
    identity = found.select_related("user").first()
    return identity.user if identity else None


def link(id_token: str, *, user_id: int | None = None) -> User:
    """Link an id token's owner to that account; without one to the account linked before, or to a new one.

    Safe to repeat, also at once. Raises cognito's TokenRefused and IssuerAway, AccountExists, LinkedElsewhere,
    AnotherAddress.
    """
    claims = cognito.id_claims(id_token)
    try:
        with transaction.atomic():
            return _link(claims["sub"], claims["email"].lower(), user_id)
    except (IntegrityError, AccountExists) as error:
        known = _known(claims["sub"], user_id)  # another request with the same token may have been faster
        if known is None:
            raise AccountExists from error
        return known


def _link(subject: str, email: str, user_id: int | None) -> User:
    known = _known(subject, user_id)
    if known:
        return known
    user = _owner(user_id, email) if user_id else _opened(email)
    OutsideIdentity.objects.create(issuer=settings.COGNITO_ISSUER, subject=subject, user=user)
    return user


def _known(subject: str, user_id: int | None) -> User | None:
    """Raises LinkedElsewhere."""
    identity = OutsideIdentity.objects.filter(issuer=settings.COGNITO_ISSUER, subject=subject).first()
    if identity and user_id not in (None, identity.user_id):
        raise LinkedElsewhere
    return identity.user if identity else None


def _owner(user_id: int, email: str) -> User:
    """Raises AnotherAddress."""
    user = User.objects.get(pk=user_id)
    if user.email.lower() != email:
        raise AnotherAddress
    return user


def _opened(email: str) -> User:
    """Raises AccountExists."""
    if User.objects.filter(email__iexact=email).exists():
        raise AccountExists
    user = User.objects.create_user(email)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user
