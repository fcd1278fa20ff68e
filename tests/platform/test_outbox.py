"""The outbox: work exists if and only if its cause was committed, and is done once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from shop.notifications import services as notifications
from shop.platform import dead_letters, outbox
from shop.platform.models import OutboxMessage
from shop.platform.models.outbox import HISTORY, MAX_FAILURES, MAX_UNFINISHED

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "notifications.mail"


def a_mail() -> OutboxMessage:
    mail = notifications.queue(kind="order_paid", to="ada@example.com", context={"number": "ABCD-EFGH", "lines": []})
    assert mail is not None
    assert mail.message is not None
    return mail.message


def test_a_message_is_found_by_its_id_though_nothing_is_known_of_the_table_and_many_wait():
    outbox.put_many(topic=TOPIC, payloads=[{"mail_id": number} for number in range(500)])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {outbox.DONE}", {"id": OutboxMessage.objects.last().pk})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count(" platform_outboxmessage_pkey ") == 2, plan


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
    message, before = a_mail(), timezone.now()
    assert outbox.handle(message.pk) == "failed"
    message.refresh_from_db()
    assert message.state == "waiting"
    assert message.failures == 1
    assert "nowhere" in message.last_error
    assert message.available_at > before + timedelta(seconds=3)


def test_too_many_failures_make_a_dead_letter_that_can_be_driven_again(settings, mailbox):
    message = a_mail()
    settings.EMAIL_FILE_PATH = "/proc/nowhere"
    for _ in range(MAX_FAILURES):
        outbox.handle(message.pk)
    assert OutboxMessage.objects.dead().get() == message
    assert outbox.handle(message.pk) == "skipped"

    settings.EMAIL_FILE_PATH = str(mailbox)
    assert dead_letters.redrive([message.pk], by="ada") == 1
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


def explode(**_payload):
    raise outbox.Hopeless("there is no such address")


def test_what_no_repetition_can_mend_is_given_up_at_once(settings):
    settings.OUTBOX_TOPICS = {"explode": ("default", f"{__name__}.explode")}
    message = outbox.put(topic="explode", payload={})
    outbox.handle(message.pk)
    message.refresh_from_db()
    assert (message.state, message.failures) == ("dead", 1)
    assert message.last_error == "Hopeless: there is no such address"
    assert "in explode" in message.traceback


def test_a_message_is_done_though_its_relay_still_writes_down_that_it_was_sent(monkeypatch):
    monkeypatch.setattr(outbox, "TRIES", 200)
    message = a_mail()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            OutboxMessage.objects.select_for_update().get(pk=message.pk)
            outcome = threads.submit(_handle_elsewhere, message.pk)
            time.sleep(0.1)
            assert not outcome.done()
        assert outcome.result() == "done"


def _handle_elsewhere(message_id):
    try:
        return outbox.handle(message_id)
    finally:
        connection.close()


def test_what_never_ends_is_given_up_after_some_beginnings(monkeypatch):
    """A handler that kills its worker: nothing comes after its beginning."""

    class Killed(BaseException):
        pass

    def kill(*_arguments):
        raise Killed

    message = a_mail()
    monkeypatch.setattr(outbox, "_handler", kill)
    for _time in range(MAX_UNFINISHED):
        with pytest.raises(Killed):
            outbox.handle(message.pk, again=True)
    assert outbox.handle(message.pk, again=True) == "skipped"
    message.refresh_from_db()
    assert message.state == "dead"
    assert "killing its worker" in message.last_error


def test_a_failure_that_is_reported_is_an_end(settings, mailbox):
    settings.EMAIL_FILE_PATH = "/proc/nowhere"
    message = a_mail()
    for _time in range(MAX_UNFINISHED + 2):
        assert outbox.handle(message.pk, again=True) == "failed"
    message.refresh_from_db()
    assert (message.state, message.unfinished) == ("waiting", 0)


def test_the_history_says_what_happened_and_forgets_the_oldest():
    message = a_mail()
    for number in range(HISTORY + 3):
        message.note(f"{number}", by="ada")
    assert [entry["text"] for entry in message.history] == [str(number) for number in range(3, HISTORY + 3)]
    assert message.history[0]["by"] == "ada"


def test_dead_messages_are_discarded_with_a_reason_and_stay_until_they_are_pruned():
    dead, waiting = a_mail(), a_mail()
    OutboxMessage.objects.filter(pk=dead.pk).update(dead_at=timezone.now())
    assert dead_letters.discard([dead.pk, waiting.pk], by="ada@example.com", reason="The order was a test.") == 1
    dead.refresh_from_db()
    assert (dead.state, dead.discarded_by, dead.discard_reason) == (
        "discarded",
        "ada@example.com",
        "The order was a test.",
    )
    assert dead.history[-1]["text"] == "Discarded: The order was a test."
    assert dead_letters.redrive([dead.pk]) == 0
    assert outbox.handle(dead.pk) == "skipped"
    assert not OutboxMessage.objects.dead().exists()

    assert dead_letters.prune(older_than=timedelta(days=90)) == 0
    OutboxMessage.objects.filter(pk=dead.pk).update(discarded_at=timezone.now() - timedelta(days=91))
    assert dead_letters.prune(older_than=timedelta(days=90)) == 1
    assert OutboxMessage.objects.get() == waiting


def test_many_are_driven_again_in_batches(monkeypatch):
    monkeypatch.setattr(dead_letters, "BATCH", 2)
    ids = [a_mail().pk for _number in range(5)]
    OutboxMessage.objects.update(dead_at=timezone.now(), failures=10)
    assert dead_letters.redrive(ids, by="ada") == 5
    assert OutboxMessage.objects.due().count() == 5
    assert OutboxMessage.objects.first().history[-1]["text"] == "Sent on its way again."
