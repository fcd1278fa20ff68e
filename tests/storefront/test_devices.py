"""The account's page about phones that are signed in."""

import pytest

from shop.accounts import services as accounts
from shop.accounts.models import RefreshFamily
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def ada(client):
    user = factories.user("ada@example.com")
    client.force_login(user)
    return user


def phone(user, name: str) -> RefreshFamily:
    accounts.sign_in(email=user.email, password=PASSWORD, device=name)
    return RefreshFamily.objects.get(user=user, device=name)


def test_a_phone_is_listed_and_signed_out(client, ada):
    lost = phone(ada, "The <old> one")
    phone(ada, "")
    page = client.get("/account/devices/").content.decode()
    assert "The &lt;old&gt; one" in page
    assert "A device without a name" in page
    after = client.post(f"/account/devices/{lost.pk}/sign-out/", follow=True).content.decode()
    assert "The device is signed out" in after
    assert "The &lt;old&gt; one" not in after
    assert RefreshFamily.objects.get(pk=lost.pk).revoked_at


def test_who_has_none_reads_so(client, ada):
    assert "No phone or tablet is signed in" in client.get("/account/devices/").content.decode()


def test_nobody_sees_or_ends_another_ones_phone(client, ada):
    theirs = phone(factories.user("bob@example.com"), "Bob's")
    assert "Bob" not in client.get("/account/devices/").content.decode()
    assert client.post(f"/account/devices/{theirs.pk}/sign-out/").status_code == 404
    assert client.get(f"/account/devices/{theirs.pk}/sign-out/").status_code == 405
    client.logout()
    assert client.post(f"/account/devices/{theirs.pk}/sign-out/").status_code == 302
    assert RefreshFamily.objects.get(pk=theirs.pk).revoked_at is None
