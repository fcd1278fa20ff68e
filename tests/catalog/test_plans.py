"""Each hot statement finds its rows by the index that was made for it: in a catalogue of size, as PostgreSQL counts."""

from decimal import Decimal

import pytest
from django.db import connection

from shop.catalog import facets, listing, search, shelf, tally
from shop.catalog.listing import Filters
from shop.catalog.models import Category
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.pricing.models import Redemption

pytestmark = pytest.mark.django_db
PRODUCTS = 6_400  # 100 of them are the few that a search reads first
LARGE = {
    "catalog_product",
    "catalog_placement",
    "catalog_tally",
    "orders_order",
    "pricing_redemption",
    "notifications_mail",
}
NEWEST = ("-placed_at", "-id")
# What PostgreSQL counted in this transaction: scans of tables from end to end and of indexes, and what these gave
SCANS = """
SELECT relname, relkind, pg_stat_get_xact_numscans(oid), pg_stat_get_xact_tuples_returned(oid)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
FILL = f"""
SELECT setval('catalog_product_id_seq', (nextval('catalog_product_id_seq') / 64 + 1) * 64);
INSERT INTO catalog_product (slug, title, body_html, vendor, product_type, tags, option_names, attributes, tax_class,
    published, published_at, seo_title, seo_description, created_at, updated_at, min_price, max_price, compare_at_price,
    facets, keywords, description)
SELECT 'p' || n, 'Word' || n % 5000 || ' oddment', '', '', '', '{{}}', '{{}}', '{{}}', 'standard', n % 5000 <> 1,
    now() - n * interval '1 minute', '', '', now(), now(), n % 900, n % 900 + 5, CASE WHEN n % 8 = 0 THEN 2000 END,
    ARRAY['c:' || n % 30, CASE WHEN n % 1500 = 7 THEN 'c:1007' ELSE 'tag:x' END, 'o:size:' || n % 4], '', 'Oddtext'
FROM generate_series(1, {PRODUCTS}) AS n;
INSERT INTO orders_order (number, token, email, language, state, currency, subtotal, shipping_price, tax_total, total,
    shipping_address, shipping_method, shipping_method_name, payment_method, placed_at)
SELECT n, n, 'guest' || n || '@example.com', 'en', CASE WHEN n % 2000 = 0 THEN 'paid' ELSE 'shipped' END, 'EUR',
    1, 0, 0, 1, '{{}}', 'standard', '', CASE WHEN n % 3000 = 0 THEN 'voucher' ELSE 'card' END,
    now() - n * interval '1 minute'
FROM generate_series(1, {PRODUCTS}) AS n;
INSERT INTO pricing_voucher (code, kind, value, min_subtotal, used, active, note, created_at, updated_at)
VALUES ('ODDMENT', 'percent', 10, 0, 0, true, '', now(), now());
INSERT INTO pricing_redemption (voucher_id, order_id, amount, created_at)
SELECT currval(pg_get_serial_sequence('pricing_voucher', 'id')), id, 1, now() FROM orders_order;
INSERT INTO notifications_mail (kind, "to", language, context, subject, created_at, sent_at)
SELECT 'order_placed', 'guest' || n || '@example.com', 'en', '{{}}', '', now(), CASE WHEN n % 3000 > 0 THEN now() END
FROM generate_series(1, {PRODUCTS}) AS n;
SELECT gin_clean_pending_list(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid IN ('catalog_product'::regclass, 'catalog_tally'::regclass)
    AND relam = (SELECT oid FROM pg_am WHERE amname = 'gin');
ANALYZE catalog_product, catalog_placement, catalog_tally, orders_order, pricing_redemption, notifications_mail
"""  # what waits to be put into an index is read from end to end, and counts against it
# The few are those whose id is a multiple of 64: begun after one, neither of the two that are hidden is among them
WIDE, NARROW = Category(pk=7), Category(pk=1007)
LISTS = {
    "product_newest": [Filters()],
    "placement_newest": [Filters(category=WIDE), Filters(category=NARROW)],
    "product_dearest product_cheapest": [
        Filters(sort="price"),
        Filters(category=WIDE, sort="price"),
        Filters(sort="-price"),
    ],
    "product_by_title": [Filters(sort="title")],
    "product_on_sale": [Filters(on_sale=True)],
    "product_facets": [Filters(category=NARROW, sort="price"), Filters(category=NARROW, options=("size:3",))],
    "product_up_to": [Filters(min_price=Decimal(904))],
    "product_title_keys": [Filters(query="word77"), Filters(query="oddment")],
    "product_title_words": [Filters(query="word77")],
    "product_search": [Filters(query="word77")],
}


@pytest.fixture(scope="module")
def _filled(django_db_setup, django_db_blocker):
    """Tens of thousands of narrow rows in new files, for the tests of this module.

    What other tests left in the old ones, and in their indexes, counts as read; both come back with the rollback.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(sorted(LARGE))} CASCADE")
            tally.count_first()
            for statement in FILL.split(";\n"):
                cursor.execute(statement)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def plans(_filled, db):
    return _plans


def _plans(work) -> tuple[set[str], set[str]]:
    """Return which indexes the statements of `work` use, and which of the large tables they read from end to end."""
    used = scans(work)
    tables = {name for name, kind in used if kind == "r"}
    return {name for name, kind in used if kind == "i"}, tables & LARGE


def scans(work) -> dict[tuple[str, str], int]:
    """Return {(name, "i" for index or "r" for table): rows that it gave} of all that `work` scans, in functions too."""
    before = _counted()
    work()
    after = _counted()
    return {key: after[key][1] - before[key][1] for key in after if after[key][0] > before[key][0]}


def _counted() -> dict[tuple[str, str], tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SCANS)
        return {(name, kind): (times, rows) for name, kind, times, rows in cursor.fetchall()}


@pytest.mark.parametrize(("index", "filters"), [(index, one) for index, many in LISTS.items() for one in many])
def test_a_list_is_read_from_its_index(plans, index, filters):
    indexes, scanned = plans(lambda: listing.find(filters))
    assert indexes & set(index.split())  # either direction of the price
    assert not scanned


def test_the_next_page_begins_where_the_last_ended(_filled, db):
    cursor = None
    for _ in range(4):
        cursor = listing.find(Filters(), cursor=cursor).next
    read = scans(lambda: listing.find(Filters(), cursor=cursor))
    assert read["product_newest", "i"] < 2 * listing.PAGE_SIZE  # planning may look at an end of an index, too
    assert not {name for name, kind in read if kind == "r"} & LARGE


@pytest.mark.parametrize("filters", [Filters(), Filters(category=WIDE)])
def test_kept_counts_are_read_from_their_index(plans, filters):
    indexes, scanned = plans(lambda: facets.facets(filters))
    assert indexes >= {"tally_of_scope", "product_newest"}
    assert not scanned
    assert plans(lambda: facets.facets(filters, waiting=False)) == ({"tally_of_scope"}, set())


def test_the_first_picture_of_each_product_is_read_in_its_order(plans):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")  # no product has a picture
    assert "picture_in_order" in plans(lambda: listing.find(Filters()))[0]


@pytest.mark.parametrize("pk", [WIDE.pk, NARROW.pk])
def test_a_category_is_read_from_the_indexes_of_its_parts(plans, pk):
    Category.objects.create(pk=pk, name="Tiles", slug="tiles")
    indexes, scanned = plans(lambda: shelf.read("tiles"))
    assert indexes >= {"placement_newest", "tally_of_scope", "product_newest"}
    assert not scanned


def test_a_mistyped_word_is_compared_with_words_like_it_alone(plans):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # some thousand words are read as quickly one by one
    indexes, scanned = plans(lambda: search.find("wrod77 word7x"))
    assert "tally_words" in indexes
    assert not scanned


@pytest.mark.parametrize(
    ("query", "places", "found"),
    [("oddment", 100, 100), ("oddm", 100, 100), ("word77 oddment", 2, 2), ("oddtext", 100, 100), ("word77", 22, 22)],
)
def test_a_search_reads_few_of_those_with_a_frequent_word(_filled, db, query, places, found):
    """And of two words of a title, however frequent, those alone that have both."""
    sizes: list[int] = []
    read = scans(lambda: sizes.append(len(search.find(query).ranked)))
    assert sizes == [found]
    assert max(rows for (index, kind), rows in read.items() if kind == "i") == places


def test_many_finds_are_estimated_from_what_was_read(_filled, db):
    assert facets.facets(Filters(query="oddment")).total in range(5_000, 8_000)


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("order_newest", lambda: Order.objects.order_by(*NEWEST)),
        ("order_by_state", lambda: Order.objects.filter(state="paid").order_by(*NEWEST)),
        (
            "order_by_payment_method",
            lambda: Order.objects.filter(payment_method="voucher").order_by(*NEWEST),
        ),
        (
            "order_by_email",
            lambda: Order.objects.filter(email__iexact="Guest5@example.com").order_by(*NEWEST),
        ),
        (
            "order_by_email",
            lambda: Redemption.objects.filter(voucher__code="ODDMENT").of_customer(
                email="Guest5@example.com", user_id=7
            ),
        ),
        ("mail_unsent", lambda: Mail.objects.filter(sent_at=None).order_by("-created_at")),
        (
            "mail_by_address",
            lambda: Mail.objects.filter(to__iexact="Guest5@example.com").order_by("-created_at"),
        ),
    ],
)
def test_a_list_of_the_admin_is_read_from_its_index(plans, index, rows):
    indexes, scanned = plans(lambda: list(rows()[:30]))
    assert index in indexes
    assert not scanned
