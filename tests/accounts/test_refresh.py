"""Refresh tokens: each good once, honest repetitions forgiven, thieves locked out."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from shop.accounts import services as accounts
from shop.accounts.errors import RefreshRefused
from shop.accounts.models import RefreshFamily, User
from shop.accounts.tokens import REFRESH_LIFETIME, RefreshToken
from tests import factories

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = factories.user()
    return accounts.sign_in(email=user.email, password=PASSWORD)


def is_alive() -> bool:
    return RefreshFamily.objects.get().revoked_at is None


def later(seconds: int) -> None:
    RefreshFamily.objects.update(rotated_at=timezone.now() - timedelta(seconds=seconds))


def test_a_token_is_replaced_and_its_row_holds_only_hashes(signed_in, django_assert_num_queries):
    with django_assert_num_queries(1):
        fresh = accounts.refresh(signed_in.refresh)
    old, new = RefreshToken(signed_in.refresh), RefreshToken(fresh.refresh)
    assert old.family == new.family
    assert old.id != new.id
    row = RefreshFamily.objects.get()
    assert {old.id, new.id}.isdisjoint({row.current, row.previous})
    assert row.expires_at > timezone.now() + REFRESH_LIFETIME - timedelta(minutes=1)


def test_again_within_the_grace_it_gives_the_same_successor(signed_in):
    first, second = accounts.refresh(signed_in.refresh), accounts.refresh(signed_in.refresh)
    assert RefreshToken(first.refresh).id == RefreshToken(second.refresh).id
    accounts.refresh(second.refresh)
    assert is_alive()


def test_again_after_the_grace_it_ends_the_family(signed_in):
    fresh = accounts.refresh(signed_in.refresh)
    later(31)
    with pytest.raises(RefreshRefused):
        accounts.refresh(signed_in.refresh)
    assert not is_alive()
    with pytest.raises(RefreshRefused):
        accounts.refresh(fresh.refresh)


def test_a_token_from_two_before_ends_the_family(signed_in):
    accounts.refresh(accounts.refresh(signed_in.refresh).refresh)
    with pytest.raises(RefreshRefused):
        accounts.refresh(signed_in.refresh)
    assert not is_alive()


def test_the_grace_does_not_prolong_itself(signed_in):
    accounts.refresh(signed_in.refresh)
    later(29)
    accounts.refresh(signed_in.refresh)
    later(31)
    with pytest.raises(RefreshRefused):
        accounts.refresh(signed_in.refresh)


def test_one_phones_theft_does_not_sign_out_another(signed_in):
    user = User.objects.get()
    other = accounts.sign_in(email=user.email, password=PASSWORD)
    accounts.refresh(accounts.refresh(signed_in.refresh).refresh)
    with pytest.raises(RefreshRefused):
        accounts.refresh(signed_in.refresh)
    accounts.refresh(other.refresh)


def test_a_new_secret_key_signs_nobody_out(signed_in, settings):
    old = settings.SECRET_KEY
    first = accounts.refresh(signed_in.refresh)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next secret key", [old]
    again = accounts.refresh(signed_in.refresh)
    assert RefreshToken(again.refresh).id == RefreshToken(first.refresh).id
    accounts.refresh(again.refresh)


@pytest.mark.parametrize("change", ["inactive", "expired", "deleted"])
def test_what_ends_a_family(signed_in, change):
    if change == "inactive":
        User.objects.update(is_active=False)
    elif change == "expired":
        RefreshFamily.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    else:
        RefreshFamily.objects.all().delete()
    with pytest.raises(RefreshRefused):
        accounts.refresh(signed_in.refresh)


def test_a_new_password_signs_all_phones_out_however_it_was_set(signed_in, client):
    user = User.objects.get()
    client.force_login(user)
    data = {"oldpassword": PASSWORD, "password1": "a wholly new one", "password2": "a wholly new one"}
    answer = client.post("/account/password/change/", data)
    assert answer.status_code == 302, answer.content
    with pytest.raises(RefreshRefused):
        accounts.refresh(signed_in.refresh)


def test_a_stronger_hash_of_the_same_password_signs_nobody_out(signed_in, settings):
    User.objects.update(password=make_password(PASSWORD))
    user = User.objects.get()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    accounts.sign_in(email=user.email, password=PASSWORD)
    assert User.objects.get().password.startswith("pbkdf2_")
    accounts.refresh(signed_in.refresh)
