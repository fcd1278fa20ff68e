import pytest

from shop.stateless.rules import databases
from tests.stateless.audits import findings, rows


def database(**entry):
    return {"default": {"ENGINE": "django.db.backends.postgresql", **entry}}


@pytest.mark.parametrize("name", ["/srv/db.sqlite3", ":memory:", "file:shop?mode=memory", ""])
def test_sqlite_is_of_one_pod(name):
    assert findings(databases.rows, DATABASES=database(ENGINE="django.db.backends.sqlite3", NAME=name)) == ["E001"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "/var/run/postgresql", ""])
def test_a_server_beside_the_pod_is_not_shared(host):
    assert findings(databases.rows, DATABASES=database(HOST=host)) == ["E002"]


def test_mysql_without_a_host_means_a_socket():
    (row,) = rows(databases.rows, DATABASES=database(ENGINE="django.db.backends.mysql"))
    assert (row.id, row.where) == ("stateless.E002", "/var/run/mysqld/mysqld.sock")


@pytest.mark.parametrize("entry", [{"HOST": "db.internal"}, {"OPTIONS": {"service": "shop"}}])
def test_a_server_for_all_is_shared(entry):
    assert findings(databases.rows, DATABASES=database(**entry)) == []


def test_an_unknown_engine_is_unknown():
    assert findings(databases.rows, DATABASES=database(ENGINE="my.own.engine")) == ["I003"]


@pytest.mark.parametrize(("debug", "hosts"), [(False, ["localhost", "testserver"]), (True, [])])
def test_loopback_is_not_wrong_yet_where_nobody_else_is_served(debug, hosts):
    found = findings(databases.rows, DATABASES=database(HOST="localhost"), ALLOWED_HOSTS=hosts, DEBUG=debug)
    assert found == ["I002"]


def test_each_alias_is_asked():
    both = database(HOST="db.internal") | {"replica": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1"}}
    assert [(row.what, row.verdict) for row in rows(databases.rows, DATABASES=both)] == [
        ("Database “default”", "shared"),
        ("Database “replica”", "pod-local"),
    ]
