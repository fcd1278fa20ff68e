"""Mails of orders: each arrives, once, whatever happens to queue, relay, worker and mail server on the way."""

import time
import uuid
from collections.abc import Iterator

import boto3
import pytest
from django.conf import settings
from django.db import connection

from config.local.fleet import Fleet
from config.local.mailserver import MailServer, mail_server
from shop.cart import services as cart
from shop.checkout.services import place_order
from shop.errors import ShopError
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.platform.broker import Broker, queue_url
from shop.platform.models import OutboxMessage
from tests import factories
from tests.services import fleet, running
from tests.waiting import outbox, patience

until = patience(90, outbox)

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]


@pytest.fixture(scope="module")
def post_office() -> Iterator[MailServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def server(post_office: MailServer) -> MailServer:
    """It has got no mail yet."""
    post_office.mails.clear()
    return post_office


@pytest.fixture(scope="module")
def pods(django_db_setup: None, post_office: MailServer) -> Iterator[Fleet]:
    """Two relays and two workers that deliver to the server and look for lost messages after two seconds."""
    environment = {"EMAIL_URL": post_office.url, "OUTBOX_RESEND_AFTER": "2"}
    made = fleet("delivery", settings.DATABASES["default"], web=0, relays=2, workers=2, environment=environment)
    made.start("relay", "worker")
    try:
        yield made
    finally:
        made.end()


@pytest.fixture(autouse=True)
def _at_work(pods: Fleet) -> Iterator[None]:
    """All are at work when a test begins, and have nothing to do when its rows are removed."""
    for process in pods.processes.values():
        if not process.running and process.name != "balancer":
            process.start()
    yield
    until(all_done)


def kill(pods: Fleet, role: str) -> None:
    for number in (1, 2):
        pods.kill(f"{role}-{number}")


def order(count: int = 1) -> None:
    for _ in range(count):
        full = factories.open_cart(factories.variant())
        place_order(cart_id=full.public_id, key=str(uuid.uuid4()), details=factories.details())


def all_done() -> bool:
    return not OutboxMessage.objects.filter(done_at=None).exists()


def assert_each_once(server: MailServer, count: int) -> None:
    until(all_done)
    time.sleep(3)  # longer than a lost message is waited for: what is sent twice would arrive now
    assert len(server.mails) == len(set(server.ids())) == count


def test_orders_go_on_without_the_queue_and_their_mails_follow(server):
    running.processes["sqs"].kill()
    try:
        order(3)
        time.sleep(3)
        assert not server.mails
    finally:
        running.restart("sqs")
    assert_each_once(server, 3)


def test_mails_survive_a_queue_that_was_emptied(pods, server):
    kill(pods, "worker")
    order(3)
    until(lambda: OutboxMessage.objects.exclude(sent_at=None).count() == 3)
    for name in settings.QUEUES:
        boto3.client("sqs", region_name=settings.AWS_REGION).purge_queue(QueueUrl=queue_url(name))
    kill(pods, "relay")
    pods.start("relay", "worker")
    assert_each_once(server, 3)


def test_a_message_delivered_three_times_is_one_mail(server):
    order()
    message = OutboxMessage.objects.get()
    for _ in range(3):
        Broker().send([message])
    assert_each_once(server, 1)


def test_several_relays_and_workers_share_the_work(server):
    order(12)
    assert_each_once(server, 12)
    until(lambda: Broker().depth("mail") == (0, 0, 0))  # what is done is not left on the queue
    until(a_worker_is_connected)


def a_worker_is_connected() -> bool:
    """A worker keeps its connection from one message to the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'shop worker%' AND state = 'idle'")
        return bool(cursor.fetchall())


def test_a_worker_killed_at_work_loses_nothing(pods, server):
    order(6)
    until(lambda: bool(server.mails))
    kill(pods, "worker")
    pods.start("worker")
    until(all_done)
    assert len(set(server.ids())) == 6


def test_without_a_mail_server_the_order_stands_once_and_its_mail_follows(server):
    server.to_recipient = "421 closing down"
    full, key = factories.open_cart(factories.variant()), str(uuid.uuid4())
    placed = place_order(cart_id=full.public_id, key=key, details=factories.details()).order
    until(lambda: Mail.objects.get().message.failures > 0)
    assert place_order(cart_id=full.public_id, key=key, details=factories.details()).order == placed
    with pytest.raises(ShopError):
        place_order(cart_id=full.public_id, key=str(uuid.uuid4()), details=factories.details())
    with pytest.raises(ShopError):
        cart.add(cart=full, variant_id=factories.variant().pk, quantity=1)
    assert (Order.objects.get(), Mail.objects.get().state) == (placed, "trying again")
    assert not server.mails
    server.to_recipient = ""
    assert_each_once(server, 1)
    assert server.ids() == [f"<mail-{Mail.objects.get().pk}@tessel.example>"]
