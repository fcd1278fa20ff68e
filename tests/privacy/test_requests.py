"""What staff do when somebody asks in writing: give out or erase what there is of an address."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from shop.accounts.models import User
from shop.orders.models import Order
from shop.payments import services as payments
from shop.privacy.models import Erased, Request
from tests import factories
from tests.backoffice.pages import address, change_page, problems, save

pytestmark = pytest.mark.django_db
ADD = address(Request, "add")


@pytest.fixture
def clerk(db) -> Client:
    """Has the right to answer such requests, and no other."""
    user = factories.user("clerk@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_request", "view_request"]))
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_guest_is_given_a_file(clerk, ada):
    ada.user.delete()
    answer = save(clerk, ADD, email="Ada@example.com", kind="export")
    assert answer["Content-Disposition"].startswith("attachment")
    numbers = [order["number"] for order in json.loads(answer.getvalue())["orders"]]
    assert numbers == [ada.order.number, ada.guest.number]
    assert list(Request.objects.values_list("kind", "actor")) == [("export", "clerk@example.com")]


def test_a_guest_is_erased_and_who_did_it_is_known_and_not_whose_data_it_was(clerk, ada):
    for order in (ada.order, ada.guest):
        payments.cancel_order(order_id=order.pk)
    assert "Tick this if you are sure" in problems(save(clerk, ADD, email=ada.email, kind="erasure"))
    answer = save(clerk, ADD, email=ada.email, kind="erasure", sure="on")
    assert answer["Location"] == address(Request)
    page = clerk.get(address(Request)).content.decode()
    assert "Erased. Accounts: 1, orders: 2" in page
    assert "clerk@example.com" in page
    assert not User.objects.filter(pk=ada.user.pk).exists()
    assert not Order.objects.filter(email__iexact=ada.email).exists()
    about = [*Request.objects.values_list("actor", flat=True), *LogEntry.objects.values_list("object_repr", flat=True)]
    assert not [text for text in about if "ada" in text]
    assert str(ada.order.pk) in clerk.get(change_page(Request.objects.get())).content.decode()


def test_what_has_to_wait_is_shown(clerk, ada):
    save(clerk, ADD, email=ada.email, kind="erasure", sure="on")
    assert "rest follows" in clerk.get(address(Request)).content.decode()
    assert Erased.objects.filter(done_at=None, what="order").count() == 2


def test_a_colleague_is_not_erased_so(clerk):
    colleague = factories.user("colleague@example.com", is_staff=True)
    answer = save(clerk, ADD, email=colleague.email, kind="erasure", sure="on")
    assert "Ask whoever runs the shop" in clerk.get(answer["Location"]).content.decode()
    assert User.objects.filter(pk=colleague.pk).exists()
    assert not Request.objects.exists()


def test_who_has_not_the_right_neither_reads_nor_erases(client, ada):
    user = factories.user("other@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.exclude(content_type__app_label="privacy"))
    client.force_login(user)
    assert client.get(ADD).status_code == 403
    sent = {"email": ada.email, "kind": "erasure", "sure": "on"}
    assert client.post(ADD, sent).status_code == 403
    assert client.get(address(Request)).status_code == 403
    assert User.objects.filter(pk=ada.user.pk).exists()
