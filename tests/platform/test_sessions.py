"""Sessions survive Redis, and a log-out stays a log-out."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import caches
from django.test import override_settings

from shop.platform import outbox, sessions
from shop.platform.cache import _breakers
from shop.platform.models import OutboxMessage, RevokedSession
from shop.platform.sessions import SessionStore
from tests.outages import full_redis

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in() -> SessionStore:
    store = SessionStore()
    store[SESSION_KEY] = "7"
    store["theme"] = "dark"
    store.save()
    return store


class NoRedis:
    """Redis as seen through a port where nothing listens."""

    def __enter__(self) -> None:
        self.settings = override_settings(
            CACHES={name: {**conf, "LOCATION": "redis://127.0.0.1:1/0"} for name, conf in _caches().items()}
        )
        self.settings.enable()

    def __exit__(self, *_: object) -> None:
        self.settings.disable()
        _breakers.clear()


def _caches():
    from django.conf import settings

    return settings.CACHES


def test_a_session_is_read_from_redis_without_asking_for_its_row(django_assert_num_queries):
    key = signed_in().session_key
    with django_assert_num_queries(1):  # was it revoked?
        assert SessionStore(key)["theme"] == "dark"


def test_a_copy_that_missed_a_change_is_not_believed_until_it_is_gone():
    store = SessionStore()
    store.save()
    key = store.session_key
    with NoRedis():
        changed = SessionStore(key)
        changed[SESSION_KEY] = "7"
        changed.save()
    assert caches["sessions"].get(sessions._cache_key(key)) == {}
    assert SessionStore(key)[SESSION_KEY] == "7"

    outbox.handle(OutboxMessage.objects.get(topic="sessions.forget").pk)
    assert not RevokedSession.objects.exists()
    assert SessionStore(key)[SESSION_KEY] == "7"
    assert caches["sessions"].get(sessions._cache_key(key))[SESSION_KEY] == "7"


def test_nobody_is_logged_out_when_redis_is_flushed():
    key = signed_in().session_key
    caches["sessions"].clear()
    assert SessionStore(key)[SESSION_KEY] == "7"


def test_a_change_that_a_full_redis_refused_is_seen_at_once():
    key = signed_in().session_key
    with full_redis():
        changed = SessionStore(key)
        changed["theme"] = "light"
        changed.save()
        assert SessionStore(key)["theme"] == "light"
    assert SessionStore(key)["theme"] == "light"
    assert not OutboxMessage.objects.exists()


def test_nobody_is_logged_out_while_redis_is_away():
    key = signed_in().session_key
    with NoRedis():
        assert SessionStore(key)[SESSION_KEY] == "7"


def test_a_session_begun_while_redis_is_away_is_there_afterwards():
    with NoRedis():
        key = signed_in().session_key
    assert SessionStore(key)[SESSION_KEY] == "7"


def test_a_log_out_while_redis_is_away_stays_a_log_out():
    key = signed_in().session_key
    with NoRedis():
        SessionStore(key).flush()
    assert caches["sessions"].keys("session:*"), "the old copy has to be there for this test to mean anything"
    assert SessionStore(key).get(SESSION_KEY) is None


def test_the_old_copy_of_a_changed_session_is_removed_when_redis_is_back():
    key = signed_in().session_key
    with NoRedis():
        store = SessionStore(key)
        store["theme"] = "light"
        store.save()
    message = OutboxMessage.objects.get(topic="sessions.forget")
    assert outbox.handle(message.pk) == "done"
    assert SessionStore(key)["theme"] == "light"


def test_forgetting_waits_for_redis():
    key = signed_in().session_key
    with NoRedis(), pytest.raises(ConnectionError):
        sessions.forget(f"session:{sessions.digest(key)}")


def test_neither_redis_nor_the_outbox_learns_a_session_key():
    store = signed_in()
    key = store.session_key
    with NoRedis():
        SessionStore(key).flush()
    assert key not in str(caches["sessions"].keys("*"))
    assert key not in str(list(OutboxMessage.objects.values_list("payload")))
    assert key not in str(list(RevokedSession.objects.values_list()))
