"""Mail and outbox: what was given up is seen and sent again; the front page says so."""

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.utils import timezone

from shop.notifications import services as notifications
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import Order
from shop.platform import outbox
from shop.platform.models import OutboxMessage
from tests import factories
from tests.backoffice.pages import address, change_page

pytestmark = pytest.mark.django_db


def give_up(message):
    changes = {"dead_at": timezone.now(), "failures": 10, "last_error": "SMTPServerDisconnected: gone"}
    OutboxMessage.objects.filter(pk=message.pk).update(**changes)


def mail(to="ada@example.com", *, given_up=False):
    queued = notifications.queue(kind="order_paid", to=to, context={"number": "ABCD-EFGH"})
    if given_up:
        give_up(queued.message)
    return queued


def shown(browser, model, **filters):
    return [row.pk for row in browser.get(address(model), filters).context["cl"].result_list]


def choose(browser, action, *rows):
    sent = {"action": action, "_selected_action": [row.pk for row in rows]}
    return browser.post(address(type(rows[0])), sent, follow=True).content.decode()


def test_a_mail_that_was_given_up_is_sent_again_on_request(admin):
    lost, waiting = mail(given_up=True), mail("grace@example.com")
    assert "1 message is on its way again" in choose(admin, "resend", lost, waiting)
    message = OutboxMessage.objects.get(pk=lost.message_id)
    assert (message.state, message.failures) == ("waiting", 0)


def test_a_mail_that_was_sent_is_not_sent_again(admin):
    sent = mail(given_up=True)
    Mail.objects.filter(pk=sent.pk).update(sent_at=timezone.now())
    assert "nothing to do" in choose(admin, "resend", sent)
    assert OutboxMessage.objects.get(pk=sent.message_id).state == "dead"


def test_mails_are_filtered_by_their_state_and_found_by_their_address(admin):
    lost, waiting, sent = mail(given_up=True), mail("grace@example.com"), mail()
    Mail.objects.filter(pk=sent.pk).update(sent_at=timezone.now())
    assert shown(admin, Mail, state="given_up") == [lost.pk]
    assert shown(admin, Mail, state="waiting") == [waiting.pk]
    assert shown(admin, Mail, state="sent") == [sent.pk]
    assert shown(admin, Mail, q="grace@example.com") == [waiting.pk]


def test_a_mails_page_says_why_it_was_given_up(admin):
    page = admin.get(change_page(mail(given_up=True))).content.decode()
    assert "SMTPServerDisconnected: gone" in page
    assert "ABCD-EFGH" in page


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ("waiting", {}),
        ("sent", {"sent_at": timezone.now()}),
        ("done", {"sent_at": timezone.now(), "done_at": timezone.now()}),
        ("dead", {"dead_at": timezone.now()}),
    ],
)
def test_the_outbox_is_filtered_by_state(admin, state, changes):
    rows = [outbox.put(topic="media.renditions", payload={}) for _number in range(2)]
    OutboxMessage.objects.filter(pk=rows[0].pk).update(**changes)
    OutboxMessage.objects.filter(pk=rows[1].pk).update(**({"done_at": timezone.now()} if state == "waiting" else {}))
    assert shown(admin, OutboxMessage, state=state) == [rows[0].pk]


class TestTheFrontPage:
    def test_an_empty_shop_is_told_kindly(self, admin):
        page = admin.get("/admin/").content.decode()
        assert "Nothing waits for you" in page
        assert "No orders in the last 30 days" in page

    @pytest.mark.usefixtures("one_day")
    def test_it_shows_todays_trade_and_what_waits(self, admin, order):
        _placed, paid, cancelled = order(stock=9), order(stock=2), order(stock=9)
        orders.mark_paid(order_id=paid.pk)
        orders.cancel(order_id=cancelled.pk)
        mail(given_up=True)
        context = admin.get("/admin/").context
        assert context["today"]["orders"] == 2
        assert context["revenue"].amount == context["today"]["revenue"].amount == paid.total  # placed is not paid
        assert (context["orders"], context["paid"], context["average"].amount) == (2, 1, paid.total)
        assert {str(task.text): task.count for task in context["tasks"]} == {
            "paid order to ship": 1,
            "order waiting for a bank transfer": 1,
            "mail given up": 1,
            "dead letter: work that was given up": 1,
            "variant with little or no stock left": 1,
        }
        assert [day.orders for day in context["days"]][-1] == 2

    def test_each_thing_to_do_leads_to_a_list_of_just_that(self, admin, order):
        paid, _waiting = order(stock=2), order(stock=9)
        orders.mark_paid(order_id=paid.pk)
        mail(given_up=True)
        for task in admin.get("/admin/").context["tasks"]:
            assert len(admin.get(task.link).context["cl"].result_list) == task.count, task.text

    def test_orders_of_two_months_ago_are_not_of_these_thirty_days(self, admin, order):
        Order.objects.filter(pk=order().pk).update(placed_at=timezone.now() - timezone.timedelta(days=60))
        assert admin.get("/admin/").context["orders"] == 0

    def test_sums_over_many_orders_are_made_once_a_minute(self, admin, order, django_assert_max_num_queries):
        order()
        admin.get("/admin/")
        with django_assert_max_num_queries(16):
            admin.get("/admin/")
        order()
        assert admin.get("/admin/").context["orders"] == 1
        cache.clear()
        assert admin.get("/admin/").context["orders"] == 2

    def test_it_shows_only_what_this_member_of_staff_may_see(self, client, order):
        order()
        user = factories.user(is_staff=True)
        user.user_permissions.add(Permission.objects.get(codename="view_mail"))
        client.force_login(user)
        mail(given_up=True)
        answer = client.get("/admin/")
        assert [str(task.text) for task in answer.context["tasks"]] == ["mail given up"]
        assert "revenue" not in answer.context
        assert "ada@example.com" not in answer.content.decode()
