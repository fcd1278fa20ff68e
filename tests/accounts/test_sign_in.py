"""Signing a phone in while something else happens to the account."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from shop.accounts import services as accounts
from shop.accounts.errors import WrongCredentials
from shop.accounts.models import RefreshFamily, User
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


class ChangedMeanwhile(MD5PasswordHasher):
    """Checks a password as slowly as real ones do: another pod changes it before the answer is there."""

    def verify(self, password, encoded):
        right = super().verify(password, encoded)
        user = User.objects.get()
        user.set_password("seventeen wallpaper groups")
        user.save()
        return right


def test_the_old_password_leaves_no_phone_signed_in(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.ChangedMeanwhile"]
    user = factories.user()
    with pytest.raises(WrongCredentials):
        accounts.sign_in(email=user.email, password=PASSWORD)
    assert not RefreshFamily.objects.filter(revoked_at=None).exists()


def test_a_weak_hash_is_replaced_and_signs_in(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = factories.user()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert accounts.sign_in(email=user.email, password=PASSWORD).user_id == user.pk
    assert User.objects.get().password.startswith("scrypt")
    assert RefreshFamily.objects.get().revoked_at is None
