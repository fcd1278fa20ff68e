"""The relay: due rows become SQS messages that a Celery worker can read; lost ones are sent again."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import boto3
import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone

from shop.platform import broker, outbox, relay
from shop.platform.broker import LONGEST_REQUEST, Broker, QueueAway, queue_url
from shop.platform.models import OutboxMessage, QueueDepth

pytestmark = pytest.mark.django_db(transaction=True)


def received(queue: str) -> list[int]:
    """Return the message ids on a queue."""
    return [pk for ids in entries(queue) for pk in ids]


def entries(queue: str) -> list[list[int]]:
    """Take what is on a queue; return the ids of each entry, decoded as kombu and Celery do.

    Without those that come back from a worker of another test, which was killed: ids are never given twice.
    """
    client = boto3.client("sqs", region_name="eu-central-1")
    found = []
    while messages := client.receive_message(QueueUrl=queue_url(queue), MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            envelope = json.loads(base64.b64decode(message["Body"]))
            (ids,), _named, _nothing = json.loads(base64.b64decode(envelope["body"]))
            found.append(ids if isinstance(ids, list) else [ids])
            client.delete_message(QueueUrl=queue_url(queue), ReceiptHandle=message["ReceiptHandle"])
    ours = set(OutboxMessage.objects.values_list("pk", flat=True))
    return [ids for ids in found if ours & set(ids)]


@pytest.fixture(autouse=True)
def _empty_queue() -> None:
    received("mail")


@contextmanager
def locked(*ids: int) -> Iterator[None]:
    """Within, another process holds these rows."""
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM platform_outboxmessage WHERE id = ANY(%s) FOR UPDATE", [list(ids)])
        yield
    finally:
        other.rollback()
        other.close()


def put(count: int = 1) -> list[int]:
    rows = outbox.put_many(topic="notifications.mail", payloads=[{"mail_id": n} for n in range(count)])
    return [row.pk for row in rows]


def test_due_messages_are_sent_in_batches_and_marked():
    ids = put(25)
    assert relay.relay_once(Broker()) == 25
    assert sorted(received("mail")) == ids
    assert {row.sends for row in OutboxMessage.objects.all()} == {1}
    assert relay.relay_once(Broker()) == 0


def test_a_quick_message_is_sent_before_mails_that_have_waited_for_longer(monkeypatch):
    monkeypatch.setattr(relay, "BATCH", 3)
    mails, quick = put(6), outbox.put(topic="sessions.forget", payload={"cache_key": "x"})
    assert relay.relay_once(Broker()) == 4
    assert (received("mail"), received("default")[-1]) == (mails[:3], quick.pk)
    assert relay.relay_once(Broker()) == 3


def test_quick_messages_go_together_the_first_time_and_alone_afterwards():
    entries("default")
    quick = [row.pk for row in outbox.put_many(topic="sessions.forget", payloads=[{"cache_key": "x"}] * 23)]
    OutboxMessage.objects.filter(pk__in=quick[-2:]).update(sends=1)
    mails = put(2)
    assert relay.relay_once(Broker()) == 25
    assert sorted(entries("default")) == sorted([quick[:10], quick[10:20], quick[20:21], quick[21:22], quick[22:]])
    assert sorted(entries("mail")) == [[pk] for pk in mails]


def test_messages_that_tell_others_something_go_together_and_are_handled_each_by_itself():
    payloads = [{"event": {"id": number}} for number in range(3)]
    events = [row.pk for row in outbox.put_many(topic="events.publish", payloads=payloads)]
    other = outbox.put(topic="sessions.forget", payload={"cache_key": "x"}).pk
    assert _arguments(OutboxMessage.objects.all()) == [([other], {}), (events, {"apart": True})]


def _arguments(messages) -> list[tuple[list[int], dict[str, bool]]]:
    """Return what the worker's task is called with for each entry."""
    texts = [json.loads(base64.b64decode(entry.body))["body"] for entry in broker.entries("default", list(messages))]
    return [(ids, named) for (ids,), named, _nothing in (json.loads(base64.b64decode(text)) for text in texts)]


def test_messages_due_later_wait():
    outbox.put(topic="notifications.mail", payload={"mail_id": 1}, delay=timedelta(minutes=20))
    assert relay.relay_once(Broker()) == 0


def test_rows_in_another_relays_hands_are_passed_over():
    mine, theirs = put(2)
    with locked(theirs):
        assert relay.relay_once(Broker()) == 1
        assert received("mail") == [mine]


def test_what_was_sent_but_never_done_is_sent_again():
    (message_id,) = put()
    relay.relay_once(Broker())
    long_ago = timezone.now() - timedelta(seconds=3600)
    OutboxMessage.objects.update(sent_at=long_ago)
    assert relay.reclaim_lost() == 1
    relay.relay_once(Broker())
    assert received("mail") == [message_id, message_id]


def test_a_message_just_sent_is_left_alone():
    put()
    relay.relay_once(Broker())
    assert relay.reclaim_lost() == 0


def test_days_without_a_worker_make_no_dead_letters_and_few_copies():
    put()
    for _ten_minutes in range(2 * 24 * 6):  # nobody takes what is on the queue
        OutboxMessage.objects.exclude(sent_at=None).update(sent_at=F("sent_at") - timedelta(seconds=600))
        relay.reclaim_lost()
        OutboxMessage.objects.due().update(sent_at=timezone.now(), sends=F("sends") + 1)
    assert OutboxMessage.objects.dead().count() == 0
    assert OutboxMessage.objects.get().sends < 60


def test_when_the_queue_is_away_nothing_is_marked_as_sent(settings, monkeypatch):
    put()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:1")
    settings.SQS_QUEUE_BASE_URL = "http://127.0.0.1:1/123456789012"
    with pytest.raises(QueueAway, match="Could not connect"):
        relay.relay_once(Broker())
    row = OutboxMessage.objects.get()
    assert (row.sent_at, row.sends) == (None, 0)
    assert OutboxMessage.objects.due().count() == 1


def test_what_a_dead_relay_had_taken_is_due_again_soon():
    (message_id,) = put()
    _rows, until = relay._take()  # and then it was killed
    assert relay.relay_once(Broker()) == 0
    assert until < timezone.now() + timedelta(seconds=relay.LEASE)
    OutboxMessage.objects.update(taken_until=F("taken_until") - timedelta(seconds=relay.LEASE))
    assert relay.relay_once(Broker()) == 1
    assert received("mail") == [message_id]


def test_a_worker_that_is_faster_than_its_relay_is_not_undone():
    """It has failed, and put off the next try, before the relay could write down that the message was sent."""
    put()
    rows, until = relay._take()
    later = timezone.now() + timedelta(seconds=45)
    OutboxMessage.objects.update(failures=2, available_at=later, taken_until=None)
    relay._settle(rows, until, [row.pk for row in rows], wait=0)
    row = OutboxMessage.objects.get()
    assert (row.sent_at, row.available_at) == (None, later)


def test_a_relay_waits_for_no_worker_that_is_at_work_on_what_it_just_sent():
    ids = put(4)
    rows, until = relay._take()
    with locked(ids[0], ids[2]):
        relay._settle(rows, until, ids[:2], wait=0)
    assert list(OutboxMessage.objects.exclude(sent_at=None).values_list("pk", flat=True)) == [ids[1]]
    assert set(OutboxMessage.objects.exclude(taken_until=None).values_list("pk", flat=True)) == {ids[0], ids[2]}


def test_no_row_is_locked_while_sqs_is_asked(monkeypatch):
    def send(_broker, messages, **_options):
        other = connections.create_connection("default")
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT id FROM platform_outboxmessage FOR UPDATE NOWAIT")
        finally:
            other.close()
        return [message.pk for message in messages]

    monkeypatch.setattr(Broker, "send", send)
    put(3)
    assert relay.relay_once(Broker()) == 3


def test_sending_ends_before_another_relay_may_take_the_same_rows(monkeypatch):
    put(30)
    requests = []
    monkeypatch.setattr(Broker, "_send_batch", lambda _broker, _queue, batch: requests.append(batch) or [])
    assert Broker().send(OutboxMessage.objects.all(), seconds=-1) == []
    assert requests == []
    assert relay.LEASE > 2 * LONGEST_REQUEST


def test_the_lengths_of_the_queues_are_written_down():
    put(2)
    relay.relay_once(Broker())
    relay.look_at_queues(Broker())
    depth = QueueDepth.objects.get(queue="mail")
    assert (depth.waiting, depth.in_work, depth.set_aside) == (2, 0, 0)


def test_a_queue_that_refuses_keeps_no_other_waiting(monkeypatch):
    refused = outbox.put(topic="media.renditions", payload={"image_id": 1})
    (mail,), before = put(), timezone.now()
    monkeypatch.setattr("shop.platform.broker.queue_url", lambda queue: queue_url(queue.replace("media", "gone")))
    assert relay.relay_once(Broker()) == 1
    assert received("mail") == [mail]
    refused.refresh_from_db()
    assert refused.sent_at is None
    assert refused.available_at > before + timedelta(seconds=5)
