"""A journey over processes: one name leads from the balancer to the mail, and no log says who the shopper is."""

import json
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.conf import settings

from config.local.fleet import Fleet
from config.local.mailserver import MailServer, mail_server
from prove.forms import form
from shop.platform.models import OutboxMessage, Pod
from tests import factories
from tests.collector import Collector, Taken, collector
from tests.fleet.visitors import Basket, Browser, Phone
from tests.services import fleet, running
from tests.waiting import outbox, patience

until = patience(90, outbox)

pytestmark = [
    pytest.mark.fleet,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("delivery_and_tax"),
]
EMAIL, PASSWORD = "zenobia.quill@example.com", "not to be read 8271"
ADDRESS = {
    "name": "Zenobia Quill",
    "line1": "Nachtigallenstieg 93",
    "postal_code": "99817",
    "city": "Ostermoor",
    "country": "DE",
    "phone": "+49 555 0199",
}
# The code of the town as a word only: the digits are in one of some ten thousand names of requests and moments, too
PERSONAL = re.compile(rf"zenobia|quill|{PASSWORD}|nachtigallenstieg|\b99817\b|ostermoor|555 0199")
NAME = "of-the-balancer-0001"


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def server(servers: MailServer) -> MailServer:
    servers.mails.clear()
    servers.to_recipient = ""
    return servers


@pytest.fixture(scope="module")
def traces() -> Iterator[Collector]:
    with collector() as started:
        yield started


@pytest.fixture(scope="module")
def pods(servers: MailServer, traces: Collector, django_db_setup: None) -> Iterator[Fleet]:
    """One of each for all tests. Messages that a worker of another test still waited for are soon sent again."""
    environment = {"EMAIL_URL": servers.url, "OUTBOX_RESEND_AFTER": "2", "EMBEDDED_METRICS": "1"}
    environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": traces.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    started = fleet("request-id", settings.DATABASES["default"], web=1, relays=1, workers=1, environment=environment)
    try:
        started.start()
        started.wait()
        yield started
    finally:
        started.end()
        _leave_empty_queues()


def _leave_empty_queues() -> None:
    """What was sent again is no business of the tests after these. SQS would empty a queue once a minute only."""
    running.processes["sqs"].kill()
    running.restart("sqs")


def lines(pods: Fleet, name: str) -> list[dict[str, Any]]:
    """What a process logged; Celery's warning to those who are root comes before there are logs."""
    text = (pods.place.logs / f"{name}.log").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def scrape(pods: Fleet, name: str) -> str:
    return httpx.get(pods.metrics_url(name), timeout=60).text


def order(pods: Fleet, headers: dict[str, str]) -> httpx.Response:
    phone = Phone(pods.base_url)
    basket = phone.fill(factories.variant().pk)
    body = basket.body | {"email": EMAIL, "shipping_address": ADDRESS}
    return phone.send("POST", "/api/v1/orders/", json=body, headers=basket.headers | headers, expect=201)


def test_operators_see_who_is_there(pods, server):
    """The first of these tests: a process says so when it starts, and then every half minute."""
    until(lambda: Pod.objects.count() >= 3)
    assert {pod.name: pod.role for pod in Pod.objects.lately()} == {
        "web-1": "web",
        "relay-1": "relay",
        "worker-1": "worker",
    }
    assert all(pod.is_heard for pod in Pod.objects.all())


def test_the_name_of_a_request_leads_from_the_balancer_to_the_mail(pods, server):
    answer = order(pods, {"X-Request-ID": NAME})
    assert answer.headers["X-Request-ID"] == NAME
    until(lambda: server.mails and not OutboxMessage.objects.filter(done_at=None).exists())
    assert [mail["X-Request-ID"] for mail in server.mails] == [NAME]
    assert [message.request_id for message in OutboxMessage.objects.all()] == [NAME]

    def worked() -> dict[str, dict[str, Any]]:
        return {line["event"]: line for line in lines(pods, "worker-1") if line.get("request_id") == NAME}

    until(lambda: "outbox message" in worked())  # it is logged when it is done
    (served,) = [line for line in lines(pods, "web-1") if line["event"] == "request" and line["request_id"] == NAME]
    assert (served["path"], served["status"]) == ("/api/v1/orders/", 201)
    assert "mail sent" in worked()
    assert worked()["outbox message"]["outcome"] == "done"
    assert worked()["outbox message"]["topic"] == "notifications.mail"
    named = [line["request_id"] for line in lines(pods, "web-1") if line["event"] == "request"]
    assert len(set(named)) == len(named) > 2, "a request that nobody named has a name of its own"


def ends(span: Taken, trace: str) -> bool:
    """Say whether it is one of the trace's last spans: a process tells its spans in the order in which they ended."""
    return span.trace_id == trace and span.name in {"POST api/v1/orders/", "process notifications.mail"}


def test_one_trace_leads_from_the_client_to_the_mail(pods, server, traces):
    trace, client = uuid.uuid4().hex, uuid.uuid4().hex[:16]
    order(pods, {"traceparent": f"00-{trace}-{client}-01"})
    until(lambda: server.mails and not OutboxMessage.objects.filter(done_at=None).exists())
    until(lambda: {"shop-web", "shop-worker"} <= {span.service for span in list(traces.spans) if ends(span, trace)})
    spans = {span.span_id: span for span in list(traces.spans) if span.trace_id == trace}
    (request,) = [span for span in spans.values() if span.name == "POST api/v1/orders/"]
    (work,) = [span for span in spans.values() if span.name == "process notifications.mail"]
    assert (request.service, request.parent_id) == ("shop-web", client)
    assert request.attributes["http.response.status_code"] == "201"
    assert (work.service, work.parent_id) == ("shop-worker", request.span_id)
    statements = [span for span in spans.values() if span.attributes.get("db.system.name")]
    assert {"shop-web", "shop-worker"} == {span.service for span in statements}
    assert any("INSERT INTO" in span.attributes["db.query.text"] for span in statements)
    told = " ".join(text for span in list(traces.spans) for text in span.attributes.values()).lower()
    assert not PERSONAL.findall(told)
    (served,) = [line for line in lines(pods, "web-1") if line.get("trace_id") == trace and line["event"] == "request"]
    assert served["path"] == "/api/v1/orders/"


def test_cloudwatch_is_told_the_same_in_its_own_form(pods, server):
    order(pods, {})

    def told(process: str, metric: str) -> list[dict[str, Any]]:
        return [line for line in lines(pods, process) if "_aws" in line and metric in line]

    until(lambda: told("web-1", "shop_orders_placed_total") and told("relay-1", "shop_outbox_age_seconds"))
    line = told("web-1", "shop_orders_placed_total")[-1]
    assert (line["role"], line["payment_method"]) == ("web", "bank_transfer")
    (form_of_it,) = line["_aws"]["CloudWatchMetrics"]
    assert form_of_it["Dimensions"] == [["role", "payment_method"]]
    assert {"Name": "shop_orders_placed_total", "Unit": "Count"} in form_of_it["Metrics"]
    assert sum(line["shop_orders_placed_total"] for line in told("web-1", "shop_orders_placed_total")) >= 1


def test_each_process_tells_what_is_its_own(pods, server):
    order(pods, {})
    until(lambda: server.mails and not OutboxMessage.objects.filter(done_at=None).exists())
    until(lambda: 'shop_queue_messages{queue="media",state="waiting"} ' in scrape(pods, "relay-1"))
    until(lambda: 'shop_messages_total{outcome="done",topic="notifications.mail"}' in scrape(pods, "worker-1"))
    web, relay, worker = (scrape(pods, name) for name in ("web-1", "relay-1", "worker-1"))
    assert 'shop_orders_placed_total{payment_method="bank_transfer"}' in web
    assert 'shop_messages_total{outcome="done",topic="notifications.mail"}' in worker
    assert 'shop_heartbeat_timestamp_seconds{role="worker"}' in worker
    assert 'shop_heartbeat_timestamp_seconds{role="relay"}' in relay
    assert 'shop_outbox_age_seconds{queue="mail"}' in relay
    for text in (web, worker):
        assert "shop_outbox_age" not in text and "shop_queue_messages" not in text, "only relays look"


def test_no_log_says_who_the_shopper_is(pods, server):
    """With all that goes wrong on the way: what was mistyped, a wrong password, an address that does not exist."""
    variant = factories.variant()
    browser = Browser(pods.base_url)
    register(browser)
    browser.add(variant.product.slug)
    page = form(browser.send("GET", "/checkout/").text, "/checkout/")
    right = page.filled(email=EMAIL, **ADDRESS, payment_method="bank_transfer")
    browser.send("POST", "/checkout/", data=right | {"country": "XX"}, expect=422)
    server.to_recipient = f"550 5.1.1 <{EMAIL}>: no such mailbox"
    shown = browser.send("POST", "/checkout/", data=right, expect=302).headers["Location"]
    browser.send("GET", shown)
    browser.send("GET", f"/products/?q={EMAIL}")
    stranger = Phone(pods.base_url)
    stranger.http.post("/api/v1/auth/token/", json={"email": EMAIL, "password": PASSWORD + "x"})
    stranger.http.post("/api/v1/orders/", json=Basket(str(uuid.uuid4())).body | {"email": EMAIL, "city": ADDRESS})
    stranger.http.get(f"/{EMAIL}/")
    until(lambda: OutboxMessage.objects.dead().exists())
    time.sleep(0.5)
    until(lambda: "<e-mail>>: no such mailbox" in str(lines(pods, "worker-1")))  # else this test shows nothing
    for name in ("web-1", "relay-1", "worker-1"):
        text = (pods.place.logs / f"{name}.log").read_text()
        assert text
        assert not [line for line in text.lower().splitlines() if PERSONAL.search(line)]


def register(browser: Browser) -> None:
    page = form(browser.send("GET", "/account/signup/").text, "/account/signup/")
    browser.send("POST", "/account/signup/", data=page.filled(email=EMAIL, password1=PASSWORD), expect=302)
