import pytest

from shop.stateless.rules import caches
from tests.stateless.audits import findings, rows

DJANGO = "django.core.cache.backends."


def found(backend, location="", **settings):
    return findings(caches.rows, CACHES={"default": {"BACKEND": backend, "LOCATION": location}}, **settings)


@pytest.mark.parametrize(
    ("backend", "location", "ids"),
    [
        ("locmem.LocMemCache", "", ["W020"]),
        ("filebased.FileBasedCache", "/var/cache/shop", ["W021"]),
        ("redis.RedisCache", "redis://localhost:6379", ["E022"]),
        ("redis.RedisCache", ["redis://one.internal", "redis://127.0.0.1"], ["E022"]),
        ("redis.RedisCache", "unix:///run/redis.sock?db=1", ["E022"]),
        ("redis.RedisCache", "", ["I023"]),
        ("redis.RedisCache", "rediss://:pw@cache.internal:6379/0", []),
        ("memcached.PyMemcacheCache", "127.0.0.1:11211", ["E022"]),
        ("memcached.PyMemcacheCache", "one.internal:11211;two.internal:11211", []),
        ("dummy.DummyCache", "", []),
        ("db.DatabaseCache", "cache_table", []),
    ],
)
def test_backends(backend, location, ids):
    assert found(DJANGO + backend, location) == ids


def test_a_table_of_a_database_of_the_pod():
    sqlite = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/db"}}
    assert found(DJANGO + "db.DatabaseCache", "cache_table", DATABASES=sqlite) == ["I023"]


def test_a_password_is_not_shown():
    entry = {"BACKEND": DJANGO + "redis.RedisCache", "LOCATION": "redis://:hidden@cache.internal/0"}
    (row,) = rows(caches.rows, CACHES={"default": entry})
    assert row.where == "redis://***@cache.internal/0"
