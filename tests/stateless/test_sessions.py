import pytest

from shop.stateless.rules import sessions
from tests.stateless.audits import findings, rows

DJANGO = "django.contrib.sessions.backends."
LOCMEM = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache.internal"}}
NOTHING = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/db"}}
COOKIE = "django.contrib.messages.storage.cookie.CookieStorage"


def found(engine, caches=REDIS, **more):
    more = {"MESSAGE_STORAGE": COOKIE, **more}
    return findings(sessions.rows, SESSION_ENGINE=DJANGO + engine, CACHES=caches, SESSION_CACHE_ALIAS="default", **more)


@pytest.mark.parametrize(
    ("engine", "caches", "ids"),
    [
        ("file", REDIS, ["E010"]),
        ("cache", LOCMEM, ["E011"]),
        ("cache", NOTHING, ["E011"]),
        ("cached_db", LOCMEM, ["E011"]),
        ("cached_db", NOTHING, []),
        ("cached_db", REDIS, []),
        ("cache", REDIS, []),
        ("db", LOCMEM, []),
        ("signed_cookies", LOCMEM, []),
    ],
)
def test_engines(engine, caches, ids):
    assert found(engine, caches) == ids


def test_sessions_in_a_database_of_the_pod():
    assert found("db", DATABASES=SQLITE) == ["E010"]


def test_who_takes_the_database_for_shared_takes_the_sessions_in_it_too():
    assert found("db", DATABASES=SQLITE, SILENCED_SYSTEM_CHECKS=["stateless.E001"]) == []
    assert found("db", DATABASES=SQLITE, SILENCED_SYSTEM_CHECKS=["stateless.E002"]) == ["E010"]


def test_an_engine_built_on_djangos_is_known():
    (row, _messages) = rows(
        sessions.rows,
        SESSION_ENGINE="shop.platform.sessions",
        SESSION_CACHE_ALIAS="sessions",
        CACHES={"sessions": REDIS["default"]},
    )
    assert (row.verdict, row.where) == ("shared", "database, with copies in cache “sessions”")


def test_an_engine_of_its_own_is_unknown():
    assert findings(sessions.rows, SESSION_ENGINE="json", MESSAGE_STORAGE=COOKIE) == ["I012"]


def test_messages_and_csrf_follow_the_session():
    storage = "django.contrib.messages.storage.session.SessionStorage"
    assert found("file", MESSAGE_STORAGE=storage, CSRF_USE_SESSIONS=True) == ["E010", "W013", "W014"]
    assert found("db", MESSAGE_STORAGE=storage, CSRF_USE_SESSIONS=True) == []
