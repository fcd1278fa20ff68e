"""Two changes of one cart at the same moment: the second waits, and decides on what the first has left.

Each is one statement, which sees lines as they were when it began.
"""

import pytest

from shop.cart import services as carts
from shop.cart.models import Cart
from tests import factories
from tests.at_once import second

pytestmark = pytest.mark.django_db(transaction=True)


def contents(of: Cart) -> dict[int, int]:
    return dict(of.lines.values_list("variant_id", "quantity"))


def test_pieces_of_two_additions_add_up_to_no_more_than_there_are():
    lamp = factories.variant(stock=5)
    mine = factories.open_cart(lamp)
    added = second(
        lambda: carts.add(cart=mine, variant_id=lamp.pk, quantity=2),
        carts.add,
        cart=mine,
        variant_id=lamp.pk,
        quantity=3,
    )
    assert (added.quantity, added.limited) == (5, True)
    assert contents(mine) == {lamp.pk: 5}


def test_two_new_lines_do_not_both_take_the_last_place(monkeypatch):
    monkeypatch.setattr(carts, "MAX_LINES", 2)
    lamp, rug, chair = (factories.variant() for _ in range(3))
    mine = factories.open_cart(lamp)
    with pytest.raises(carts.CartFull):
        second(lambda: carts.add(cart=mine, variant_id=rug.pk), carts.add, cart=mine, variant_id=chair.pk)
    assert contents(mine) == {lamp.pk: 1, rug.pk: 1}


def test_a_version_that_was_right_at_the_beginning_is_refused():
    lamp, rug = factories.variant(), factories.variant()
    mine = factories.open_cart(lamp)
    with pytest.raises(carts.CartChanged):
        second(lambda: carts.add(cart=mine, variant_id=lamp.pk), carts.add, cart=mine, variant_id=rug.pk, version=1)
    assert contents(mine) == {lamp.pk: 2}


def test_a_line_that_is_removed_meanwhile_cannot_be_changed():
    mine = factories.open_cart(factories.variant())
    line = mine.lines.get().pk
    with pytest.raises(carts.NoSuchLine):
        second(lambda: carts.remove(cart=mine, line_id=line), carts.change, cart=mine, line_id=line, quantity=5)


def test_nothing_gets_into_a_cart_that_is_ordered_meanwhile():
    lamp = factories.variant()
    mine = factories.open_cart(lamp)
    ordered = Cart.objects.filter(pk=mine.pk)
    with pytest.raises(carts.NoSuchCart):
        second(lambda: ordered.update(state=Cart.State.ORDERED), carts.add, cart=mine, variant_id=lamp.pk)
    assert contents(mine) == {lamp.pk: 1}


def test_who_waited_for_one_that_gave_up_goes_on():
    lamp = factories.variant()
    mine = factories.open_cart(lamp)
    held = Cart.objects.select_for_update().filter(pk=mine.pk)
    assert second(lambda: list(held), carts.add, cart=mine, variant_id=lamp.pk).quantity == 2


def test_of_two_vouchers_for_one_version_of_a_cart_the_first_stays():
    ten, five = factories.voucher("10"), factories.voucher("5")
    mine = factories.open_cart(factories.variant())
    facts = {"cart": mine, "network": "192.0.2.1", "version": 1}
    with pytest.raises(carts.CartChanged):
        second(lambda: carts.redeem(code=ten.code, **facts), carts.redeem, code=five.code, **facts)
    assert carts.find(public_id=mine.public_id).voucher.pk == ten.pk


def test_what_is_taken_out_of_the_catalogue_meanwhile_is_no_longer_sold():
    lamp = factories.variant()
    mine = factories.open_cart(factories.variant())
    with pytest.raises(carts.NoSuchVariant):
        second(lamp.delete, carts.add, cart=mine, variant_id=lamp.pk)
    assert lamp.pk not in contents(mine)


def test_who_signs_in_while_an_item_is_deleted_keeps_the_others():
    lamp, rug = factories.variant(), factories.variant()
    guest, user = factories.open_cart(lamp, rug), factories.user()
    assert second(lamp.delete, carts.claim, public_id=guest.public_id, user_id=user.pk).user_id == user.pk
    assert contents(Cart.objects.get(user=user)) == {rug.pk: 1}
