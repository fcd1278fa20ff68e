"""Events reach the endpoints of other systems: signed, once each, tried again for three days, and nowhere else."""

import base64
import hashlib
import hmac
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.checkout.services import place_order
from shop.orders import services as orders
from shop.orders.events import KINDS
from shop.platform import events, outbox, patience, public_web
from shop.platform.invariants import examine
from shop.platform.models import OutboxMessage, WebhookDelivery, WebhookEndpoint
from shop.platform.webhooks import DELIVER, FAN_OUT, delivery, endpoints, metrics, schedule, sending
from shop.platform.webhooks.invariants import INVARIANTS
from tests import factories
from tests.at_once import other_connection, second
from tests.receiver import Answer, Receiver, receiver

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(__file__).resolve().parents[2] / "docs/events.md"
SOON = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _within_this_machine(settings, monkeypatch) -> None:
    """Nobody is slow for being on a busy machine, and nobody who rests is done with it before the test looks."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(schedule, "SLOW", 60.0)
    monkeypatch.setattr(schedule, "SHORTEST_REST", SOON)


@pytest.fixture(scope="module")
def running():
    with receiver() as started:
        yield started


@pytest.fixture
def there(running) -> Receiver:
    """It has heard nothing yet."""
    running.heard.clear()
    running.answers.clear()
    return running


def endpoint(url: str, *kinds: str) -> WebhookEndpoint:
    return endpoints.make(url=url, kinds=list(kinds))[0]


def event(kind: str = "order.paid.v1") -> dict:
    return events.event(kind=kind, schema="events/order-v1.json", subject="7K2M", at=timezone.now(), data={"ü": 1})


def tell(body: dict | None = None) -> dict:
    body = body or event()
    with transaction.atomic():
        events.put(body)
    return body


def waiting(topic: str = DELIVER) -> list[int]:
    return list(OutboxMessage.objects.open().filter(topic=topic).order_by("id").values_list("pk", flat=True))


def work() -> list[str]:
    """Do what the outbox asks for now, as if all of it was due."""
    return [outbox.handle(pk) for topic in (FAN_OUT, DELIVER) for pk in waiting(topic)]


def delivered(url: str) -> WebhookDelivery:
    return WebhookDelivery.objects.get(endpoint__url=url)


def state(row: WebhookDelivery) -> str:
    row.refresh_from_db()
    return row.state


def counted(outcome: str) -> float:
    return metrics.deliveries.labels(outcome)._value.get()


def signature(secret: str, heard) -> str:
    """As the specification has it, and not as the store does."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([heard.headers["webhook-id"].encode(), heard.headers["webhook-timestamp"].encode(), heard.body])
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


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


class TestWhatDoesNotArrive:
    def test_it_is_tried_again_until_it_does(self, there):
        endpoint(there.url())
        there.answers["/"] = [Answer(500, b"I am \x00 broken" + b"." * 600), Answer(400), Answer(200, b"thanks")]
        failed = counted("failed")
        tell()
        work()
        row = delivered(there.url())
        assert (row.state, row.status, row.attempts) == ("waiting", 500, 1)
        assert row.answer.startswith("I am  broken...") and len(row.answer) == 500
        assert "500" in row.error
        assert timedelta(0) < row.due_at - row.tried_at < SOON
        assert WebhookEndpoint.objects.failing().count() == 1
        assert work() == ["done"] and work() == ["done"] and work() == []
        assert state(row) == "delivered" and row.attempts == 3 and row.answer == "thanks" and not row.error
        assert not WebhookEndpoint.objects.failing().exists()
        assert len(set(there.ids())) == 1
        assert counted("failed") == failed + 2

    def test_the_tries_take_three_days_and_then_it_is_given_up_for_staff_to_send_again(self, there):
        endpoint(there.url())
        there.answers["/"] = [Answer(500)]
        tell()
        work()
        row = delivered(there.url())
        waited, given_up = timedelta(), counted("given_up")
        while state(row) == "waiting":
            waited += row.due_at - row.tried_at
            assert OutboxMessage.objects.open().get(topic=DELIVER).available_at - row.due_at < SOON
            work()
        assert (row.state, row.attempts) == ("given up", len(schedule.PAUSES) + 1)
        assert timedelta(days=3) < waited < timedelta(days=4)
        assert counted("given_up") == given_up + 1 and not waiting()

        there.answers.clear()
        delivery.send_again([row.pk])
        work()
        assert state(row) == "delivered"

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_no_success_and_is_not_followed(self, there, status):
        endpoint(there.url())
        there.answers["/"] = [Answer(status, headers={"Location": there.url("/elsewhere")})]
        tell()
        work()
        assert [heard.path for heard in there.heard] == ["/"]
        assert (delivered(there.url()).state, delivered(there.url()).status) == ("waiting", status)

    def test_who_is_gone_is_switched_off_with_all_that_waits(self, there):
        made = endpoint(there.url())
        there.answers["/"] = [Answer(410)]
        tell()
        tell()
        work()
        made.refresh_from_db()
        assert (made.is_on, made.off_why) == (False, "gone")
        assert list(made.deliveries.values_list("state", flat=True)) == ["given up"] * 2
        assert len(there.heard) == 1 and not waiting()
        assert WebhookEndpoint.objects.given_up().count() == 1
        assert endpoints.switch_on(made.pk) and not endpoints.switch_on(made.pk)
        made.refresh_from_db()
        assert made.is_on and not made.failing_since

    @pytest.mark.parametrize(("days", "is_on"), [(4, True), (5, False)])
    def test_who_fails_for_five_days_is_switched_off(self, there, days, is_on):
        made = endpoint(there.url())
        there.answers["/"] = [Answer(500)]
        WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=days, seconds=1), failures=9)
        tell()
        work()
        made.refresh_from_db()
        assert (made.is_on, made.off_why) == (is_on, "" if is_on else "failing")

    def test_who_is_not_there_is_left_alone_for_a_while_and_others_are_not(self, there):
        with closing(socket.socket()) as nobody:  # has the port, and listens to nobody
            nobody.bind(("127.0.0.1", 0))
            away = endpoint(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
            endpoint(there.url())
            tell()
            tell()
            put_off = counted("put_off")
            work()
        assert len(there.heard) == 2
        away.refresh_from_db()
        first, other = away.deliveries.order_by("id")
        assert "cannot be reached" in first.error and first.attempts == 1
        assert (other.attempts, other.step, counted("put_off")) == (0, 0, put_off + 1), "it was not even asked"
        assert other.due_at >= away.rests_until
        assert schedule.rest_after_failures(1) < schedule.rest_after_failures(3) < schedule.rest_after_failures(9999)

    @pytest.mark.parametrize("drips", [False, True])
    def test_who_is_slow_costs_a_bounded_time(self, there, monkeypatch, drips):
        monkeypatch.setattr(patience, "WEBHOOK", 0.3)
        made, held = endpoint(there.url()), threading.Event()
        there.answers["/"] = [Answer(held=held, drips=drips)]
        tell()
        work()
        assert not held.is_set()
        held.set()
        made.refresh_from_db()
        assert made.deliveries.get().error == "No answer in time."
        assert made.rests_until

    def test_who_takes_long_has_half_of_the_time_at_most(self, there, monkeypatch):
        monkeypatch.setattr(schedule, "SLOW", 0.0)
        made = endpoint(there.url())
        tell()
        work()
        made.refresh_from_db()
        row = made.deliveries.get()
        assert row.state == "delivered"
        assert made.rests_until - row.ended_at > timedelta(seconds=row.seconds / 2)

    def test_of_one_endpoint_so_many_deliveries_run_at_once(self, there):
        made = endpoint(there.url())
        tell()
        assert outbox.handle(waiting(FAN_OUT)[0]) == "done"
        with other_connection() as other:  # of workers that are at it
            for place in range(delivery.AT_ONCE):
                other.execute(delivery.PLACE, [f"webhook:{made.pk}:{place}"])
            work()
            row = made.deliveries.get()
            assert (row.state, row.attempts, row.turn) == ("waiting", 0, 2) and not there.heard
        work()
        assert state(row) == "delivered"

    def test_a_delivery_that_nothing_will_send_is_found_and_sent(self, there):
        endpoint(there.url())
        tell()
        outbox.handle(waiting(FAN_OUT)[0])
        assert not any(found.broken for found in examine(INVARIANTS, lambda *_: None))
        OutboxMessage.objects.filter(topic=DELIVER).delete()
        (found,) = examine(INVARIANTS, lambda *_: None)
        assert found.broken == 1
        found.invariant.repair([violation.pk for violation in found.violations])
        assert not any(found.broken for found in examine(INVARIANTS, lambda *_: None))
        work()
        assert len(there.heard) == 1


class TestAddresses:
    """Which addresses of the network are public is tested in backoffice/importer/test_import_pictures.py."""

    @pytest.mark.parametrize(
        ("address", "port", "scheme", "allowed"),
        [
            ("8.8.8.8", 443, "https", True),
            ("8.8.8.8", 8443, "https", True),
            ("2606:4700:4700::1111", 443, "https", True),
            ("8.8.8.8", 22, "https", False),
            ("8.8.8.8", 80, "http", False),
            ("10.1.2.3", 443, "https", False),
            ("10.9.2.3", 9000, "https", True),  # a network of one's own
            ("::ffff:10.9.2.3", 443, "https", True),
            ("10.9.2.3", 80, "http", False),
            ("169.254.169.254", 443, "https", False),
            ("::ffff:169.254.169.254", 443, "https", False),
            ("64:ff9b::a9fe:a9fe", 443, "https", False),
            ("fd00:ec2::254", 443, "https", False),
            ("fe80::1", 443, "https", False),
            ("224.0.0.1", 443, "https", False),
            ("0.0.0.0", 443, "https", False),
            ("127.0.0.1", 443, "https", True),
            ("127.0.0.1", 8000, "http", True),
            ("::1", 443, "https", False),  # this machine is named by its address of IPv4 only
        ],
    )
    def test_only_these_are_connected_to(self, settings, address, port, scheme, allowed):
        settings.WEBHOOK_NETWORKS = ["127.0.0.0/8", "10.9.0.0/16"]
        assert sending.may_receive(ipaddress.ip_address(address), port, scheme=scheme) is allowed

    def test_without_networks_of_one_s_own_this_machine_is_not_connected_to(self, settings, there):
        settings.WEBHOOK_NETWORKS = []
        for url in (there.url(), there.url().replace("http:", "https:"), "https://localhost", "https://[::1]/"):
            assert sending.post(url, b"{}", {}).error, url
        assert not there.heard

    def test_a_name_is_checked_by_what_it_resolves_to_and_asked_once(self, there, monkeypatch):
        asked = []

        def resolve(host, port, **_options):
            asked.append(host)
            return [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("192.168.0.1", port))]

        monkeypatch.setattr(public_web.socket, "getaddrinfo", resolve)
        assert "not on the public web" in sending.post("https://hooks.example/", b"{}", {}).error
        assert asked == ["hooks.example"]

    @pytest.mark.parametrize(
        "url",
        [
            "", "hooks.example", "ftp://hooks.example/", "https://", "https://a:b@hooks.example/", "https://[::1",
            "https://hooks.example:99999/", "https://hooks.example/#a", "https://hooks.example/a b",
            "https://hooks.example/ü", "http://hooks.example/", "http://10.9.2.3/", "https://hooks.example/\n",
            "file:///etc/passwd",
        ],
    )  # fmt: skip
    def test_what_is_no_address_to_send_to_is_refused(self, url):
        with pytest.raises(sending.WrongAddress):
            sending.checked(url)
        assert sending.post(url, b"{}", {}).error

    def test_an_address_is_taken_apart(self):
        assert sending.checked("https://Hooks.example/a?b=c") == ("https", "hooks.example", 443, "/a?b=c")
        assert sending.checked("https://bücher.example:8443") == ("https", "xn--bcher-kva.example", 8443, "/")

    def test_https_is_checked_like_in_a_browser(self, tmp_path, monkeypatch):
        certificate(tmp_path / "others")
        with receiver(certificate(tmp_path / "own")) as server:
            for folder, error in (("own", ""), ("others", "cannot be reached")):
                monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / folder / "ca.pem"))
                sending._tls.cache_clear()
                answer = sending.post(server.url(), b"{}", {"webhook-id": "1"})
                assert (answer.is_success, error in answer.error) == (not error, True), answer
            assert len(server.heard) == 1
        sending._tls.cache_clear()


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate for this machine that vouches for itself; its file is to be trusted as ca.pem."""
    folder.mkdir()
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "me")])
    begun = datetime.now(UTC) - timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(uuid.uuid4().int >> 1).not_valid_before(begun).not_valid_after(begun + timedelta(days=9))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = made.add_extension(here, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    form, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "ca.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(form))
    (folder / "key.pem").write_bytes(key.private_bytes(form, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context
