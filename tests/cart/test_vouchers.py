"""A voucher on a cart: one at a time, refused when nobody can use it, kept when the cart is too small for it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from shop.cart import limits
from shop.cart import services as carts
from shop.cart.models import Cart
from shop.checkout.quote import cart_voucher
from shop.money import Money
from shop.platform.throttle import TooManyTries
from shop.pricing.models import Voucher
from shop.pricing.vouchers import VoucherEnded, VoucherNotYet, VoucherUnknown, VoucherUsedUp
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def redeem(cart: Cart, code: str, **more) -> None:
    carts.redeem(cart=cart, code=code, network="192.0.2.1", **more)


def shown(cart: Cart) -> tuple[str | None, int]:
    """The code on a cart, and the cart's version."""
    found = carts.find(public_id=cart.public_id, user_id=cart.user_id)
    return (found.voucher.code if found.voucher else None), found.version


def test_a_code_is_the_same_however_it_is_spelled():
    factories.voucher(code="summer sale-10")
    assert Voucher.objects.get(code="SummerSale-10").code == "SUMMERSALE-10"
    mine = carts.create()
    redeem(mine, " Summer sale-10\n")
    assert shown(mine) == ("SUMMERSALE-10", 1)


def test_the_same_code_changes_nothing_and_another_takes_its_place():
    ten, five = factories.voucher("10"), factories.voucher("5")
    mine = factories.open_cart(voucher=ten)
    redeem(mine, ten.code)
    assert shown(mine) == (ten.code, 1)
    redeem(mine, five.code)
    assert shown(mine) == (five.code, 2)
    for _ in range(2):
        carts.unredeem(cart=mine)
        assert shown(mine) == (None, 3)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"active": False}, VoucherUnknown),
        ({"starts_at": timezone.now() + HOUR}, VoucherNotYet),
        ({"ends_at": timezone.now() - HOUR}, VoucherEnded),
        ({"limit": 1, "used": 1}, VoucherUsedUp),
    ],
)
def test_what_nobody_can_use_is_refused_and_the_cart_keeps_what_it_has(facts, refusal):
    mine = factories.open_cart(voucher=factories.voucher())
    before, other = shown(mine), factories.voucher()
    Voucher.objects.filter(pk=other.pk).update(**facts)
    with pytest.raises(refusal):
        redeem(mine, other.code)
    assert shown(mine) == before


@pytest.mark.parametrize("code", ["", "  ", "NOSUCH", "no%such", "\x00", "é" * 9, "A" * 41])
def test_what_is_no_code_is_unknown(code):
    with pytest.raises(VoucherUnknown):
        redeem(carts.create(), code)


def test_a_cart_that_is_too_small_keeps_it_until_it_is_large_enough():
    lamp = factories.variant("10.00")
    mine = factories.open_cart(lamp, voucher=factories.voucher("5", kind="amount", min_subtotal=Decimal(15)))
    before = cart_voucher(carts.find(public_id=mine.public_id))
    assert (before.refusal.reason, before.discount.amount) == ("minimum", 0)
    assert before.refusal.details["missing"]["amount"] == "5.00"
    carts.add(cart=mine, variant_id=lamp.pk)
    after = cart_voucher(carts.find(public_id=mine.public_id))
    assert (after.refusal, after.discount) == (None, Money(Decimal(5), "EUR"))


def test_an_old_version_is_refused():
    ten = factories.voucher()
    mine = factories.open_cart(factories.variant(), voucher=ten)
    for change in (lambda: redeem(mine, ten.code, version=1), lambda: carts.unredeem(cart=mine, version=1)):
        with pytest.raises(carts.CartChanged):
            change()
    assert shown(mine) == (ten.code, 2)
    carts.unredeem(cart=mine, version=2)
    assert shown(mine) == (None, 3)


def test_a_cart_that_was_ordered_takes_no_voucher():
    mine = carts.create()
    Cart.objects.update(state=Cart.State.ORDERED)
    for change in (lambda: redeem(mine, factories.voucher().code), lambda: carts.unredeem(cart=mine)):
        with pytest.raises(carts.NoSuchCart):
            change()


def test_at_sign_in_a_guests_voucher_comes_along_unless_there_is_one():
    ada, ten, five = factories.user(), factories.voucher("10"), factories.voucher("5")
    for guests, expected in ((None, None), (ten, ten), (five, ten), (None, ten)):
        guest = factories.open_cart(factories.variant(), voucher=guests)
        assert carts.claim(public_id=guest.public_id, user_id=ada.pk)
        assert Cart.objects.get(user=ada).voucher == expected


def test_a_voucher_that_is_deleted_leaves_the_cart():
    ten = factories.voucher()
    mine = factories.open_cart(factories.variant(), voucher=ten)
    ten.delete()
    assert shown(mine)[0] is None


def test_codes_cannot_be_found_by_trying():
    mine, ten = carts.create(), factories.voucher()
    for _ in range(limits.CODES.times):
        with pytest.raises(VoucherUnknown):
            redeem(mine, "GUESS")
    with pytest.raises(TooManyTries):
        redeem(mine, ten.code)
    carts.redeem(cart=mine, code=ten.code, network="198.51.100.1")


def test_a_cart_with_a_voucher_is_read_by_one_statement(django_assert_num_queries):
    lines = [factories.variant() for _ in range(3)]
    mine = factories.open_cart(*lines, voucher=factories.voucher(limit=3))
    with django_assert_num_queries(1):
        assert cart_voucher(carts.find(public_id=mine.public_id)).discount.amount == Decimal("5.97")
