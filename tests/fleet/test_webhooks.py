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
PATHS = ("/held", "/first", "/second")

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


@pytest.fixture
def there(running: Receiver) -> Receiver:
    """It has heard nothing yet."""
    running.heard.clear()
    running.answers.clear()
    return running


@pytest.fixture(scope="module")
def pods(django_db_setup: None, running: Receiver) -> Iterator[Fleet]:
    """A relay and two workers with as many processes as in a pod, that look for lost messages after two seconds."""
    environment = {"OUTBOX_RESEND_AFTER": "2", "WORKER_CONCURRENCY": "3", "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    environment["STATELESS_GUARD_ALLOWED"] = f"127.0.0.1:{running.server_address[1]}"
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


def test_each_event_is_told_once_and_nobody_waits_for_who_does_not_answer(there):
    held = threading.Event()
    there.answers["/held"] = [Answer(held=held)]
    for path in PATHS:
        endpoints.make(url=there.url(path), kinds=["order.placed.v1"])
    order()
    until(lambda: all(there.ids(path) for path in PATHS))
    until(lambda: Mail.objects.exclude(sent_at=None).exists())
    until(lambda: WebhookDelivery.objects.filter(state="delivered").count() == 2)
    assert not held.is_set()

    for _ in range(3):
        Broker().send(list(OutboxMessage.objects.filter(topic__in=[FAN_OUT, DELIVER])))
    held.set()
    until(all_done)
    until(lambda: Broker().depth("webhooks")[:2] == (0, 0))  # all were looked at
    told = WebhookDelivery.objects.filter(state="delivered").values_list("endpoint__url", "attempts")
    # More than one only where this machine was too busy to answer in time
    assert dict(told) == {there.url(path): len(there.ids(path)) for path in PATHS}


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
    row = WebhookDelivery.objects.get(state="delivered")
    assert set(there.ids()) == {row.event_id}
    assert len(there.ids()) > row.attempts, "of the one that it was killed in, nothing was written down"
