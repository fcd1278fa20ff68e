"""The name of a request: taken from the load balancer if it is plain, passed on to all that the request causes."""

import logging

import pytest
from django.db import connection
from django.utils import timezone
from structlog.contextvars import bound_contextvars, clear_contextvars, get_contextvars

from shop.notifications import services as notifications
from shop.platform import outbox, request_id
from shop.platform.models import OutboxMessage

ROOT = "1-67891233-abcdef012345678912345678"


@pytest.fixture(autouse=True)
def _nothing_bound():
    clear_contextvars()
    yield
    clear_contextvars()


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"HTTP_X_REQUEST_ID": "0f8fad5b-d9cb-469f-a165-70867728950e"}, "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ({"HTTP_X_AMZN_TRACE_ID": f"Self=1-1-1;Root={ROOT};Sampled=1"}, ROOT),
        ({"HTTP_X_REQUEST_ID": "of-the-proxy", "HTTP_X_AMZN_TRACE_ID": f"Root={ROOT}"}, "of-the-proxy"),
        ({"HTTP_X_REQUEST_ID": "ada@example.com", "HTTP_X_AMZN_TRACE_ID": f"Root={ROOT}"}, ROOT),
        ({"HTTP_X_REQUEST_ID": "x" * 65}, ""),
        ({"HTTP_X_REQUEST_ID": "short"}, ""),
        ({"HTTP_X_REQUEST_ID": "twelve34\n5678"}, ""),
        ({"HTTP_X_REQUEST_ID": "twelve345678\n"}, ""),
        ({"HTTP_X_AMZN_TRACE_ID": "nonsense"}, ""),
        ({}, ""),
    ],
)
def test_only_plain_names_are_taken(headers, name):
    assert request_id.given(headers) == name


def test_a_request_without_a_name_gets_one_of_its_own_and_the_answer_says_it():
    seen = []

    def application(_environ, start_response):
        seen.append(request_id.current())
        start_response("200 OK", [("A", "b")])
        return []

    said = []
    for _ in range(2):
        request_id.with_request_id(application)({}, lambda *given: said.append(given))
    first, second = (dict(headers)["X-Request-ID"] for _status, headers in said)
    assert [first, second] == seen
    assert first != second
    assert request_id.VALID.fullmatch(first)


@pytest.mark.django_db(transaction=True)
def test_a_message_and_what_it_causes_carry_the_name_of_the_request(caplog, settings):
    settings.OUTBOX_TOPICS = {
        **settings.OUTBOX_TOPICS,
        "tests.more": ("default", "tests.platform.test_request_id.puts_more"),
    }
    with bound_contextvars(request_id="of-the-balancer"):
        message = outbox.put(topic="tests.more", payload={"left": 1})
    with caplog.at_level(logging.INFO, logger="shop.outbox"):
        assert outbox.handle(message.pk) == "done"
    causes = OutboxMessage.objects.order_by("id").values_list("request_id", flat=True)
    assert list(causes) == ["of-the-balancer", "of-the-balancer"]
    assert "request_id" not in get_contextvars()


def puts_more(left):
    assert get_contextvars()["topic"] == "tests.more"
    outbox.put(topic="tests.more", payload={"left": left - 1})


@pytest.mark.django_db
def test_a_message_that_no_request_caused_names_none():
    assert outbox.put(topic="sessions.forget", payload={"cache_key": "a"}).request_id == ""


@pytest.mark.django_db
def test_old_pods_write_messages_without_knowing_the_column():
    with bound_contextvars(request_id="of-the-balancer"):
        mail = notifications.queue(kind="order_placed", to="ada@example.com", context={})
    assert mail.message.request_id == "of-the-balancer"
    with connection.cursor() as cursor:
        columns = "topic, queue, payload, created_at, available_at, sends, failures, last_error"
        cursor.execute(
            f"INSERT INTO platform_outboxmessage ({columns}) SELECT {columns} FROM platform_outboxmessage RETURNING id"
        )
        ((pk,),) = cursor.fetchall()
    assert OutboxMessage.objects.get(pk=pk).request_id == ""


@pytest.mark.django_db
def test_staff_see_which_request_caused_a_dead_letter(admin_client):
    facts = {"topic": "notifications.mail", "queue": "mail", "dead_at": timezone.now()}
    letter = OutboxMessage.objects.create(request_id="of-the-balancer", **facts)
    assert "of-the-balancer" in admin_client.get(f"/admin/platform/deadletter/{letter.pk}/change/").content.decode()
