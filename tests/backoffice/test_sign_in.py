"""Signing in to the admin, and what staff with few rights must not learn there."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from shop.accounts.limits import SIGN_IN
from shop.accounts.models import User
from shop.notifications.models import Mail
from shop.orders.models import Order
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def sign_in(client, password: str):
    return client.post("/admin/login/", {"username": "boss@example.com", "password": password})


@pytest.fixture
def boss():
    return factories.user("boss@example.com", is_staff=True, is_superuser=True)


def test_guessing_ends_after_some_tries_even_with_the_right_password(client, boss):
    for _try in range(SIGN_IN.times):
        sign_in(client, "wrong")
    answer = sign_in(client, PASSWORD)
    assert answer.status_code == 200
    assert "Too many tries" in answer.content.decode()


def test_tries_at_the_store_count_here_too(client, boss):
    for _try in range(SIGN_IN.times):
        client.post("/account/login/", {"login": "boss@example.com", "password": "wrong"})
    assert "Too many tries" in sign_in(client, PASSWORD).content.decode()


def test_the_right_password_begins_anew(client, boss):
    for _try in range(SIGN_IN.times - 1):
        sign_in(client, "wrong")
    assert sign_in(client, PASSWORD).status_code == 302
    client.logout()
    for _try in range(SIGN_IN.times - 1):
        sign_in(client, "wrong")
    assert sign_in(client, PASSWORD).status_code == 302


def test_who_may_look_at_mails_cannot_take_an_account_over(viewer, boss):
    Client().post("/account/password/reset/", {"email": "boss@example.com"})
    mail = Mail.objects.get(kind="account_reset")
    page = viewer.get(f"/admin/notifications/mail/{mail.pk}/change/")
    assert page.status_code == 200
    assert mail.context["url"].rpartition("/key/")[2] not in page.content.decode()


@pytest.mark.parametrize("lookup", ["context__url__startswith", "context__contains", "context__icontains"])
def test_nor_by_asking_which_mails_have_a_link_that_begins_like_this(viewer, boss, lookup):
    """Letter by letter, from whether the list is empty."""
    Client().post("/account/password/reset/", {"email": "boss@example.com"})
    told = {
        viewer.get("/admin/notifications/mail/", {lookup: guess}, follow=True).content.decode().count("boss@example")
        for guess in ("http", "nothing")
    }
    assert len(told) == 1


@pytest.mark.parametrize(("is_staff", "status"), [(False, 302), (True, 403)])
def test_who_may_edit_accounts_gives_customers_a_password_and_colleagues_none(viewer, boss, is_staff, status):
    editor = User.objects.get(email="viewer@example.com")
    editor.user_permissions.add(Permission.objects.get(codename="change_user"))
    other = factories.user("ada@example.com", is_staff=is_staff)
    new = {"password1": "seventeen wallpaper groups", "password2": "seventeen wallpaper groups"}
    answer = viewer.post(f"/admin/accounts/user/{other.pk}/password/", {"usable_password": "true", **new})
    assert answer.status_code == status
    other.refresh_from_db()
    assert other.check_password("seventeen wallpaper groups") is not is_staff


@pytest.mark.parametrize(("right", "status"), [("view_product", 403), ("view_order", 302)])
def test_who_may_not_see_orders_is_not_led_to_the_page_of_one(order, right, status):
    editor = factories.user("editor@example.com", is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename=right))
    client = Client()
    client.force_login(editor)
    placed = order()
    kind = ContentType.objects.get_for_model(Order).pk
    answer = client.get(f"/admin/r/{kind}/{placed.pk}/")
    assert answer.status_code == status
    assert (placed.token in answer.get("Location", "")) is (status == 302)


@pytest.mark.parametrize("address", ["0/1", "x/1", f"{10**30}/1"])
def test_the_way_to_the_page_of_nothing_is_not_found(admin, address):
    assert admin.get(f"/admin/r/{address}/").status_code == 404
