"""Registering, and signing phones in and out.

A phone that is signed in is a RefreshFamily row. It knows the hash of the one refresh token that is good now, and of
the one before.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from psycopg.errors import UniqueViolation
from rest_framework_simplejwt.exceptions import TokenError

from shop.accounts import tokens
from shop.accounts.errors import RefreshRefused, WrongCredentials
from shop.accounts.models import RefreshFamily, User

GRACE = 30  # seconds in which a token that was just used up gives the same successor again


@dataclass(frozen=True)
class SignedIn:
    """A pair of tokens and whose they are."""

    user_id: int
    access: str
    refresh: str


def register(*, email: str, password: str, name: str = "") -> User | None:
    """Open an account and queue the mail that verifies its address, in one transaction; return the user.

    None if the address has an account: its owner gets a mail that says so, and the visitor must not learn it. Call it
    within a request: the links in the mails are made from it.
    """
    with transaction.atomic():
        user = _create(email.lower(), password, name)
        if user is None:
            get_adapter().send_account_already_exists_mail(email.lower())
            return None
        address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
        address.send_confirmation(signup=True)
    return user


def _create(email: str, password: str, name: str) -> User | None:
    """The password is hashed in any case, so that the time does not tell whether the address is known.

    Looks for the address first: a row that PostgreSQL refuses stands in its log, with e-mail and password's hash.
    """
    if User.objects.filter(email__iexact=email).exists():
        User().set_password(password)
        return None
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name)
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            return None
        raise


def sign_in(*, email: str, password: str, device: str = "") -> SignedIn:
    """Check a password and start a family of refresh tokens for `device`, in one transaction. Raises WrongCredentials.

    Takes as long for an unknown e-mail as for a wrong password.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        User().set_password(password)
        raise WrongCredentials
    if not user.check_password(password) or not user.is_active:
        raise WrongCredentials
    token_id = secrets.token_hex(32)
    now = timezone.now()
    with transaction.atomic():
        # Locks the user: a password changed while the old one is being checked must not leave a phone signed in.
        if not User.objects.filter(pk=user.pk, password=user.password, is_active=True).update(last_login=now):
            raise WrongCredentials
        family = RefreshFamily.objects.create(
            user=user, device=device, current=_digest(token_id), expires_at=now + tokens.REFRESH_LIFETIME
        )
    return _pair(user.pk, family.pk, token_id)


# One statement: of any number of requests with one token the first rotates, the others wait for its row and then find
# their token to be the one before. The database's clock counts, as the clocks of pods differ.
ROTATE = """
UPDATE accounts_refreshfamily AS family SET
    previous = CASE WHEN family.current = %(used)s THEN family.current ELSE family.previous END,
    rotated_at = CASE WHEN family.current = %(used)s THEN now() ELSE family.rotated_at END,
    expires_at = CASE WHEN family.current = %(used)s THEN now() + %(lifetime)s ELSE family.expires_at END,
    current = CASE WHEN family.current = %(used)s THEN %(successor)s ELSE family.current END
FROM accounts_user AS holder
WHERE family.id = %(family)s AND holder.id = family.user_id AND holder.is_active
    AND family.revoked_at IS NULL AND family.expires_at > now()
    AND (family.current = %(used)s
        OR (family.previous = %(used)s AND family.rotated_at > now() - make_interval(secs => %(grace)s)))
RETURNING family.user_id, family.current
"""


def refresh(token: str) -> SignedIn:
    """Use a refresh token up and return the next pair. One query.

    Used again within GRACE, as by a phone that asks twice at once, it gives the same successor; used again later, it
    was stolen, or the one before was, and the whole family ends. Raises RefreshRefused.
    """
    used = _read(token)
    successors = _successors(used)
    row = _rotate(used, successors[0])
    if row is None:
        _revoke(used.family)
        raise RefreshRefused
    user_id, current = row
    successor = next((each for each in successors if _digest(each) == current), None)
    if successor is None:  # made by a pod with a SECRET_KEY that this one does not know
        raise RefreshRefused
    return _pair(user_id, used.family, successor)


def _rotate(used: tokens.RefreshToken, successor: str) -> tuple[int, str] | None:
    facts: dict[str, Any] = {
        "used": _digest(used.id),
        "successor": _digest(successor),
        "family": used.family,
        "lifetime": tokens.REFRESH_LIFETIME,
        "grace": GRACE,
    }
    with connection.cursor() as cursor:
        cursor.execute(ROTATE, facts)
        row: tuple[int, str] | None = cursor.fetchone()
    return row


def sign_out(token: str) -> None:
    """End the family of a refresh token. Ending it again is no error. Raises RefreshRefused for what is not a token."""
    _revoke(_read(token).family)


def sign_out_device(*, user_id: int, device_id: uuid.UUID) -> bool:
    """End one of a user's families, as of a phone that was lost. False if there is none of theirs with this id.

    Ending it again is no error. Its access token is good until it ends, for ACCESS_LIFETIME at most.
    """
    if not RefreshFamily.objects.filter(pk=device_id, user_id=user_id).exists():
        return False
    _revoke(device_id)
    return True


def _revoke(family: uuid.UUID) -> None:
    RefreshFamily.objects.filter(pk=family).revoke()


def _read(token: str) -> tokens.RefreshToken:
    try:
        return tokens.RefreshToken(token)  # type: ignore[arg-type]  # SimpleJWT calls its text a Token
    except TokenError as error:
        raise RefreshRefused from error


def _successors(used: tokens.RefreshToken) -> list[str]:
    """Return the id of the next token, then what it would be under older secret keys.

    It is calculated, not stored, so that it can be given again and cannot be read in the database.
    """
    text = f"{used.family}:{used.id}"
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("shop.accounts.refresh", text, secret=key, algorithm="sha256").hexdigest() for key in keys]


def _digest(token_id: str) -> str:
    return hashlib.sha256(token_id.encode()).hexdigest()


def _pair(user_id: int, family: uuid.UUID, token_id: str) -> SignedIn:
    access = tokens.access_token(user_id=user_id, family=family)
    return SignedIn(user_id, access, tokens.refresh_token(user_id=user_id, family=family, token_id=token_id))
