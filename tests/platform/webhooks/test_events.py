"""Events reach the endpoints of other systems: signed, and once each."""

import base64
import json
import re
import time
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.checkout.services import place_order
from shop.orders import services as orders
from shop.orders.events import KINDS
from shop.platform import events
from shop.platform.models import WebhookDelivery, WebhookEndpoint
from shop.platform.webhooks import FAN_OUT, delivery, endpoints
from tests import factories
from tests.at_once import second
from tests.platform.webhooks.hearing import endpoint, event, signature, tell, waiting, work

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).resolve().parents[3] / "docs/events.md"


class TestAnEvent:
    def test_it_arrives_signed_and_is_the_same_as_on_sns(self, there):
        made, secret = endpoints.make(url=there.url("/hook?token=1"), kinds=[])
        body = tell()
        assert work() == ["done", "done"]
        (heard,) = there.heard
        assert (heard.path, json.loads(heard.body)) == ("/hook?token=1", body)
        assert heard.headers["webhook-id"] == body["id"]
        assert heard.headers["webhook-signature"] == signature(secret, heard)
        assert abs(int(heard.headers["webhook-timestamp"]) - time.time()) < 60
        assert heard.headers["Content-Type"].startswith("application/cloudevents+json")
        row = made.deliveries.get()
        assert (row.state, row.attempts, row.status, row.due_at) == ("delivered", 1, 204, None)
        assert secret not in str(list(WebhookEndpoint.objects.values())), "it is sealed"

    def test_the_example_of_the_docs_accepts_it_and_nothing_else(self, there):
        (example,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
        told: dict = {}
        exec(example, told)
        _made, secret = endpoints.make(url=there.url(), kinds=[])
        body = tell()
        work()
        (heard,) = there.heard
        assert told["verified"](secret, heard.headers, heard.body) == body
        endpoints.rotate(WebhookEndpoint.objects.get().pk)
        delivery.send_again([WebhookDelivery.objects.get().pk])
        work()
        assert told["verified"](secret, there.heard[1].headers, heard.body) == body, "one of two signatures is enough"
        late = {**heard.headers, "webhook-timestamp": str(int(time.time()) - 3600)}
        for key, headers, sent in (
            (secret, heard.headers, heard.body + b" "),
            (secret, late, heard.body),
            ("whsec_" + base64.b64encode(b"x" * 32).decode(), heard.headers, heard.body),
        ):
            with pytest.raises(ValueError, match=r"sign|old"):
                told["verified"](key, headers, sent)

    def test_only_who_wants_its_type_hears_of_it(self, there):
        endpoint(there.url("/all"))
        endpoint(there.url("/paid"), "order.paid.v1", "order.cancelled.v1")
        endpoint(there.url("/shipped"), "order.shipped.v1")
        off = endpoint(there.url("/off"))
        assert endpoints.switch_off(off.pk, WebhookEndpoint.Off.STAFF)
        tell()
        work()
        assert sorted(heard.path for heard in there.heard) == ["/all", "/paid"]

    def test_nothing_is_written_while_nobody_wants_it(self, there):
        tell()
        endpoint(there.url(), "order.shipped.v1")
        tell()
        assert not waiting(FAN_OUT)

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_type_can_be_chosen(self, there, kind):
        endpoint(there.url(), kind)
        tell(event(kind))
        assert len(waiting(FAN_OUT)) == 1

    def test_what_is_rolled_back_is_told_to_nobody(self, there):
        endpoint(there.url())
        with transaction.atomic():
            events.put(event())
            transaction.set_rollback(True)
        assert not waiting(FAN_OUT)

    def test_placing_an_order_costs_as_many_statements_with_endpoints_as_without(self, there):
        factories.shipping()
        factories.tax()
        counts = []
        for number in range(2):
            cart = factories.open_cart(factories.variant())
            with CaptureQueriesContext(connection) as captured:
                order = place_order(cart_id=cart.public_id, key=f"k{number}", details=factories.details()).order
            counts.append(len(captured))
            assert len(waiting(FAN_OUT)) == number
            if not number:
                endpoint(there.url())
        assert counts[0] == counts[1]
        work()
        (heard,) = (json.loads(one.body) for one in there.heard)
        assert (heard["type"], heard["subject"]) == ("order.placed.v1", order.number)
        orders.mark_paid(order_id=order.pk)
        work()
        assert json.loads(there.heard[1].body)["type"] == "order.paid.v1"

    def test_handed_out_again_it_is_one_delivery(self, there):
        endpoint(there.url())
        body = tell()
        work()
        delivery.fan_out(body)
        assert not waiting()
        assert WebhookDelivery.objects.count() == 1

    def test_handed_out_by_two_workers_at_once_it_is_one_delivery(self, there):
        endpoint(there.url())
        body = event()
        second(lambda: delivery.fan_out(body), delivery.fan_out, event=body)
        assert len(waiting()) == WebhookDelivery.objects.count() == 1

    def test_a_message_of_a_turn_that_is_over_does_nothing(self, there):
        endpoint(there.url())
        tell()
        work()
        row = WebhookDelivery.objects.get()
        delivery.deliver(row.pk, row.turn)
        assert len(there.heard) == 1
        assert delivery.send_again([row.pk]) == 1
        delivery.deliver(row.pk, row.turn)
        assert len(there.heard) == 1, "that is the new turn's"
        work()
        assert there.ids() == [row.event_id] * 2


class TestSecrets:
    def test_for_a_day_both_sign(self, there):
        made, old = endpoints.make(url=there.url(), kinds=[])
        new = endpoints.rotate(made.pk)
        tell()
        work()
        (heard,) = there.heard
        assert heard.headers["webhook-signature"].split() == [signature(new, heard), signature(old, heard)]

        WebhookEndpoint.objects.update(former_until=timezone.now())  # the day passes
        tell()
        work()
        assert there.heard[1].headers["webhook-signature"] == signature(new, there.heard[1])
        assert (endpoints.tidy(), endpoints.tidy()) == (1, 0)
        assert WebhookEndpoint.objects.get().former_secret == ""

    def test_they_outlive_the_secret_key_that_sealed_them(self, there, settings):
        _made, secret = endpoints.make(url=there.url(), kinds=[])
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the next one"
        assert (endpoints.tidy(), endpoints.tidy()) == (1, 0)
        settings.SECRET_KEY_FALLBACKS = []
        tell()
        work()
        (heard,) = there.heard
        assert heard.headers["webhook-signature"] == signature(secret, heard)

        settings.SECRET_KEY = "one that nobody knew"
        assert endpoints.tidy() == 0
        tell()
        assert work() == ["done", "done"]
        assert "SECRET_KEY" in WebhookDelivery.objects.get(state="waiting").error
        assert len(there.heard) == 1
        new = endpoints.rotate(WebhookEndpoint.objects.get().pk)
        WebhookEndpoint.objects.update(rests_until=None)
        work()
        assert there.heard[1].headers["webhook-signature"] == signature(new, there.heard[1])

    def test_nothing_of_an_endpoint_or_an_event_is_logged(self, there, caplog):
        caplog.set_level("DEBUG")
        _made, secret = endpoints.make(url=there.url("/?password=1"), kinds=[])
        tell()
        work()
        told = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records if "webhook" in record.name]
        assert len(told) == 1
        for hidden in (secret, "password", "specversion"):
            assert hidden not in told[0]
