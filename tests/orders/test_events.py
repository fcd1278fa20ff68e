"""What happens to orders is told to other systems: over SNS to a queue of theirs, at least once, always with one id."""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import jsonschema
import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.db import transaction

from config.local.proxy import Proxy
from shop.checkout.services import place_order
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.platform import events, outbox
from shop.platform.models import OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "shop/orders/static/events/order-v1.json").read_text(encoding="utf-8")
)
STATES = ["order.placed.v1", "order.paid.v1", "order.cancelled.v1", "order.refund_due.v1"]


class Elsewhere:
    """Another system: a queue of its own, subscribed to the topic, for some types of events or for all."""

    def __init__(self, sns: Any, sqs: Any, topic: str, types: list[str] | None = None) -> None:
        self._sqs = sqs
        self._url = sqs.create_queue(QueueName=f"elsewhere-{uuid.uuid4().hex}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        chosen = {"FilterPolicy": json.dumps({"type": types})} if types else {}
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true", **chosen})

    def heard(self) -> list[dict[str, Any]]:
        """Take what is there, and check each against the schema."""
        found: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        for event in found:
            jsonschema.validate(event, SCHEMA, format_checker=jsonschema.FormatChecker())
        return found


@pytest.fixture
def sns_proxy(monkeypatch) -> Iterator[Proxy]:
    address = urlsplit(os.environ["AWS_ENDPOINT_URL_SQS"])
    with Proxy(address.port or 0) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", f"http://127.0.0.1:{proxy.port}")
        events._sns.cache_clear()
        yield proxy
    events._sns.cache_clear()
    events.breaker.is_open = False


@pytest.fixture
def clients(sns_proxy) -> tuple[Any, Any]:
    return tuple(boto3.client(name, region_name=django_settings.AWS_REGION) for name in ("sns", "sqs"))


@pytest.fixture
def topic(settings, clients) -> str:
    settings.EVENTS_TOPIC_ARN = clients[0].create_topic(Name=f"orders-{uuid.uuid4().hex}")["TopicArn"]
    return settings.EVENTS_TOPIC_ARN


@pytest.fixture
def elsewhere(clients, topic) -> Elsewhere:
    return Elsewhere(*clients, topic)


@pytest.fixture
def order() -> Order:
    factories.shipping()
    factories.tax()
    lamp, rug = factories.variant("10.00"), factories.variant("2.50")
    cart = factories.open_cart(lamp, rug, quantity=2, voucher=factories.voucher("10"))
    return place_order(cart_id=cart.public_id, key="k", details=factories.details()).order


def waiting() -> list[int]:
    return list(OutboxMessage.objects.open().filter(topic=events.TOPIC).order_by("id").values_list("pk", flat=True))


def work() -> list[str]:
    return [outbox.handle(pk) for pk in waiting()]


def named() -> set[str]:
    """All names of fields of the schema."""
    parts = [SCHEMA, *SCHEMA["$defs"].values()]
    return {name for part in parts for name in part.get("properties", {})}


def names(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for each in value for name in names(each)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {name for each in value.values() for name in names(each)}


def test_without_a_topic_nothing_is_written(order):
    payments.receive(order_id=order.pk, actor="staff@example.com")
    payments.cancel_order(order_id=order.pk)
    assert not waiting()


def test_a_whole_life_is_told_in_the_schema_s_words_and_in_no_others(elsewhere, order):
    payments.receive(order_id=order.pk, actor="staff@example.com")
    payments.cancel_order(order_id=order.pk)
    assert work() == ["done"] * 4

    heard = {event["type"]: event for event in elsewhere.heard()}
    assert set(heard) == set(STATES)
    assert [heard[kind]["data"]["version"] for kind in STATES] == [1, 2, 3, 3]
    assert {event["subject"] for event in heard.values()} == {order.number}
    assert len({event["id"] for event in heard.values()}) == 4
    refund = heard["order.refund_due.v1"]["data"]["refund"]
    assert (refund["amount"], refund["payment"]) == (str(order.total), str(Payment.objects.get().public_id))
    placed = heard["order.placed.v1"]["data"]
    assert [(line["total"], line["discount"]) for line in placed["lines"]] == [("20.00", "2.00"), ("5.00", "0.50")]
    assert (placed["discount"], placed["total"]) == ("2.50", "27.40")
    assert names(list(heard.values())) <= named()
    for personal in ("Ada", "Byron", "ada@", "Kastanien", "10435", "Berlin", "staff@", order.token):
        assert personal not in json.dumps(list(heard.values())), personal


def test_others_hear_only_of_what_they_asked_for(clients, topic, order):
    shipper = Elsewhere(*clients, topic, types=["order.paid.v1"])
    orders.mark_paid(order_id=order.pk)
    orders.ship(order_id=order.pk)
    work()
    assert [event["data"]["state"] for event in shipper.heard()] == ["paid"]


def test_what_is_rolled_back_is_told_to_nobody(topic, order):
    before = waiting()
    with transaction.atomic():
        orders.mark_paid(order_id=order.pk)
        assert len(waiting()) == len(before) + 1
        transaction.set_rollback(True)
    assert waiting() == before


def test_while_sns_is_away_events_wait_and_then_come_once(elsewhere, order, sns_proxy):
    orders.mark_paid(order_id=order.pk)
    ids = set(OutboxMessage.objects.filter(topic=events.TOPIC).values_list("payload__event__id", flat=True))
    sns_proxy.refuse()
    assert work() == ["failed", "failed"]
    assert "TopicAway" in OutboxMessage.objects.get(pk=waiting()[-1]).last_error, "the second did not even ask"
    assert elsewhere.heard() == []

    sns_proxy.restore()
    events.breaker._retry_at = 0.0  # the moment passes
    assert work() == ["done", "done"]
    heard = elsewhere.heard()
    assert (len(heard), {event["id"] for event in heard}) == (2, ids)


def test_a_worker_that_dies_after_it_published_tells_it_again_under_the_same_id(elsewhere, order):
    assert work() == ["done"]
    OutboxMessage.objects.filter(topic=events.TOPIC).update(done_at=None)  # its commit was lost
    assert work() == ["done"]
    first, second = elsewhere.heard()
    assert first == second


def test_events_that_wait_when_the_topic_is_taken_away_are_kept(settings, topic, order):
    settings.EVENTS_TOPIC_ARN = ""
    assert work() == ["failed"]
    message = OutboxMessage.objects.get(pk=waiting()[0])
    assert "EVENTS_TOPIC_ARN is empty" in message.last_error
    assert message.state == "waiting"


def test_the_schema_is_where_the_events_say(topic, order):
    body = OutboxMessage.objects.get(topic=events.TOPIC).payload["event"]
    path = body["dataschema"].removeprefix(django_settings.PUBLIC_URL + django_settings.STATIC_URL)
    assert json.loads(Path(finders.find(path)).read_text()) == SCHEMA
