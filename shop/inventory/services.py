"""Stock.

Taken in one statement, so that nobody can sell the same piece twice and no order locks one row after another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError
from shop.inventory import freshness
from shop.inventory.freshness import Level
from shop.inventory.models import Stock, StockMovement
from shop.platform.postgresql import planned


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
# a circle. Each change is written down by the same statement.
MOVE = """
WITH wanted AS (
    SELECT * FROM unnest(%(variants)s::bigint[], %(changes)s::bigint[]) AS wanted(variant_id, change)
),
locked AS (
    SELECT stock.id, wanted.change FROM inventory_stock AS stock JOIN wanted USING (variant_id) ORDER BY stock.id
    FOR UPDATE OF stock
),
moved AS (
    UPDATE inventory_stock AS stock SET on_hand = stock.on_hand + locked.change FROM locked
    WHERE stock.id = locked.id <condition>
    RETURNING stock.variant_id, stock.on_hand, stock.tracked AND NOT stock.allow_backorder AS limited, locked.change
),
noted AS (
    INSERT INTO inventory_stockmovement (variant_id, change, reason, reference, created_at)
    SELECT moved.variant_id, moved.change, %(reason)s::text, %(reference)s::text, %(now)s FROM moved
)
SELECT moved.variant_id, moved.on_hand::bigint, moved.limited FROM moved
"""
IF_THERE = "AND (stock.on_hand + locked.change >= 0 OR stock.allow_backorder OR NOT stock.tracked)"
TAKE, PUT_BACK = MOVE.replace("<condition>", IF_THERE), MOVE.replace("<condition>", "")


def take(quantities: Mapping[int, int], *, reference: str) -> None:
    """Take {variant id: quantity} out of stock, all or nothing, in the caller's transaction.

    One query for any number, and one more after the commit if something sells out by it. Raises OutOfStock; the
    caller's transaction has to be rolled back then.
    """
    changes = {variant_id: -quantity for variant_id, quantity in quantities.items()}
    taken = _move(TAKE, changes, reason=StockMovement.Reason.SOLD, reference=reference)
    if len(taken) < len(quantities):
        raise OutOfStock(missing=_left(quantities.keys() - taken.keys()))


def put_back(quantities: Mapping[int, int], *, reference: str) -> None:
    """Return {variant id: quantity} to stock, in the caller's transaction.

    Variants deleted meanwhile are passed over.
    """
    _move(PUT_BACK, quantities, reason=StockMovement.Reason.RETURNED, reference=reference)


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
        _note(changed, reason=StockMovement.Reason.CORRECTED, reference=reference)


def correct(changes: Mapping[int, int], *, reference: str = "") -> None:
    """Add {variant id: pieces} (negative: take out) after a count, so that what is sold meanwhile stays sold.

    Raises PiecesOwed if a stock would go below zero; nothing is changed then.
    """
    wanted = {pk: change for pk, change in changes.items() if change}
    try:
        with transaction.atomic():
            Stock.objects.bulk_create([Stock(variant_id=pk) for pk in sorted(wanted)], ignore_conflicts=True)
            _move(PUT_BACK, wanted, reason=StockMovement.Reason.CORRECTED, reference=reference)
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


def _move(statement: str, changes: Mapping[int, int], *, reason: str, reference: str) -> dict[int, Level]:
    """Add {variant id: pieces} and write that down; return what is there now of each variant that was changed."""
    wanted = {"variants": list(changes.keys()), "changes": list(changes.values())}
    noted = {"reason": reason, "reference": reference, "now": timezone.now()}
    now = {pk: Level(on_hand, limited) for pk, on_hand, limited in planned.rows(statement, {**wanted, **noted})}
    before = {pk: replace(level, on_hand=level.on_hand - changes[pk]) for pk, level in now.items()}
    freshness.changed(before, now)
    return now


def _left(variant_ids: set[int]) -> dict[str, int]:
    known = dict(Stock.objects.filter(variant_id__in=variant_ids).values_list("variant_id", "on_hand"))
    return {str(pk): max(0, known.get(pk, 0)) for pk in sorted(variant_ids)}


def _note(changes: Mapping[int, int], *, reason: str, reference: str) -> None:
    facts: dict[str, Any] = {"reason": reason, "reference": reference}
    rows = [StockMovement(variant_id=pk, change=change, **facts) for pk, change in changes.items()]
    StockMovement.objects.bulk_create(rows)
