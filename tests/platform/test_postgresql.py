"""Every wait for PostgreSQL ends, also when nothing is heard of it any more."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from config.local.proxy import Proxy
from shop.platform import patience
from shop.platform.postgresql import base, planned
from shop.platform.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def takes_at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy(int(settings.DATABASES["default"]["PORT"])) as made:
        yield made
    base._door.is_open = False
    connection.ensure_connection()


def session(proxy: Proxy) -> DatabaseWrapper:
    return DatabaseWrapper({**connection.settings_dict, "PORT": str(proxy.port)})


def ask(wrapper: DatabaseWrapper, statement: str = "SELECT 1") -> object:
    with wrapper.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_a_connection_that_falls_silent_is_broken_in_time(proxy):
    wrapper = session(proxy)
    assert ask(wrapper) == 1
    wrapper.connection.answer_timeout = 0.5
    proxy.hold()
    with takes_at_most(patience.silence("command") - 1), pytest.raises(OperationalError, match="silent for"):
        ask(wrapper)
    proxy.restore()
    wrapper.close()
    assert ask(wrapper, "SELECT 2") == 2


def test_a_commit_that_is_never_answered_ends_too(proxy):
    wrapper = session(proxy)
    wrapper.set_autocommit(False)
    ask(wrapper)
    wrapper.connection.answer_timeout = 0.5
    proxy.hold()
    with takes_at_most(patience.silence("command") - 1), pytest.raises(OperationalError):
        wrapper.commit()


def test_a_server_that_suddenly_reads_only_is_away_for_who_writes_and_the_next_connection_is_another_one(proxy):
    wrapper, write = session(proxy), "SELECT nextval('platform_outboxmessage_id_seq')"
    ask(wrapper, "SELECT set_config('default_transaction_read_only', 'on', false)")
    with pytest.raises(OperationalError, match="reads only"):
        ask(wrapper, write)
    wrapper.close_if_unusable_or_obsolete()  # as at the beginning of a request
    assert ask(wrapper, write)


def test_a_connection_that_answered_a_moment_ago_is_not_asked_whether_it_lives(proxy, monkeypatch):
    monkeypatch.setattr(patience, "DATABASE_BELIEVED", 60.0)
    wrapper = session(proxy)
    ask(wrapper)
    proxy.hold()
    assert wrapper.is_usable()  # nobody would have answered


def test_a_connection_that_the_server_closed_is_made_anew_by_the_next_request():
    connection.ensure_connection()
    planned.rows("SELECT 1", {})
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    connection.health_check_done = False  # as at the beginning of a request
    assert planned.rows("SELECT 2", {}) == [(2,)]


def test_an_idle_connection_is_asked_briefly_whether_it_lives(proxy):
    wrapper = session(proxy)
    ask(wrapper)
    time.sleep(patience.DATABASE_BELIEVED)
    proxy.hold()
    with takes_at_most(patience.silence("command") - 1):
        assert not wrapper.is_usable()


def test_a_migration_waits_as_long_as_it_takes(proxy):
    wrapper = session(proxy)
    wrapper.ensure_connection()
    wrapper.connection.answer_timeout = 0.2
    wrapper.wait_without_end()
    assert ask(wrapper, "SELECT count(*) FROM (SELECT pg_sleep(0.6)) AS slept") == 1
    wrapper.close()


def test_one_caller_at_a_time_tries_a_server_that_is_away(proxy, monkeypatch):
    monkeypatch.setattr(base._door, "_seconds", 60.0)
    proxy.refuse()
    with pytest.raises(OperationalError, match="refused"):
        ask(session(proxy))
    with pytest.raises(OperationalError, match="a moment ago"):
        ask(session(proxy))
    proxy.restore()
    proxy.hold()
    base._door._retry_at = 0.0  # a minute later
    before = proxy.connections
    threads = [threading.Thread(target=_try, args=[proxy]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert proxy.connections - before == 1
    proxy.restore()
    base._door._retry_at = 0.0
    assert ask(session(proxy)) == 1


def _try(proxy: Proxy) -> None:
    with pytest.raises(OperationalError):
        ask(session(proxy))
