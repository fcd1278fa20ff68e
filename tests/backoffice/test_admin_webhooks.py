"""Webhooks in the admin: made with a secret that is shown once, switched off and on, and a log that can send again."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from shop.backoffice import cron
from shop.platform import events
from shop.platform.models import OutboxMessage, WebhookDelivery, WebhookEndpoint
from shop.platform.webhooks import DELIVER, delivery, endpoints
from tests import factories
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address, change_page, problems, read

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{43}=")
URL = "https://hooks.example/orders?key=1"
DELIVERIES, ENDPOINTS = (f"/admin/platform/webhook{what}/" for what in ("delivery", "endpoint"))


@pytest.fixture
def endpoint(db) -> WebhookEndpoint:
    return endpoints.make(url=URL, kinds=["order.paid.v1"])[0]


@pytest.fixture
def row(endpoint) -> WebhookDelivery:
    """A delivery that waits."""
    body = {"kind": "order.paid.v1", "schema": "a.json", "subject": "7K2M", "at": timezone.now(), "data": {}}
    delivery.fan_out(events.event(**body))
    return WebhookDelivery.objects.get()


def ended(row: WebhookDelivery, state: str, days: float = 0, **facts) -> WebhookDelivery:
    at = timezone.now() - timedelta(days=days)
    WebhookDelivery.objects.filter(pk=row.pk).update(state=state, due_at=None, ended_at=at, **facts)
    return row


def press(browser, row, button):
    page = reverse(f"admin:platform_{type(row).__name__.lower()}_{button}", args=[row.pk])
    return browser.post(page, {"_form_submitted": "on"}, headers={"HX-Request": "true"})


def clerk(*rights: str):
    user = factories.user("clerk@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return signed_in(user)


def shown(browser, url: str) -> str:
    return browser.get(url).content.decode()


def make(browser, **values):
    """Send the form of a new one."""
    page = address(WebhookEndpoint, "add")
    return browser.post(page, read(browser, page) | values)


class TestAnEndpoint:
    def test_its_secret_is_shown_once_and_kept_sealed(self, admin):
        answer = make(admin, url=URL, note="The warehouse")
        made = WebhookEndpoint.objects.get()
        assert (answer["Location"], made.url, made.kinds, made.is_on) == (change_page(made), URL, [], True)
        (secret,) = SECRET.findall(shown(admin, change_page(made)))
        assert endpoints.keys(made) == [secret]
        assert not SECRET.search(shown(admin, change_page(made)))
        assert secret not in f"{list(WebhookEndpoint.objects.values())} {list(LogEntry.objects.values())}"

    def test_a_new_secret_is_shown_once_too_and_the_one_before_signs_for_a_day(self, admin, endpoint):
        (old,) = endpoints.keys(endpoint)
        press(admin, endpoint, "rotate")
        endpoint.refresh_from_db()
        (new,) = SECRET.findall(shown(admin, change_page(endpoint)))
        assert endpoints.keys(endpoint) == [new, old]
        assert timedelta(hours=23) < endpoint.former_until - timezone.now() <= timedelta(days=1)
        assert new not in str(list(LogEntry.objects.values()))

    @pytest.mark.parametrize(
        "wrong", ["http://hooks.example/", "hooks.example", "https://a:b@hooks.example/", "https://", ""]
    )
    def test_an_address_that_cannot_be_sent_to_is_said_beside_its_field(self, admin, wrong):
        answer = make(admin, url=wrong)
        problems(answer)
        assert answer.context["adminform"].form.errors.keys() == {"url"}
        assert not WebhookEndpoint.objects.exists()

    def test_an_address_is_told_once_however_often_the_button_is_pressed(self, admin, endpoint):
        assert "already exists" in problems(make(admin, url=URL))

    def test_saving_changes_what_was_typed_and_keeps_what_workers_wrote_meanwhile(self, admin, endpoint):
        page = read(admin, change_page(endpoint))
        assert page["kinds"] == ["order.paid.v1"] or page["kinds"] == "order.paid.v1"
        WebhookEndpoint.objects.update(off_at=timezone.now(), off_why="gone", failures=3)
        admin.post(change_page(endpoint), {**page, "url": "https://hooks.example/new", "kinds": ["order.shipped.v1"]})
        endpoint.refresh_from_db()
        assert (endpoint.url, endpoint.kinds) == ("https://hooks.example/new", ["order.shipped.v1"])
        assert (endpoint.off_why, endpoint.failures) == ("gone", 3)

    def test_it_is_switched_off_and_on_and_its_history_says_so(self, admin, endpoint):
        press(admin, endpoint, "switch_off")
        press(admin, endpoint, "switch_off")
        endpoint.refresh_from_db()
        assert endpoint.off_why == "staff"
        assert "by staff" in shown(admin, change_page(endpoint))
        press(admin, endpoint, "switch_on")
        endpoint.refresh_from_db()
        assert endpoint.is_on
        assert "Switched off." in shown(admin, f"{ENDPOINTS}{endpoint.pk}/history/")

    def test_staff_see_that_it_fails_and_why_it_is_off(self, admin, endpoint):
        assert "where nothing arrives" not in shown(admin, "/admin/")
        WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(hours=30))
        assert "Nothing has arrived for 1\xa0day" in shown(admin, change_page(endpoint))
        assert "where nothing arrives" in shown(admin, "/admin/")
        endpoints.switch_off(endpoint.pk, WebhookEndpoint.Off.FAILING)
        assert "nothing arrived there for five days" in shown(admin, change_page(endpoint))
        assert "switched off" in shown(admin, ENDPOINTS)
        assert "where nothing arrives" in shown(admin, "/admin/")
        press(admin, endpoint, "switch_off")
        assert "where nothing arrives" not in shown(admin, "/admin/"), "staff leave it off"

    def test_a_test_is_sent_whatever_it_wants(self, admin, endpoint):
        press(admin, endpoint, "send_test")
        sent = WebhookDelivery.objects.get()
        assert (sent.kind, sent.state) == (delivery.TEST, "waiting")
        assert OutboxMessage.objects.get(topic=DELIVER).payload == {"delivery_id": sent.pk, "turn": 1}
        assert change_page(sent) in shown(admin, change_page(endpoint))
        endpoints.switch_off(endpoint.pk, WebhookEndpoint.Off.STAFF)
        press(admin, endpoint, "send_test")
        assert WebhookDelivery.objects.count() == 1

    def test_it_is_deleted_only_while_its_log_is_empty(self, admin, row):
        page = f"{ENDPOINTS}{row.endpoint_id}/delete/"
        assert admin.post(page, {"post": "yes"}).status_code == 403
        row.delete()
        assert admin.post(page, {"post": "yes"}).status_code == 302
        assert not WebhookEndpoint.objects.exists()


class TestTheLog:
    def test_it_is_filtered_by_endpoint_and_state(self, admin, row):
        other, _secret = endpoints.make(url="https://other.example/", kinds=[])
        for query, found in (
            ({}, True), ({"state": "waiting"}, True), ({"state": "delivered"}, False), ({"state": "given up"}, False),
            ({"endpoint": row.endpoint_id}, True), ({"endpoint": other.pk}, False), ({"endpoint": "x"}, True),
            ({"endpoint": row.endpoint_id, "state": "delivered"}, False),
        ):  # fmt: skip
            page = admin.get(DELIVERIES, query).content.decode()
            assert (change_page(row) in page) is found, query

    def test_a_record_says_what_was_sent_and_answered(self, admin, row):
        ended(row, "given up", status=500, seconds=0.25, answer="<b>broken</b>", error="It answered 500", attempts=10)
        page = shown(admin, change_page(row))
        for text in ("&lt;b&gt;broken&lt;/b&gt;", "500 after 0.25 s", "It answered 500", "given up", "specversion"):
            assert text in page, text

    def test_what_was_given_up_is_sent_again_alone_or_with_others(self, admin, row):
        ended(row, "given up")
        press(admin, row, "send_again")
        row.refresh_from_db()
        assert (row.state, row.turn, row.step) == ("waiting", 2, 0)
        assert OutboxMessage.objects.filter(topic=DELIVER, payload__turn=2).count() == 1
        ended(row, "delivered")
        admin.post(DELIVERIES, {"action": "send_chosen_again", "_selected_action": [row.pk]})
        row.refresh_from_db()
        assert (row.state, row.turn) == ("waiting", 3)

    def test_what_ended_is_forgotten_after_thirty_days_and_what_waits_never(self, row):
        WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(days=99))
        assert cron.forget_webhook_deliveries() == 0
        ended(row, "delivered", days=29.9)
        assert cron.forget_webhook_deliveries() == 0
        ended(row, "given up", days=30.1)
        assert cron.forget_webhook_deliveries() == 1


class TestRights:
    def test_who_may_look_changes_nothing(self, viewer, row):
        assert "Send again" not in shown(viewer, change_page(row))
        assert "New secret" not in shown(viewer, change_page(row.endpoint))
        for what, button in (
            (row, "send_again"), (row.endpoint, "rotate"), (row.endpoint, "switch_off"), (row.endpoint, "send_test"),
        ):  # fmt: skip
            assert press(viewer, what, button).status_code == 403, button
        assert viewer.get(address(WebhookEndpoint, "add")).status_code == 403
        row.endpoint.refresh_from_db()
        assert row.endpoint.is_on and row.endpoint.former_secret == ""

    def test_who_has_no_right_sees_nothing(self, row):
        browser = clerk("view_order")
        assert browser.get(ENDPOINTS).status_code == browser.get(DELIVERIES).status_code == 403
        assert browser.get(change_page(row)).status_code == 403
        assert "Webhook" not in shown(browser, "/admin/")

    def test_adding_takes_a_right_of_its_own_and_then_the_secret_is_shown_on_the_front_page(self, db):
        browser = clerk("add_webhookendpoint")
        answer = make(browser, url=URL)
        assert answer["Location"] == "/admin/"
        assert SECRET.search(shown(browser, "/admin/"))
