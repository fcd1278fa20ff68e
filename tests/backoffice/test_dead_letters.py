"""Dead letters: looked at, driven again, or discarded by somebody who says why; SQS is never asked for it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from shop.backoffice.cron import DISCARDED_MESSAGES_KEPT, forget_discarded_messages
from shop.notifications import services as notifications
from shop.notifications.models import Mail
from shop.platform import outbox
from shop.platform.models import DeadLetter, OutboxMessage, QueueDepth
from tests import factories
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address

pytestmark = pytest.mark.django_db


def dead(topic="media.renditions", **payload):
    row = outbox.put(topic=topic, payload=payload or {"image_id": 7})
    row.note("OSError: the disk is made of cheese", by="worker-1")
    facts = {"dead_at": timezone.now(), "failures": 10, "last_error": "OSError: the disk is made of cheese"}
    facts |= {"traceback": "Traceback ... in nibble", "history": row.history}
    OutboxMessage.objects.filter(pk=row.pk).update(**facts)
    return OutboxMessage.objects.get(pk=row.pk)


def page(browser, row, verb="change"):
    address_of = address(DeadLetter, "change", row.pk)
    return browser.get(address_of if verb == "change" else f"{address(DeadLetter)}{row.pk}/{verb}/")


def decide(browser, row, verb, **values):
    return browser.post(f"{address(DeadLetter)}{row.pk}/{verb}/", {"confirmed": verb, **values}, follow=True)


def text(answer):
    return answer.content.decode()


def test_a_letter_says_what_it_was_why_it_failed_and_what_happened(admin):
    mail = notifications.queue(kind="order_paid", to="ada@example.com", context={})
    OutboxMessage.objects.filter(pk=mail.message_id).update(dead_at=timezone.now(), last_error="550 no such user")
    letter, row = text(page(admin, mail.message)), dead()
    assert "Send a mail" in letter
    assert "ada@example.com" in letter
    assert "550 no such user" in letter
    shown = text(page(admin, row))
    assert "the disk is made of cheese" in shown
    assert "in nibble" in shown
    assert "worker-1" in shown
    assert "&quot;image_id&quot;: 7" in shown


def test_the_list_shows_what_waits_and_on_request_what_was_discarded(admin):
    waiting, rested = dead(), dead()
    outbox.put(topic="media.renditions", payload={})
    decide(admin, rested, "discard", reason="a test")
    result = admin.get(address(DeadLetter)).context["cl"].result_list
    assert [row.pk for row in result] == [waiting.pk]
    result = admin.get(address(DeadLetter), {"state": "discarded"}).context["cl"].result_list
    assert [row.pk for row in result] == [rested.pk]
    assert "By boss@example.com" in text(page(admin, rested))
    assert "a test" in text(page(admin, rested))


def test_it_is_driven_again_after_a_confirmation(admin):
    row = dead()
    asked = text(page(admin, row, "retry"))
    assert "Try this again?" in asked
    assert OutboxMessage.objects.get(pk=row.pk).state == "dead"
    assert "1 letter is on its way again" in text(decide(admin, row, "retry"))
    row.refresh_from_db()
    assert (row.state, row.failures, row.history[-1]["by"]) == ("waiting", 0, "boss@example.com")


def test_discarding_needs_a_reason_and_says_who(admin):
    row = dead()
    refused = decide(admin, row, "discard", reason="  ")
    assert "Say why" in text(refused)
    assert OutboxMessage.objects.get(pk=row.pk).state == "dead"
    assert "1 letter was discarded" in text(decide(admin, row, "discard", reason="The picture is gone."))
    row.refresh_from_db()
    assert (row.discarded_by, row.discard_reason) == ("boss@example.com", "The picture is gone.")
    assert row.discarded_at is not None


def test_several_are_decided_upon_at_once(admin):
    rows = [dead() for _number in range(3)]
    chosen = {"action": "discard_chosen", "_selected_action": [row.pk for row in rows[:2]]}
    asked = admin.post(address(DeadLetter), chosen)
    assert "Discard these 2 letters?" in text(asked)
    assert OutboxMessage.objects.dead().count() == 3
    admin.post(address(DeadLetter), {**chosen, "confirmed": "discard", "reason": "Old."}, follow=True)
    assert OutboxMessage.objects.dead().get() == rows[2]
    admin.post(address(DeadLetter), {"action": "retry_chosen", "_selected_action": [row.pk for row in rows]})
    assert not OutboxMessage.objects.dead().exists()
    assert OutboxMessage.objects.discarded().count() == 2


def test_a_letter_that_somebody_else_decided_upon_is_left_alone(admin):
    row = dead()
    OutboxMessage.objects.filter(pk=row.pk).update(dead_at=None, done_at=timezone.now())
    assert "nothing left to decide" in text(decide(admin, row, "discard", reason="Old."))
    assert OutboxMessage.objects.get(pk=row.pk).state == "done"


def test_who_may_look_may_not_decide(viewer):
    row = dead()
    shown = text(page(viewer, row))
    assert "the disk is made of cheese" in shown
    assert "/discard/" not in shown
    for verb in ("retry", "discard"):
        assert page(viewer, row, verb).status_code == 403
        assert decide(viewer, row, verb, reason="mine").status_code == 403
    viewer.post(address(DeadLetter), {"action": "retry_chosen", "_selected_action": [row.pk]})
    assert OutboxMessage.objects.get(pk=row.pk).state == "dead"


def test_who_has_no_right_sees_neither_list_nor_number(client):
    dead()
    user = factories.user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_mail"))
    client.force_login(user)
    assert client.get(address(DeadLetter)).status_code == 403
    assert "Dead letters" not in text(client.get("/admin/"))


def test_a_right_to_change_is_enough():
    row = dead()
    user = factories.user("clerk@example.com", is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_deadletter", "change_deadletter"])
    user.user_permissions.set(rights)
    assert "1 letter was discarded" in text(decide(signed_in(user), row, "discard", reason="Old."))


def test_their_number_is_in_the_sidebar_and_among_what_is_to_do(admin):
    def badge():
        entry = re.search(rf'<a href="{address(DeadLetter)}".*?</a>', admin.get("/admin/").content.decode(), re.DOTALL)
        return re.sub("<[^>]*>", " ", entry[0]).split()[-1]

    assert badge() == "letters"
    dead()
    dead()
    assert badge() == "2"
    tasks = {str(task.text): task for task in admin.get("/admin/").context["tasks"]}
    task = tasks["dead letters: work that was given up"]
    assert task.count == len(admin.get(task.link).context["cl"].result_list) == 2


def test_where_nothing_was_given_up_the_page_says_so_kindly(admin):
    assert "Nothing was given up" in text(admin.get(address(DeadLetter)))
    dead()
    assert "Nothing was given up" not in text(admin.get(address(DeadLetter)))


def test_queues_are_shown_as_relays_saw_them_and_old_news_as_old(admin):
    assert "No relay has told anything" in text(admin.get(address(DeadLetter)))
    QueueDepth.objects.create(queue="mail", waiting=1234, in_work=2, set_aside=5, seen_at=timezone.now())
    shown = text(admin.get(address(DeadLetter)))
    assert "1,234" in shown
    assert "SQS is away" not in shown
    QueueDepth.objects.update(seen_at=timezone.now() - timedelta(minutes=10))
    assert "SQS is away, or no relay runs" in text(admin.get(address(DeadLetter)))


def test_a_discarded_mail_is_no_mail_given_up(admin):
    mail = notifications.queue(kind="order_paid", to="ada@example.com", context={})
    OutboxMessage.objects.filter(pk=mail.message_id).update(dead_at=timezone.now())
    decide(admin, mail.message, "discard", reason="The address is wrong.")
    assert Mail.objects.select_related("message").get().state == "discarded"
    assert not admin.get(address(Mail), {"state": "given_up"}).context["cl"].result_list
    assert admin.get(address(Mail)).status_code == 200


def test_discarded_letters_are_forgotten_after_a_while(admin):
    old, young = dead(), dead()
    for row in (old, young):
        decide(admin, row, "discard", reason="Old.")
    long_ago = timezone.now() - DISCARDED_MESSAGES_KEPT - timedelta(days=1)
    OutboxMessage.objects.filter(pk=old.pk).update(discarded_at=long_ago)
    assert forget_discarded_messages() == 1
    assert OutboxMessage.objects.get() == young


@pytest.mark.parametrize("verb", ["retry", "discard"])
def test_an_address_without_a_number_is_no_letter(admin, verb):
    assert admin.get(f"{address(DeadLetter)}abc/{verb}/").status_code == 403
    assert admin.post(f"{address(DeadLetter)}abc/{verb}/", {"confirmed": verb}).status_code == 403
