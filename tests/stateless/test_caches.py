import pytest
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache

from shop.stateless.rules import caches
from tests.stateless.audits import configured, findings, rows

DJANGO = "django.core.cache.backends."


class Memory(LocMemCache):
    """A project's own kind."""


class Files(FileBasedCache):
    """Another."""


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


@pytest.mark.parametrize(("kind", "ids"), [(Memory, ["W020"]), (Files, ["W021"])])
def test_a_kind_of_the_project_is_what_it_is_made_from(kind, ids):
    assert found(f"{__name__}.{kind.__name__}", "/var/cache/shop") == ids


@pytest.mark.parametrize(
    ("alias", "backend", "is_local"),
    [
        ("default", "locmem.LocMemCache", True),
        ("default", "dummy.DummyCache", True),
        ("default", "redis.RedisCache", False),
        ("other", "redis.RedisCache", True),
    ],
)
def test_what_other_pods_do_not_see(alias, backend, is_local):
    entry = {"BACKEND": DJANGO + backend, "LOCATION": "redis://cache.internal"}
    with configured(CACHES={"default": entry}) as project:
        assert caches.is_local(project, alias) is is_local


def test_a_table_of_no_database_or_of_one_of_the_pod():
    assert found(DJANGO + "db.DatabaseCache", "cache_table", DATABASES={}) == ["I023"]
    sqlite = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/db"}}
    assert found(DJANGO + "db.DatabaseCache", "cache_table", DATABASES=sqlite) == ["I023"]


def test_a_password_is_not_shown():
    entry = {"BACKEND": DJANGO + "redis.RedisCache", "LOCATION": "redis://:hidden@cache.internal/0"}
    (row,) = rows(caches.rows, CACHES={"default": entry})
    assert row.where == "redis://***@cache.internal/0"
