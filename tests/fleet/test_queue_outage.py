"""SQS is refused, silent, slow, full of nonsense, or there are no keys to it: each chore is done once, nobody waits."""

import base64
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from config.local.fleet import Fleet
from config.local.proxy import Proxy
from config.local.sqs import create_queues
from shop.notifications.models import Mail
from shop.platform import outbox, relay
from shop.platform.broker import Broker, encode, queue_url
from shop.platform.models import OutboxMessage, QueueDepth
from tests.fleet import queue_settings
from tests.fleet.keys import Agent, agent
from tests.outages import proxied
from tests.services import directory, fleet, running
from tests.waiting import patience

until = patience(90)

pytestmark = [pytest.mark.fleet, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queues")]
VISIBILITY = 4  # seconds: a busy machine has that many to say that a message is still at work on
PATIENT = 20  # tries: what is held on its way to a worker counts as received, however often
PREFIX = f"chores-{uuid.uuid4().hex[:8]}-"
FILE = directory / "chores"


@dataclass
class Pods:
    fleet: Fleet
    sqs: Proxy
    keys: Agent

    def losses(self, worker: str) -> int:
        """How often a worker has said so far that it cannot go on as it was."""
        return self.fleet.processes[worker].log.read_text().count("Connection to broker lost")


@pytest.fixture(scope="module")
def pods(django_db_setup) -> Iterator[Pods]:
    """Two relays and two workers that reach SQS through a proxy, over queues of their own."""
    create_queues(running.environment | {"SQS_QUEUE_PREFIX": PREFIX})
    change_queues(
        given_up_after=PATIENT
    )  # before the first question: it hides what it gets for as long as was set then
    FILE.touch()
    with proxied("sqs") as (proxies, leads), agent() as keys:
        ours = {
            **keys.environment,
            "DJANGO_SETTINGS_MODULE": "tests.fleet.queue_settings",
            "SQS_QUEUE_PREFIX": PREFIX,
            "SQS_VISIBILITY": str(VISIBILITY),
            "OUTBOX_RESEND_AFTER": "600",  # nothing here is waiting for the relay to think it lost
            "WORKER_QUEUES": "default,mail",
            "CHORES_FILE": str(FILE),
            "STATELESS_GUARD_ALLOWED": str(FILE),
        }
        database = django_settings.DATABASES["default"]
        made = fleet("queue", database, web=0, relays=2, workers=2, environment=leads | ours)
        made.start("relay", "worker")
        try:
            until(lambda: len(list(made.place.run.glob("*.heartbeat"))) == 4)
            yield Pods(made, proxies["sqs"], keys)
        finally:
            proxies["sqs"].restore()
            made.end()


@pytest.fixture
def queues(settings: Any, pods: Pods) -> Iterator[None]:
    """This process speaks to the same queues, around the proxy."""
    change_queues(given_up_after=PATIENT)
    settings.SQS_QUEUE_PREFIX = PREFIX
    settings.OUTBOX_TOPICS = queue_settings.OUTBOX_TOPICS
    FILE.write_text("")
    yield
    FILE.write_text("")  # ends the chores that wait for that
    pods.keys.away = False
    pods.sqs.restore()


def sqs() -> Any:
    return boto3.client("sqs", region_name=django_settings.AWS_REGION)


def change_queues(*, given_up_after: int) -> None:
    for name in django_settings.QUEUES:
        url = f"{django_settings.SQS_QUEUE_BASE_URL}/{PREFIX}{name}"
        known = sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        redrive = json.loads(known["RedrivePolicy"]) | {"maxReceiveCount": given_up_after}
        changes = {"VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": json.dumps(redrive)}
        sqs().set_queue_attributes(QueueUrl=url, Attributes=changes)


def put(*names: str, topic: str = "plain", **facts: Any) -> list[int]:
    rows = outbox.put_many(topic=topic, payloads=[{"name": name, **facts} for name in names])
    return [row.pk for row in rows]


def begun() -> list[str]:
    return FILE.read_text().split()


def is_done(ids: list[int]) -> bool:
    return not OutboxMessage.objects.filter(pk__in=ids, done_at=None).exists()


def assert_each_once(ids: list[int], *names: str) -> None:
    until(lambda: is_done(ids))
    assert sorted(Mail.objects.values_list("kind", flat=True)) == sorted(names)


def longest_transaction() -> float:
    """Seconds that the oldest transaction of a relay or worker is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name ~ '^shop (relay|worker)'"
        )
        return float(cursor.fetchone()[0])


@pytest.mark.parametrize("outage", ["refuse", "hold", "slow"])
def test_without_the_queue_nothing_is_lost_and_no_transaction_waits_for_it(pods, outage):
    if outage == "slow":
        pods.sqs.delay(2.5)
    else:
        getattr(pods.sqs, outage)()
    names = [f"{outage}-{number}" for number in range(12)]
    ids = put(*names)
    longest = 0.0
    for _look in range(15):
        time.sleep(0.2)
        longest = max(longest, longest_transaction())
    assert longest < 2
    if outage != "slow":
        assert not begun()
    pods.sqs.restore()
    assert_each_once(ids, *names)
    assert all(process.running for name, process in pods.fleet.processes.items() if name != "balancer")


def test_the_queue_goes_away_while_a_task_is_at_work(pods):
    ids = put("at-work", seconds=2)
    until(begun)
    pods.sqs.refuse()
    until(lambda: is_done(ids))
    pods.sqs.restore()
    again = put("afterwards")
    assert_each_once(ids + again, "at-work", "afterwards")


def test_workers_without_keys_for_a_moment_ask_for_messages_again(pods):
    before = {worker: pods.losses(worker) for worker in ("worker-1", "worker-2")}
    pods.keys.away = True
    pods.sqs.cut()  # what they have asked for already
    until(lambda: all(pods.losses(worker) > count for worker, count in before.items()))
    pods.keys.away = False
    assert_each_once(put("afterwards"), "afterwards")


def test_delivered_three_times_backwards_is_done_once(pods):
    ids = put("one", "two", "three")
    rows = list(OutboxMessage.objects.filter(pk__in=ids).order_by("-pk"))
    for _copy in range(3):
        Broker().send(rows)
    assert_each_once(ids, "one", "two", "three")
    time.sleep(1)
    assert_each_once(ids, "one", "two", "three")


def nonsense() -> list[str]:
    """Bodies that no relay of ours writes."""
    task = json.loads(base64.b64decode(encode(1, "default")))
    unknown = {**task, "headers": {**task["headers"], "task": "no.such.task"}}
    headless = {name: value for name, value in task.items() if name != "headers"}
    plain = ["no JSON", "{}", "[]", "null", "\u00fc" * 10, base64.b64encode(b"\xff\xfe\x00").decode()]
    torn = [
        headless,
        unknown,
        {**task, "body": "@@@"},
        {**task, "content-type": "application/x-pickle"},
        {**task, "properties": 1},
    ]
    ids: list[Any] = [10**12, "nonsense", None]
    return plain + [json.dumps(value) for value in torn] + [encode(value, "default") for value in ids]


def test_nonsense_and_tasks_that_fail_stop_nobody(pods):
    (failing,) = put("failing", topic="fails")
    for body in nonsense():
        sqs().send_message(QueueUrl=queue_url("default"), MessageBody=body)
    ids = put("good", "better") + put("mail", topic="plain.mail")
    assert_each_once(ids, "good", "better", "mail")
    assert all(pods.fleet.processes[name].running for name in ("worker-1", "worker-2"))
    until(lambda: OutboxMessage.objects.get(pk=failing).failures)
    OutboxMessage.objects.filter(pk=failing).update(dead_at=timezone.now())
    change_queues(given_up_after=2)
    until(lambda: relay.look_at_queues(Broker()) or QueueDepth.objects.get(queue="default").set_aside >= 6)
    later = put("later")
    until(lambda: is_done(later))


def test_what_comes_together_is_one_task_and_each_message_fails_or_returns_by_itself(pods):
    names = [f"together-{number}" for number in range(20)]
    with transaction.atomic():  # so that one relay sends them, ten by a request
        ids = put(*names[:5])
        (failing,), (killer,) = put("failing", topic="fails"), put("killer", topic="kills")
        ids += put(*names[5:])
    assert_each_once(ids, *names)
    tasks = [mail.context["task"] for mail in Mail.objects.all()]
    assert len(set(tasks)) < len(tasks)
    assert set(OutboxMessage.objects.filter(pk__in=ids).values_list("failures", "unfinished")) <= {(0, 0), (0, 1)}
    until(lambda: OutboxMessage.objects.get(pk=killer).unfinished)  # it came again, and is counted
    until(lambda: OutboxMessage.objects.get(pk=failing).failures)
    OutboxMessage.objects.filter(pk__in=[failing, killer]).update(dead_at=timezone.now())


def test_the_message_of_a_killed_worker_returns_soon_and_its_work_is_done_once(pods):
    ids = put("interrupted", seconds=3)
    until(begun)
    for name in ("worker-1", "worker-2"):
        pods.fleet.kill(name)
    pods.fleet.start("worker")
    until(lambda: len(begun()) >= 2)  # most of it is the start of the workers
    assert_each_once(ids, "interrupted")


def test_however_many_mails_wait_for_a_slow_server_other_work_is_done(pods):
    mails = put(*(f"mail-{number}" for number in range(24)), topic="waits")
    until(lambda: len(begun()) == 2)  # one for each of the workers, which have two processes
    other = put(*(f"other-{number}" for number in range(20)))
    until(lambda: is_done(other))
    assert len([name for name in begun() if name.startswith("mail")]) == 2
    until(lambda: FILE.write_text("") == 0 and is_done(mails))


def test_a_long_task_keeps_its_message_and_is_not_taken_for_lost(pods, settings):
    until(lambda: Broker().depth("mail")[:2] == (0, 0))  # what others did is deleted a moment after it is done
    ids = put("long", topic="plain.mail", seconds=2 * VISIBILITY)
    until(begun)
    settings.OUTBOX_RESEND_AFTER = 1
    while not is_done(ids):
        assert relay.reclaim_lost() == 0
        assert Broker().depth("mail")[:2] == (0, 1) or is_done(ids)  # held by its worker, and given to no other
        time.sleep(0.5)
    assert begun() == ["long"]
    row = OutboxMessage.objects.get()
    # None is counted where the worker was faster; and SQS may have given it to the open question of one killed before
    assert row.sends <= 1
    assert row.failures == 0


def test_what_is_due_later_is_sent_then_whoever_dies_meanwhile(pods):
    soon = outbox.put(topic="plain", payload={"name": "soon"}, delay=timedelta(seconds=4))
    far = outbox.put(topic="plain", payload={"name": "far"}, delay=timedelta(minutes=20))
    for name in ("relay-1", "relay-2", "worker-1", "worker-2"):
        pods.fleet.kill(name)
    pods.fleet.start("relay", "worker")
    until(lambda: is_done([soon.pk]))
    soon.refresh_from_db()
    assert soon.done_at >= soon.created_at + timedelta(seconds=4)
    far.refresh_from_db()
    assert (far.state, far.sends) == ("waiting", 0)
    OutboxMessage.objects.filter(pk=far.pk).update(available_at=timezone.now())
    assert_each_once([far.pk], "soon", "far")
