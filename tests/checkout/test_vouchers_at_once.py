"""What two pods do with one voucher at the same moment: its limit holds, and its uses are counted right."""

import uuid

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from shop.checkout.services import place_order
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


def wanted(voucher: Voucher) -> dict[str, object]:
    """What to call place_order with, for another cart each time."""
    mine = factories.open_cart(factories.variant(), voucher=voucher)
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
