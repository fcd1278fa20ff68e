"""What a test with transactions of its own leaves to the next one: nothing."""

from threading import Timer

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from tests import emptying, factories

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


def test_what_another_process_is_writing_is_waited_for():
    known = connection.get_connection_params()
    address = {name: known[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**address) as other:
        other.execute(MAIL.format(1))
        Timer(0.2, other.commit).start()
        emptying._empty(None)
    assert tables_with_rows() == {'"catalog_tally"'}
