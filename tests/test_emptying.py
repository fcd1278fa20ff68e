"""What a test with transactions of its own leaves to the next one: nothing."""

import threading
import time
from collections.abc import Iterator
from threading import Timer

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from tests import emptying, factories
from tests.at_once import other_connection

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = """
INSERT INTO notifications_mail (kind, "to", language, context, subject, created_at)
SELECT 'order_placed', 'ada@example.com', 'en', '{{}}', '', now() FROM generate_series(1, {})
"""


def tables_with_rows() -> set[str]:
    with connection.cursor() as cursor:
        return {table for table in emptying._tables() if cursor.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()}


@pytest.mark.parametrize("mails", [1, 10_000])
def test_no_row_is_left_but_rights_and_that_the_catalogue_is_counted(mails):
    factories.open_cart(factories.variant())
    connection.cursor().execute(MAIL.format(mails))
    rights = Permission.objects.count()
    emptying._empty(None)
    assert tables_with_rows() == {'"catalog_tally"'}
    assert Permission.objects.count() == rights > 0


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """A connection of another process."""
    with other_connection() as opened:
        yield opened


@pytest.fixture
def _impatient() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
        yield
        cursor.execute("RESET lock_timeout")


@pytest.mark.usefixtures("_impatient")
def test_what_another_process_is_writing_is_waited_for_longer_than_the_store_would(other):
    other.execute(MAIL.format(1))
    Timer(0.2, other.commit).start()
    emptying._empty(None)
    assert tables_with_rows() == {'"catalog_tally"'}


def test_a_worker_that_waits_for_what_is_emptied_ends_and_leaves_no_row(other):
    """As it holds a table that is locked late, and then writes to an early one, one of the two cannot go on."""
    factories.tax()
    other.execute("LOCK TABLE pricing_taxrate IN ROW EXCLUSIVE MODE")
    work = threading.Thread(target=_write_when_awaited, args=[other])
    work.start()
    emptying._empty(None)
    work.join()
    assert tables_with_rows() == {'"catalog_tally"'}


def _write_when_awaited(other: psycopg.Connection) -> None:
    while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
        time.sleep(0.01)
    other.execute(MAIL.format(1))
    other.commit()
