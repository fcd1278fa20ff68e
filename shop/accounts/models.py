import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Create a user who signs in with this e-mail.

        Raises ValueError without one, IntegrityError for one that is taken.
        """
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, **{**extra, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. The e-mail is the user name; capitals do not matter."""

    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Upper("email"),  # what Django's iexact compares, so looking up by e-mail uses this index
                name="email_once",
                violation_error_message=_("This e-mail has an account already."),
            )
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the user; with a new password, whoever gave it, all phones are signed out in the same transaction."""
        has_new_password = self._password is not None  # type: ignore[attr-defined]  # set by set_password(); a mere rehash of the old password clears it
        with transaction.atomic():
            super().save(*args, **kwargs)
            if has_new_password:
                self.refresh_families.all().revoke()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Address(models.Model):
    """An address in a user's book."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(_("name"), max_length=120)
    company = models.CharField(_("company"), max_length=120, blank=True)
    line1 = models.CharField(_("street and number"), max_length=160)
    line2 = models.CharField(_("further line"), max_length=160, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=100)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = CountryField(_("country"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_default = models.BooleanField(_("default"), default=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["-is_default", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(is_default=True), name="one_default_address")
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.line1}, {self.city}"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """A second default is nobody's mistake: address_book.save() makes it the only one."""
        super().validate_constraints(exclude={*(exclude or ()), "is_default"})


class OutsideIdentity(models.Model):
    """Somebody who signs in elsewhere, and whose account that is. `subject` is the issuer's own name of them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="outside_identities")
    issuer = models.CharField(_("issuer"), max_length=200, editable=False)
    subject = models.CharField(_("subject"), max_length=200, editable=False)
    created_at = models.DateTimeField(_("linked"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("sign-in elsewhere")
        verbose_name_plural = _("sign-ins elsewhere")
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="outside_identity_once")]

    def __str__(self) -> str:
        return self.subject


class RefreshFamilyQuerySet(QuerySet["RefreshFamily"]):
    def signed_in(self) -> "RefreshFamilyQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def revoke(self) -> int:
        """End those that have not ended; return how many."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())


class RefreshFamily(models.Model):
    """The refresh tokens that came, one after the other, from one sign-in of one phone.

    Holds ids of tokens, never tokens.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="refresh_families")
    device = models.CharField(_("device"), max_length=200, blank=True)
    current = models.CharField(max_length=64, editable=False)
    previous = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("signed in"), default=timezone.now, editable=False)
    rotated_at = models.DateTimeField(_("last used"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("ends"), db_index=True)
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = RefreshFamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed-in device")
        verbose_name_plural = _("signed-in devices")

    def __str__(self) -> str:
        return self.device or str(self.id)
