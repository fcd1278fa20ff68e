"""The page of a record: its fields and parts are read, what may be done is offered, and nothing can be sent back."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from prove.forms import forms
from shop.accounts.models import RefreshFamily
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.platform.models import OutboxMessage
from tests import factories
from tests.backoffice.pages import address, change_page

pytestmark = pytest.mark.django_db


def fields(browser, row):
    """Return {label: HTML} of what the page says of the row itself."""
    page = browser.get(change_page(row)).content.decode()
    found = re.findall(r"<label[^>]*>([^<]*)</label></div>.*?<div class=\"readonly[^>]*>(.*?)</div>", page, re.DOTALL)
    return dict(found)


def offered(browser, row, query=""):
    page = browser.get(change_page(row) + query).content.decode()
    bar = re.search(r'x-data="{ showActions.*?</ul>', page, re.DOTALL)
    return re.findall(r"</span> ([\w ]+)</a>", bar[0]) if bar else []


def test_a_record_has_no_form_and_takes_none(admin, order):
    placed = order()
    page = admin.get(change_page(placed)).content.decode()
    assert [re.search(r'id="([\w-]+)"', form)[1] for form in re.findall(r"<form[^>]*>", page)] == ["logout-form"]
    assert admin.post(change_page(placed), {"email": "eve@example.com"}).status_code == 403
    assert admin.post(address(Order, "add"), {"email": "eve@example.com"}).status_code == 403
    assert not Order.objects.filter(email="eve@example.com").exists()
    assert not LogEntry.objects.exists()


def test_a_record_that_is_gone_leads_to_the_front_page(admin, order):
    answer = admin.get(address(Order, "change", order().pk + 1), follow=True)
    assert "Perhaps it was deleted?" in answer.content.decode()


def test_what_is_missing_is_a_dash_and_what_is_typed_is_text(admin, order):
    order()
    message, mail = OutboxMessage.objects.first(), Mail.objects.first()
    assert fields(admin, mail)["Last error"] == "-"
    OutboxMessage.objects.update(last_error="<b>one\n\ntwo</b>", sent_at=None)
    shown = fields(admin, message)
    assert shown["Last error"] == "&lt;b&gt;one\n\ntwo&lt;/b&gt;"
    assert shown["Sent"] == "-"
    assert fields(admin, mail)["Last error"] == "&lt;b&gt;one<br><br>two&lt;/b&gt;"


def test_a_row_of_another_table_leads_to_its_page(admin, order):
    phone = RefreshFamily.objects.create(user=factories.user(), current="x", expires_at=timezone.now())
    assert f'href="{change_page(phone.user)}"' in fields(admin, phone)["User"]


def test_what_may_be_done_depends_on_the_state_and_on_who_looks(admin, viewer, order):
    placed = order()
    assert offered(admin, placed) == ["History", "View on site", "Mark paid", "Add a note", "Cancel"]
    assert offered(viewer, placed) == ["History", "View on site"]
    Order.objects.update(state=Order.State.SHIPPED, shipped_at=timezone.now())
    assert offered(admin, placed) == ["History", "View on site", "Tracking", "Add a note"]
    assert offered(admin, placed, "?_popup=1") == ["Tracking", "Add a note"]


def test_an_action_opens_over_the_page_and_is_a_page_by_itself_without_javascript(admin, order):
    placed = order()
    page = admin.get(change_page(placed)).content.decode()
    link = re.search(r'<a href="([^"]*/note/)"[^>]*hx-get="\1"[^>]*>', page)
    assert 'x-on:htmx:after-on-load="openModal = true"' in link[0]
    assert re.search(r"<noscript><style>\s*html\[x-cloak\]", page)
    alone = admin.get(link[1]).content.decode().strip()
    assert alone.startswith("<!DOCTYPE html>") and 'href="../change/"' in alone and "<noscript><style>" in alone
    assert "<!DOCTYPE" not in admin.get(link[1], headers={"HX-Request": "true"}).content.decode()
    (dialog,) = (form for form in forms(alone) if "note" in form.values)
    answer = admin.post(link[1], dialog.filled(note="Called her."))
    assert answer["Location"] == change_page(placed)
    assert "Called her." in admin.get(change_page(placed)).content.decode()
