"""Limits that hold over all processes, and while Redis is away."""

import threading

import pytest
from django.core.cache import caches
from django.test import RequestFactory

from config.local import ports
from shop.platform import throttle, visitor
from shop.platform.throttle import Limit, LocalCounters, TooManyTries

LIMIT = Limit("test", times=6, seconds=60)


def tries(subject: str, times: int) -> int:
    """How many of so many tries are let through."""
    passed = 0
    for _ in range(times):
        try:
            throttle.count(LIMIT, subject)
            passed += 1
        except TooManyTries as refusal:
            assert 0 < (refusal.retry_after or 0) <= LIMIT.seconds
    return passed


def test_so_many_tries_and_no_more():
    assert tries("ada", 20) == LIMIT.times
    assert tries("bob", 3) == 3


def test_tries_at_the_same_moment_are_all_counted():
    passed: list[int] = []
    threads = [threading.Thread(target=lambda: passed.append(tries("ada", 5))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == LIMIT.times


def test_every_counter_ends_and_does_not_name_who_tried():
    throttle.count(LIMIT, "ada@example.com")
    client = caches["default"].client.get_client()
    (key,) = client.keys("*throttle*")
    assert 0 < client.ttl(key) <= LIMIT.seconds
    assert b"ada" not in key


def test_forgetting_begins_anew():
    tries("ada", 6)
    throttle.forget(LIMIT, "ada")
    assert tries("ada", 20) == LIMIT.times


@pytest.fixture
def redis_away(settings, monkeypatch):
    (port,) = ports.free(1)
    settings.CACHES = {
        name: {**options, "LOCATION": f"redis://127.0.0.1:{port}/0"} for name, options in settings.CACHES.items()
    }
    monkeypatch.setattr(throttle, "_here", LocalCounters())


@pytest.mark.usefixtures("redis_away")
def test_without_redis_a_process_counts_by_itself_and_allows_less():
    assert tries("ada", 20) == LIMIT.times // throttle.LOCAL_SHARE
    throttle.forget(LIMIT, "ada")
    assert tries("ada", 20) == LIMIT.times // throttle.LOCAL_SHARE


def test_local_counters_end_and_never_fill_the_memory():
    counters = LocalCounters(entries=100)
    assert counters.count("brief", 0) == (1, 0)
    assert counters.count("brief", 0)[0] == 1
    for number in range(1000):
        counters.count(str(number), 60)
    assert len(counters._counters) == 100
    assert counters.count("999", 60)[0] == 2


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 1, "192.0.2.1"),
        ("198.51.100.7", 1, "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7", 1, "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7, 10.0.0.1", 2, "198.51.100.7"),
        ("198.51.100.7", 0, "192.0.2.1"),
        ("198.51.100.7", 2, "192.0.2.1"),
        ("2001:db8:1:2:3::4", 1, "2001:db8:1:2::/64"),
        ("nonsense", 1, "unknown"),
        ("198.51.100.7:4711", 1, "198.51.100.7"),
        ("[2001:db8::1]:4711", 1, "2001:db8::/64"),
        ("[2001:db8::1]", 1, "2001:db8::/64"),
        ("::ffff:198.51.100.7", 1, "198.51.100.7"),
        ("[::ffff:198.51.100.7]:4711", 1, "198.51.100.7"),
    ],
)
def test_where_a_request_comes_from(settings, forwarded, proxies, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", headers=headers)
    assert visitor.network(request) == expected
