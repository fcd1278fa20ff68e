"""The outbox: work exists if and only if its cause was committed, and is done once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from shop.notifications import services as notifications
from shop.platform import outbox
from shop.platform.models import OutboxMessage
from shop.platform.models.outbox import MAX_FAILURES

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "notifications.mail"


def a_mail() -> OutboxMessage:
    mail = notifications.queue(kind="order_paid", to="ada@example.com", context={"number": "ABCD-EFGH", "lines": []})
    assert mail is not None
    assert mail.message is not None
    return mail.message


def test_a_rollback_takes_the_message_with_it():
    class Refused(Exception):
        pass

    with pytest.raises(Refused), transaction.atomic():
        outbox.put(topic=TOPIC, payload={"mail_id": 1})
        raise Refused
    assert not OutboxMessage.objects.exists()


def test_a_message_handled_three_times_has_its_effect_once(mailbox):
    message = a_mail()
    assert [outbox.handle(message.pk) for _ in range(3)] == ["done", "skipped", "skipped"]
    assert len(list(mailbox.glob("*.eml"))) == 1


def test_a_failure_is_counted_explained_and_tried_again_later(settings, mailbox):
    settings.EMAIL_FILE_PATH = "/proc/nowhere"
    message = a_mail()
    assert outbox.handle(message.pk) == "failed"
    message.refresh_from_db()
    assert message.state == "waiting"
    assert message.failures == 1
    assert "nowhere" in message.last_error
    assert message.available_at > timezone.now() + timedelta(seconds=3)


def test_too_many_failures_make_a_dead_letter_that_can_be_driven_again(settings, mailbox):
    message = a_mail()
    settings.EMAIL_FILE_PATH = "/proc/nowhere"
    for _ in range(MAX_FAILURES):
        outbox.handle(message.pk)
    assert OutboxMessage.objects.dead().get() == message
    assert outbox.handle(message.pk) == "skipped"

    settings.EMAIL_FILE_PATH = str(mailbox)
    assert outbox.redrive([message.pk]) == 1
    assert outbox.handle(message.pk) == "done"


def test_backoff_grows_up_to_an_hour():
    assert [outbox.backoff(n).total_seconds() for n in (1, 2, 3)] == [5, 15, 45]
    assert outbox.backoff(30) == timedelta(hours=1)


def test_an_unknown_topic_is_refused_when_it_is_written():
    with pytest.raises(KeyError):
        outbox.put(topic="no.such", payload={})


def test_done_messages_are_pruned_after_a_while_and_open_ones_never(mailbox):
    done, waiting = a_mail(), a_mail()
    outbox.handle(done.pk)
    OutboxMessage.objects.filter(pk=done.pk).update(done_at=timezone.now() - timedelta(days=9))
    assert outbox.prune(older_than=timedelta(days=7)) == 1
    assert OutboxMessage.objects.get() == waiting
