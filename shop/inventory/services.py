"""Stock.

Taken in one statement, so that nobody can sell the same piece twice and no order locks one row after another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError
from shop.inventory import freshness
from shop.inventory.freshness import Level
from shop.inventory.models import Stock, StockMovement


class OutOfStock(ShopError):
    """Some of what was wanted is not there. `details["missing"]` maps variant ids to what is left of each."""

    code = "out_of_stock"
    message = _("Some of these items are no longer available in that quantity.")


class PiecesOwed(ShopError):
    """More was sold than is there, so the sale cannot be limited to what is there, or that much cannot be taken out."""

    code = "pieces_owed"
    message = _("The stock would be below zero. Allow the sale when empty, or count again.")


@dataclass(frozen=True)
class Terms:
    """How a variant is sold: are its pieces counted, and may it be sold when none is left."""

    tracked: bool = True
    allow_backorder: bool = False


# Rows are locked in the order of their ids, so two orders with the same items wait for each other and never in
# a circle.
TAKE = """
WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS wanted(variant_id, quantity)),
locked AS (
    SELECT stock.id, wanted.quantity FROM inventory_stock AS stock JOIN wanted USING (variant_id) ORDER BY stock.id
    FOR UPDATE OF stock
)
UPDATE inventory_stock AS stock SET on_hand = stock.on_hand - locked.quantity FROM locked
WHERE stock.id = locked.id AND (stock.on_hand >= locked.quantity OR stock.allow_backorder OR NOT stock.tracked)
RETURNING stock.variant_id, stock.on_hand, stock.tracked AND NOT stock.allow_backorder
"""
PUT_BACK = """
WITH returned AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS returned(variant_id, quantity)),
locked AS (
    SELECT stock.id, returned.quantity FROM inventory_stock AS stock JOIN returned USING (variant_id) ORDER BY
    stock.id FOR UPDATE OF stock
)
UPDATE inventory_stock AS stock SET on_hand = stock.on_hand + locked.quantity FROM locked WHERE stock.id = locked.id
RETURNING stock.variant_id, stock.on_hand, stock.tracked AND NOT stock.allow_backorder
"""


def take(quantities: Mapping[int, int], *, reference: str) -> None:
    """Take {variant id: quantity} out of stock, all or nothing, in the caller's transaction. Two queries for any
    number.

    Raises OutOfStock; the caller's transaction has to be rolled back then.
    """
    taken = _run(TAKE, quantities, sign=-1)
    if len(taken) < len(quantities):
        missing = quantities.keys() - taken.keys()
        raise OutOfStock(missing=_left(missing))
    _note(quantities, sign=-1, reason=StockMovement.Reason.SOLD, reference=reference)


def put_back(quantities: Mapping[int, int], *, reference: str) -> None:
    """Return {variant id: quantity} to stock, in the caller's transaction.

    Variants deleted meanwhile are passed over.
    """
    returned = _run(PUT_BACK, quantities, sign=1)
    there = {variant_id: quantity for variant_id, quantity in quantities.items() if variant_id in returned}
    _note(there, sign=1, reason=StockMovement.Reason.RETURNED, reference=reference)


def set_levels(levels: Mapping[int, int], *, reference: str = "") -> None:
    """Set {variant id: pieces in stock} as counted, creating rows where there are none.

    A constant number of queries.
    """
    with transaction.atomic():
        Stock.objects.bulk_create([Stock(variant_id=pk) for pk in sorted(levels)], ignore_conflicts=True)
        rows = list(Stock.objects.select_for_update().filter(variant_id__in=levels).order_by("id"))
        changes = {row.variant_id: levels[row.variant_id] - row.on_hand for row in rows}
        before = {row.variant_id: freshness.of(row) for row in rows}
        for row in rows:
            row.on_hand = levels[row.variant_id]
        Stock.objects.bulk_update(rows, ["on_hand"])
        freshness.changed(before, {row.variant_id: freshness.of(row) for row in rows})
        changed = {pk: change for pk, change in changes.items() if change}
        _note(changed, sign=1, reason=StockMovement.Reason.CORRECTED, reference=reference)


def correct(changes: Mapping[int, int], *, reference: str = "") -> None:
    """Add {variant id: pieces} (negative: take out) after a count, so that what is sold meanwhile stays sold.

    Raises PiecesOwed if a stock would go below zero; nothing is changed then.
    """
    wanted = {pk: change for pk, change in changes.items() if change}
    try:
        with transaction.atomic():
            Stock.objects.bulk_create([Stock(variant_id=pk) for pk in sorted(wanted)], ignore_conflicts=True)
            _run(PUT_BACK, wanted, sign=1)
            _note(wanted, sign=1, reason=StockMovement.Reason.CORRECTED, reference=reference)
    except IntegrityError as error:
        raise PiecesOwed from error


def configure(terms: Mapping[int, Terms]) -> None:
    """Set {variant id: how it is sold}, creating rows where there are none. A constant number of queries.

    Raises PiecesOwed if a stock below zero would be limited; nothing is changed then.
    """
    try:
        with transaction.atomic():
            Stock.objects.bulk_create([Stock(variant_id=pk) for pk in sorted(terms)], ignore_conflicts=True)
            rows = list(Stock.objects.select_for_update().filter(variant_id__in=terms).order_by("id"))
            before = {row.variant_id: freshness.of(row) for row in rows}
            for row in rows:
                row.tracked = terms[row.variant_id].tracked
                row.allow_backorder = terms[row.variant_id].allow_backorder
            Stock.objects.bulk_update(rows, ["tracked", "allow_backorder"])
            freshness.changed(before, {row.variant_id: freshness.of(row) for row in rows})
    except IntegrityError as error:
        raise PiecesOwed from error


def _run(statement: str, quantities: Mapping[int, int], *, sign: int) -> dict[int, Level]:
    """Change stock by one statement; return what is there now of each variant that was changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(quantities.keys()), list(quantities.values())])
        now = {pk: Level(on_hand, limited) for pk, on_hand, limited in cursor.fetchall()}
    before = {pk: replace(level, on_hand=level.on_hand - sign * quantities[pk]) for pk, level in now.items()}
    freshness.changed(before, now)
    return now


def _left(variant_ids: set[int]) -> dict[str, int]:
    known = dict(Stock.objects.filter(variant_id__in=variant_ids).values_list("variant_id", "on_hand"))
    return {str(pk): max(0, known.get(pk, 0)) for pk in sorted(variant_ids)}


def _note(quantities: Mapping[int, int], *, sign: int, reason: str, reference: str) -> None:
    facts: dict[str, Any] = {"reason": reason, "reference": reference}
    rows = [StockMovement(variant_id=pk, change=sign * quantity, **facts) for pk, quantity in quantities.items()]
    StockMovement.objects.bulk_create(rows)
