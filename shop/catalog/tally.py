"""Counts of products that no page has to make: how many a category has, and of each option, price and word.

Rows of catalog_tally are written by a trigger (migration 0002), in the transaction that changes a product, by whatever
road. They are:

    scope "all" or "c:<category id>"    key "total", "c:<category id>", "o:<option>:<value>", "price:<range>"
    scope "word"                        key a word of titles, vendors, types and tags, in lower case
    scope "counted"                     one row once what was there before the trigger was counted too

Products that are published in the future are counted, and taken off again when the counts are read: time publishes
them without a change.
"""

from collections import Counter

from django.db import connection, transaction
from django.utils import timezone

from shop.catalog.models import Product, Tally
from shop.platform.postgresql import planned
from shop.platform.snapshot import snapshot

Key = tuple[str, str]
BATCH = 20_000  # products counted by one statement, far below the statement time-out
FOLDED = 5_000  # counts made one row of at a time

ADDS = (
    "catalog_tallied(p.facets, p.min_price, p.max_price, "
    "concat_ws(' ', p.title, p.vendor, p.product_type, array_to_string(p.tags, ' '))) AS t"
)
COUNTS = """
SELECT key::text, sum(n)::bigint FROM (
    SELECT key, n FROM catalog_tally WHERE scope = %(scope)s::text
    UNION ALL
    SELECT 'counted', n FROM catalog_tally WHERE scope = 'counted'
    <later>
) AS counts GROUP BY key HAVING sum(n) > 0
"""  # served by the index tally_of_scope
LATER = f"""
    UNION ALL
    SELECT t.key, -1 FROM catalog_product AS p, LATERAL {ADDS}
    WHERE p.published AND p.published_at > %(now)s AND t.scope = %(scope)s
"""  # noqa: S608 - of constants; served by the index product_newest
KEPT, SHOWN_NOW = COUNTS.replace("<later>", ""), COUNTS.replace("<later>", LATER)
TALLIED = f"""
SELECT t.scope, t.key, count(*) FROM catalog_product AS p, LATERAL {ADDS}
WHERE p.published AND p.id > %s AND p.id <= %s GROUP BY 1, 2
"""  # noqa: S608 - of constants
FOLD = """
WITH folded AS (
    DELETE FROM catalog_tally WHERE (scope, key) IN (
        SELECT scope, key FROM catalog_tally GROUP BY scope, key HAVING count(*) > 1 LIMIT %s
    ) RETURNING scope, key, n
)
INSERT INTO catalog_tally (scope, key, n) SELECT scope, key, sum(n) FROM folded GROUP BY 1, 2 HAVING sum(n) <> 0
"""


def counts(scope: str, *, waiting: bool = True) -> dict[str, int] | None:
    """Return the counts of a scope by key, of what shoppers may see now; None while they are not counted yet.

    `waiting`: whether products may be there that are published later, by themselves.
    """
    if waiting:  # planned for how many are published later, which takes longer than running it
        found = dict(planned.anew(SHOWN_NOW, {"scope": scope, "now": timezone.now()}))
    else:
        found = dict(planned.rows(KEPT, {"scope": scope}))
    return found if found.pop("counted", 0) else None


def difference() -> Counter[Key]:
    """Return what has to be added to make each count true. Takes half a minute for a million products."""
    found: Counter[Key] = Counter()
    with snapshot(), connection.cursor() as cursor:
        last = Product.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for low in range(0, last, BATCH):
            cursor.execute(TALLIED, [low, low + BATCH])
            for scope, key, n in cursor.fetchall():
                found[scope, key] += n
        cursor.execute("SELECT scope, key, sum(n) FROM catalog_tally WHERE scope <> 'counted' GROUP BY 1, 2")
        for scope, key, n in cursor.fetchall():
            found[scope, key] -= int(n)
    return Counter({key: n for key, n in found.items() if n})


def correct(missing: Counter[Key]) -> int:
    """Add what is missing. Products may change meanwhile: their own changes add up with it. One process at a time."""
    with transaction.atomic():
        Tally.objects.bulk_create((Tally(scope=s, key=k, n=n) for (s, k), n in missing.items()), batch_size=2_000)
        if not Tally.objects.filter(scope="counted").exists():
            Tally.objects.create(scope="counted", key="all", n=1)
    return len(missing)


def count_first() -> int:
    """Count, once, what is older than the trigger; return how many counts that changed. For the housekeeping."""
    return 0 if Tally.objects.filter(scope="counted").exists() else correct(difference())


def fold() -> int:
    """Merge the rows of each count into one; return how many counts were merged. For the housekeeping."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [FOLDED])
        return int(cursor.rowcount)
