"""The list of a user's phones: what is signed in, and signing one out from another."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from shop.accounts.models import RefreshFamily
from tests import factories
from tests.api.conftest import Phone

pytestmark = pytest.mark.django_db


def test_a_lost_phone_is_signed_out_from_another(phone):
    ada, lost = factories.user("ada@example.com"), Phone()
    refresh = lost.sign_in(ada, device="Ada's old phone")["refresh"]
    phone.sign_in(ada, device="Ada's new phone")
    new, old = phone.get("me/devices/").json()["results"]
    assert (new["device"], new["is_this"]) == ("Ada's new phone", True)
    assert (old["device"], old["is_this"]) == ("Ada's old phone", False)
    assert phone.delete(f"me/devices/{old['id'].upper()}/").status_code == 204
    assert phone.delete(f"me/devices/{old['id']}/").status_code == 204, "again is no error"
    assert lost.post("auth/token/refresh/", {"refresh": refresh}).json()["code"] == "refresh_refused"
    assert [device["id"] for device in phone.get("me/devices/").json()["results"]] == [new["id"]]


def test_devices_come_by_pages_the_one_used_last_first(phone):
    ada, other = factories.user("ada@example.com"), Phone()
    for name in ("one", "two"):
        other.sign_in(ada, device=name)
    RefreshFamily.objects.filter(device="one").update(rotated_at=timezone.now())
    phone.sign_in(ada, device="three")
    first = phone.get("me/devices/?limit=2").json()
    assert [device["device"] for device in first["results"]] == ["three", "one"]
    rest = phone.get(first["next"].partition("/api/v1/")[2]).json()
    assert [device["device"] for device in rest["results"]] == ["two"]
    assert rest["next"] is None


def test_what_ended_is_not_listed(phone):
    ada, other = factories.user("ada@example.com"), Phone()
    other.sign_in(ada, device="long ago")
    RefreshFamily.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    other.post("auth/logout/", {"refresh": other.sign_in(ada, device="signed out")["refresh"]})
    phone.sign_in(ada, device="here")
    assert [device["device"] for device in phone.get("me/devices/").json()["results"]] == ["here"]


def test_nobody_sees_or_ends_another_ones_device(phone):
    other = Phone()
    refresh = other.sign_in(factories.user("bob@example.com"))["refresh"]
    theirs = other.get("me/devices/").json()["results"][0]["id"]
    assert phone.get("me/devices/").status_code == 401
    assert phone.delete(f"me/devices/{theirs}/").status_code == 401
    phone.sign_in(factories.user("ada@example.com"))
    assert len(phone.get("me/devices/").json()["results"]) == 1
    answers = [phone.delete(f"me/devices/{device}/") for device in (theirs, uuid.uuid4())]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 2
    assert other.post("auth/token/refresh/", {"refresh": refresh}).status_code == 200
