"""A worker asks again where a question to SQS is never answered."""

from collections.abc import Iterator

import pytest
from kombu.asynchronous import Hub, get_event_loop, set_event_loop
from vine import promise

from config.celery import app
from shop.platform import patience
from shop.platform.transport import NO_ANSWER, Channel
from tests.outages import proxied


@pytest.fixture
def hub() -> Iterator[Hub]:
    """An event loop, as a worker has one."""
    before, made = get_event_loop(), Hub()
    set_event_loop(made)
    yield made
    set_event_loop(before)
    made.close()


def ask(hub: Hub) -> int:
    """Return what a channel says of its first question: how many messages came."""
    channel: Channel = app.connection_for_read().channel()
    channel.connection.client.transport_options["wait_time_seconds"] = 0
    said: list[int] = []
    channel._get_async("default", 1, callback=promise(said.append))
    turns = hub.create_loop()
    while not said:
        next(turns)
    return said[0]


@pytest.mark.timeout(30)
def test_a_question_that_the_network_swallows_is_given_up_and_the_next_one_is_asked(hub, monkeypatch):
    monkeypatch.setattr(patience, "QUEUE_SILENT", 0.5)
    with proxied("sqs") as (proxies, environment):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", environment["AWS_ENDPOINT_URL_SQS"])
        proxies["sqs"].hold()
        assert ask(hub) == NO_ANSWER
        proxies["sqs"].restore()
        hub.reset()  # as Celery does after an error; the loop is not kombu's current one then
        set_event_loop(hub)
        monkeypatch.setattr(patience, "QUEUE_SILENT", 10)
        assert ask(hub) == 0
