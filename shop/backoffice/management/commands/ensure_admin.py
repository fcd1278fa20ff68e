import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from shop.accounts.models import User

VARIABLE = "DEMO_ADMIN_PASSWORD"


class Command(BaseCommand):
    help = f"Create the administrator, or bring an existing account up to one, with the password in {VARIABLE}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="the address that signs in")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get(VARIABLE, "")
        if not password:
            raise CommandError(f"{VARIABLE} is not set: it has to hold the administrator's password.")
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']!r} is not an e-mail address.") from error
        try:
            outcome = ensure_admin(options["email"], password)
        except IntegrityError:  # another process created the account at this moment
            outcome = ensure_admin(options["email"], password)
        self.stdout.write(f"Administrator {options['email']}: {outcome}.")


def ensure_admin(email: str, password: str) -> str:
    """Make sure that this account is an active superuser with this password; return created, changed or unchanged.

    A password that is right already is not hashed again: a new hash would end the account's sessions.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email__iexact=email).first()
        if user is None:
            User.objects.create_superuser(email, password)
            return "created"
        changed = _promote(user)
        if not user.check_password(password):
            user.set_password(password)
            changed = True
        user.save()
    return "changed" if changed else "unchanged"


def _promote(user: User) -> bool:
    rights = ("is_active", "is_staff", "is_superuser")
    missing = [name for name in rights if not getattr(user, name)]
    for name in missing:
        setattr(user, name, True)
    return bool(missing)
