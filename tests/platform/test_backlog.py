"""What a relay counts for Prometheus."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from shop.platform import backlog
from shop.platform.models import OutboxMessage

pytestmark = pytest.mark.django_db


def seen(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def ago(seconds: float):
    return timezone.now() - timedelta(seconds=seconds)


def write(**fields):
    OutboxMessage.objects.create(**{"topic": "notifications.mail", "queue": "mail", "available_at": ago(0), **fields})


def test_messages_are_counted_by_what_became_of_them_and_the_oldest_tells_the_wait():
    write(created_at=ago(900), available_at=ago(30))  # lost on the way, and due again
    write(created_at=ago(60), available_at=ago(60), sent_at=ago(50))
    write(available_at=ago(-60))
    write(created_at=ago(5000), available_at=ago(5000), failures=3, sent_at=ago(1))
    write(created_at=ago(9000), dead_at=ago(1))
    write(created_at=ago(9000), dead_at=ago(1), discarded_at=ago(1))
    write(created_at=ago(9000), done_at=ago(1))
    backlog.look()
    states = {state: seen("shop_outbox_messages", queue="mail", state=state) for state in ("due", "later", "sent")}
    assert states == {"due": 1, "later": 1, "sent": 2}
    assert seen("shop_dead_letters", queue="mail") == 1
    assert seen("shop_outbox_lag_seconds", queue="mail") == pytest.approx(30, abs=10)
    assert seen("shop_outbox_age_seconds", queue="mail") == pytest.approx(900, abs=10)
    assert seen("shop_backlog_timestamp_seconds", place="outbox") == pytest.approx(timezone.now().timestamp(), abs=10)


def test_what_was_long_is_nothing_when_all_is_done(django_assert_num_queries):
    write(created_at=ago(60), available_at=ago(60))
    backlog.look()
    OutboxMessage.objects.update(done_at=timezone.now())
    with django_assert_num_queries(5):  # with the savepoint and the time-out of the counting
        backlog.look()
    assert seen("shop_outbox_lag_seconds", queue="mail") == seen("shop_outbox_age_seconds", queue="mail") == 0
    assert seen("shop_outbox_messages", queue="mail", state="due") == 0
    assert seen("shop_dead_letters", queue="media") == 0
