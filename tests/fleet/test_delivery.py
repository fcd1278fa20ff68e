"""Mails of orders: each arrives, once, whatever happens to queue, relay and worker on the way."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from shop.checkout.services import place_order
from shop.platform.broker import Broker, queue_url
from shop.platform.models import OutboxMessage
from tests import factories
from tests.mailserver import MailServer, mail_server
from tests.services import fleet, running
from tests.waiting import outbox, patience

until = patience(45, outbox)

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as started:
        yield started


@contextmanager
def staff(server: MailServer, *, relays: int = 1, workers: int = 1) -> Iterator[Fleet]:
    """Relays and workers that deliver to `server` and look for lost messages after two seconds."""
    environment = {"EMAIL_URL": server.url, "OUTBOX_RESEND_AFTER": "2"}
    pods = fleet(
        "delivery", settings.DATABASES["default"], web=0, relays=relays, workers=workers, environment=environment
    )
    for name, process in pods.processes.items():
        if name != "balancer":
            process.start()
    try:
        yield pods
    finally:
        for process in pods.processes.values():
            process.kill()


def order(count: int = 1) -> None:
    for _ in range(count):
        cart = factories.open_cart(factories.variant())
        place_order(cart_id=cart.public_id, key=str(uuid.uuid4()), details=factories.details())


def all_done() -> bool:
    return not OutboxMessage.objects.filter(done_at=None).exists()


def assert_each_once(server: MailServer, count: int) -> None:
    until(all_done)
    time.sleep(4)  # longer than a lost message is waited for: what is sent twice would arrive now
    assert len(server.mails) == len(set(server.ids())) == count


def test_orders_go_on_without_the_queue_and_their_mails_follow(server):
    running.processes["sqs"].kill()
    try:
        with staff(server):
            order(3)
            time.sleep(3)
            assert not server.mails
            running.restart("sqs")
            assert_each_once(server, 3)
    finally:
        if not running.processes["sqs"].running:
            running.restart("sqs")


def test_mails_survive_a_queue_that_was_emptied(server):
    with staff(server, workers=0) as pods:
        order(3)
        until(lambda: OutboxMessage.objects.exclude(sent_at=None).count() == 3)
        for name in settings.QUEUES:
            boto3.client("sqs", region_name=settings.AWS_REGION).purge_queue(QueueUrl=queue_url(name))
        pods.processes["relay-1"].kill()
    with staff(server):
        assert_each_once(server, 3)


def test_a_message_delivered_three_times_is_one_mail(server):
    order()
    message = OutboxMessage.objects.get()
    for _ in range(3):
        Broker().send([message])
    with staff(server, workers=2):
        assert_each_once(server, 1)


def test_several_relays_and_workers_share_the_work(server):
    with staff(server, relays=2, workers=2):
        order(12)
        assert_each_once(server, 12)


def test_a_worker_killed_at_work_loses_nothing(server):
    with staff(server) as pods:
        order(6)
        until(lambda: bool(server.mails))
        pods.kill("worker-1")
        pods.processes["worker-1"].start()
        until(all_done)
    assert len(set(server.ids())) == 6
