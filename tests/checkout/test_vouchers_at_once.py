"""What two pods do with one voucher at the same moment: its limit holds, and its uses are counted right."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from shop.catalog.models import Variant
from shop.checkout.services import place_order
from shop.inventory import services as inventory
from shop.inventory.models import Stock
from shop.orders import services as orders
from shop.orders.models import Order
from shop.pricing import redemptions
from shop.pricing.models import Redemption, Voucher
from shop.pricing.vouchers import VoucherUsedByYou, VoucherUsedUp
from tests import factories
from tests.at_once import second

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _delivery():
    factories.shipping()


def wanted(voucher: Voucher, variant: Variant | None = None) -> dict[str, object]:
    """What to call place_order with, for another cart each time."""
    mine = factories.open_cart(variant or factories.variant(), voucher=voucher)
    return {"cart_id": mine.public_id, "key": str(uuid.uuid4()), "details": factories.details()}


def used(voucher: Voucher) -> int:
    return Voucher.objects.get(pk=voucher.pk).used


def limited(voucher: Voucher) -> Voucher:
    """The voucher as staff want it now: with its first limit."""
    changed = Voucher.objects.get(pk=voucher.pk)
    changed.limit = 5
    return changed


@pytest.mark.parametrize(("limit", "refusal"), [("limit", VoucherUsedUp), ("limit_per_customer", VoucherUsedByYou)])
def test_who_waits_for_the_last_use_does_not_get_it(limit, refusal):
    one = factories.voucher(**{limit: 1})
    first, other = wanted(one), wanted(one)
    with pytest.raises(refusal):
        second(lambda: place_order(**first), place_order, **other)
    assert (used(one), Order.objects.count(), Redemption.objects.count()) == (1, 1, 1)


def test_who_sets_the_first_limit_waits_for_orders_that_are_being_placed():
    ten = factories.voucher()
    first = wanted(ten)
    second(lambda: place_order(**first), redemptions.save, voucher=limited(ten))
    assert used(ten) == 1


def test_an_order_that_waits_for_the_first_limit_is_counted():
    ten = factories.voucher()
    changed = limited(ten)
    assert second(lambda: redemptions.save(changed), place_order, **wanted(ten)).created
    assert (used(ten), Redemption.objects.count()) == (1, 1)


def test_who_sets_the_first_limit_does_not_count_an_order_that_is_being_cancelled():
    ten = factories.voucher()
    order = place_order(**wanted(ten)).order
    second(lambda: orders.cancel(order_id=order.pk), redemptions.save, voucher=limited(ten))
    assert used(ten) == 0


def test_an_order_that_is_cancelled_while_the_first_limit_is_set_gives_its_use_back():
    ten = factories.voucher()
    order = place_order(**wanted(ten)).order
    changed = limited(ten)
    second(lambda: redemptions.save(changed), orders.cancel, order_id=order.pk)
    assert used(ten) == 0


@pytest.mark.parametrize("verb", ["order", "cancel"])
def test_a_voucher_is_locked_before_any_stock(verb):
    """Else one who has the voucher and wants the stock, and one who has the stock, would wait for each other."""
    ten, lamp = factories.voucher(limit=5), factories.variant()
    facts = wanted(ten, lamp)
    if verb == "cancel":
        facts = {"order_id": place_order(**facts).order.pk}
    second(
        lambda: Voucher.objects.select_for_update().get(),
        orders.cancel if verb == "cancel" else place_order,
        then=lambda: inventory.take({lamp.pk: 1}, reference="counter"),
        **facts,
    )
    assert Stock.objects.get().on_hand == (9 if verb == "cancel" else 8)


def test_orders_and_cancellations_of_many_at_once_leave_the_right_count():
    three, lamp = factories.voucher(limit=3), factories.variant(stock=1000)
    visits = [[wanted(three, lamp) for _ in range(3)] for _ in range(6)]

    def visit(carts: list[dict[str, object]]) -> None:
        try:
            for cart in carts:
                with suppress(VoucherUsedUp):
                    orders.cancel(order_id=place_order(**cart).order.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(visits)) as threads:
        list(threads.map(visit, visits))
    assert used(three) == Redemption.objects.filter(released_at=None).count() == 0
    assert Redemption.objects.count() == Order.objects.filter(state="cancelled").count() > 0
    assert Stock.objects.get().on_hand == 1000


def test_a_pod_that_dies_before_the_commit_has_used_nothing():
    one = factories.voucher(limit=1)
    order = wanted(one)
    with pytest.raises((OperationalError, InterfaceError)), transaction.atomic():
        place_order(**order)
        assert used(one) == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert (used(one), Redemption.objects.count()) == (0, 0)
    assert place_order(**order).order.voucher_code == one.code
