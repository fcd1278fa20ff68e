"""Carts: rows with one line for each variant, limits kept kindly, joined at sign-in."""

import pytest

from shop.cart import services as cart
from shop.cart.models import MAX_LINES, MAX_QUANTITY, Cart
from tests import factories

pytestmark = pytest.mark.django_db


def contents(of: Cart) -> dict[int, int]:
    return dict(of.lines.values_list("variant_id", "quantity"))


def test_adding_the_same_variant_twice_is_one_line():
    variant = factories.variant()
    mine = factories.open_cart(variant, variant)
    assert contents(mine) == {variant.pk: 2}


def test_more_than_there_is_gives_what_there_is_and_says_so():
    variant = factories.variant(stock=3)
    mine = cart.create()
    added = cart.add(cart=mine, variant_id=variant.pk, quantity=5)
    assert (added.quantity, added.limited) == (3, True)
    again = cart.add(cart=mine, variant_id=variant.pk)
    assert (again.quantity, again.limited) == (3, True)


def test_a_line_has_an_upper_limit():
    variant = factories.variant(stock=1000)
    mine = factories.open_cart(variant, quantity=90)
    assert cart.add(cart=mine, variant_id=variant.pk, quantity=90).quantity == MAX_QUANTITY


def test_what_is_sold_out_cannot_be_added():
    variant = factories.variant(stock=0)
    with pytest.raises(cart.SoldOut):
        cart.add(cart=cart.create(), variant_id=variant.pk)


def test_what_is_not_published_cannot_be_added():
    variant = factories.variant(published=False)
    with pytest.raises(cart.NoSuchVariant):
        cart.add(cart=cart.create(), variant_id=variant.pk)


def test_a_cart_has_room_for_so_many_lines(monkeypatch):
    monkeypatch.setattr(cart, "MAX_LINES", 2)
    assert MAX_LINES == 100
    mine = factories.open_cart(factories.variant(), factories.variant())
    with pytest.raises(cart.CartFull):
        cart.add(cart=mine, variant_id=factories.variant().pk)


def test_changing_to_nothing_removes_the_line():
    variant = factories.variant()
    mine = factories.open_cart(variant)
    assert cart.change(cart=mine, line_id=mine.lines.get().pk, quantity=0) == 0
    assert contents(mine) == {}


def test_changing_is_limited_by_stock():
    variant = factories.variant(stock=4)
    mine = factories.open_cart(variant)
    assert cart.change(cart=mine, line_id=mine.lines.get().pk, quantity=9) == 4


def test_removing_twice_is_no_error():
    mine = factories.open_cart(factories.variant())
    line_id = mine.lines.get().pk
    cart.remove(cart=mine, line_id=line_id)
    cart.remove(cart=mine, line_id=line_id)
    assert contents(mine) == {}


def test_a_line_of_another_cart_is_out_of_reach():
    theirs = factories.open_cart(factories.variant())
    with pytest.raises(cart.NoSuchLine):
        cart.change(cart=cart.create(), line_id=theirs.lines.get().pk, quantity=2)


def test_each_change_makes_a_new_version_and_an_old_one_is_refused():
    variant = factories.variant()
    mine = cart.create()
    cart.add(cart=mine, variant_id=variant.pk, version=0)
    with pytest.raises(cart.CartChanged):
        cart.add(cart=mine, variant_id=variant.pk, version=0)
    assert contents(mine) == {variant.pk: 1}


def test_a_cart_that_was_ordered_cannot_be_changed():
    mine = cart.create()
    Cart.objects.filter(pk=mine.pk).update(state=Cart.State.ORDERED)
    with pytest.raises(cart.NoSuchCart):
        cart.add(cart=mine, variant_id=factories.variant().pk)


def test_a_user_has_one_open_cart():
    ada = factories.user()
    assert cart.create(user_id=ada.pk) == cart.create(user_id=ada.pk)


def test_at_sign_in_the_guests_cart_joins_the_users():
    lamp, rug = factories.variant(), factories.variant()
    ada = factories.user()
    factories.open_cart(lamp, quantity=2, user_id=ada.pk)
    guest = factories.open_cart(lamp, rug)
    joined = cart.claim(public_id=guest.public_id, user_id=ada.pk)
    assert contents(joined) == {lamp.pk: 3, rug.pk: 1}
    assert cart.find(public_id=guest.public_id) is None


def test_claiming_twice_adds_nothing_twice():
    lamp = factories.variant()
    ada = factories.user()
    guest = factories.open_cart(lamp)
    for _ in range(2):
        joined = cart.claim(public_id=guest.public_id, user_id=ada.pk)
    assert contents(joined) == {lamp.pk: 1}


def test_a_users_cart_cannot_be_claimed_or_found_by_its_id():
    lamp = factories.variant()
    adas = factories.open_cart(lamp, user_id=factories.user().pk)
    bob = factories.user()
    assert cart.claim(public_id=adas.public_id, user_id=bob.pk) is None
    assert cart.find(public_id=adas.public_id) is None


def test_showing_a_cart_takes_the_same_queries_for_one_line_and_for_ten(django_assert_num_queries):
    for lines in (1, 10):
        made = factories.open_cart(*(factories.variant() for _ in range(lines)))
        with django_assert_num_queries(3):
            found = cart.find(public_id=made.public_id)
            assert sum(line.variant.price * line.quantity for line in found.lines.all())
            assert all(line.variant.stock.is_available for line in found.lines.all())


def test_joining_carts_keeps_to_the_room_for_lines(monkeypatch):
    ada, kept, new = factories.user(), factories.variant(), factories.variant()
    factories.open_cart(kept, user_id=ada.pk)
    monkeypatch.setattr(cart, "MAX_LINES", 2)
    for further in (new, factories.variant()):
        guest = factories.open_cart(further, kept)
        joined = cart.claim(public_id=guest.public_id, user_id=ada.pk)
    assert contents(joined) == {kept.pk: 3, new.pk: 1}
