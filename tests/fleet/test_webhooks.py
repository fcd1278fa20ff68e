"""Webhooks by real workers: each event once for each endpoint, again after a kill, and nobody waits for who is slow."""

import threading
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings

from config.local.fleet import Fleet
from shop.checkout.services import place_order
from shop.notifications.models import Mail
from shop.platform.broker import Broker
from shop.platform.models import OutboxMessage, WebhookDelivery
from shop.platform.webhooks import DELIVER, FAN_OUT, endpoints
from tests import factories
from tests.receiver import Answer, Receiver, receiver
from tests.services import fleet
from tests.waiting import outbox, patience

until = patience(90, outbox)

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


@pytest.fixture(scope="module")
def pods(django_db_setup: None) -> Iterator[Fleet]:
    """A relay and two workers with as many processes as in a pod, that look for lost messages after two seconds."""
    environment = {"OUTBOX_RESEND_AFTER": "2", "WORKER_CONCURRENCY": "3", "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    made = fleet("webhooks", settings.DATABASES["default"], web=0, relays=1, workers=2, environment=environment)
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


def order() -> None:
    full = factories.open_cart(factories.variant())
    place_order(cart_id=full.public_id, key=str(uuid.uuid4()), details=factories.details())


def all_done() -> bool:
    return not OutboxMessage.objects.filter(done_at=None).exists()


def test_an_event_that_two_workers_get_again_and_again_is_told_once(there):
    for path in ("/first", "/second"):
        endpoints.make(url=there.url(path), kinds=["order.placed.v1"])
    for _ in range(3):
        order()
    until(lambda: WebhookDelivery.objects.count() == 6)
    messages = list(OutboxMessage.objects.filter(topic__in=[FAN_OUT, DELIVER]))
    for _ in range(3):
        Broker().send(messages)
    until(all_done)
    until(lambda: sum(Broker().depth("webhooks")) + sum(Broker().depth("default")) == 0)
    assert set(WebhookDelivery.objects.values_list("state", "attempts")) == {("delivered", 1)}
    for path in ("/first", "/second"):
        assert len(there.ids(path)) == len(set(there.ids(path))) == 3


def test_a_worker_killed_after_it_sent_and_before_it_knew_sends_it_again_under_the_same_id(pods, there):
    held = threading.Event()
    there.answers["/"] = [Answer(held=held), Answer()]
    endpoints.make(url=there.url(), kinds=[])
    order()
    until(there.ids)
    for name in ("worker-1", "worker-2"):
        pods.kill(name)
    held.set()
    assert WebhookDelivery.objects.get().state == "waiting"
    pods.start("worker")
    until(all_done)
    assert there.ids() == [WebhookDelivery.objects.get(state="delivered").event_id] * 2


def test_who_never_answers_keeps_neither_mails_nor_others_waiting(there):
    held = threading.Event()
    there.answers["/held"] = [Answer(held=held), Answer()]
    for path in ("/held", "/other"):
        endpoints.make(url=there.url(path), kinds=[])
    order()
    until(lambda: there.ids("/held") and there.ids("/other"))
    until(lambda: Mail.objects.exclude(sent_at=None).exists())
    assert not held.is_set()
    held.set()
