"""Carts: rows with one line for each variant, limits kept kindly, joined at sign-in."""

import pytest
from django.db import connection

from shop.cart import pouring
from shop.cart import services as cart
from shop.cart.models import MAX_LINES, MAX_QUANTITY, Cart
from shop.catalog import pictures
from shop.catalog.models import ProductImage
from shop.platform.models import Image
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


def test_a_refusal_makes_no_new_version():
    gone, lamp = factories.variant(stock=0), factories.variant(stock=1)
    mine = factories.open_cart(lamp)
    with pytest.raises(cart.SoldOut):
        cart.add(cart=mine, variant_id=gone.pk)
    cart.add(cart=mine, variant_id=lamp.pk)
    mine.refresh_from_db()
    assert mine.version == 1


@pytest.mark.parametrize("verb", ["add", "change", "remove"])
def test_a_change_is_one_statement(django_assert_num_queries, verb):
    lamp = factories.variant()
    mine = factories.open_cart(lamp)
    line = mine.lines.get().pk
    wanted = {"add": {"variant_id": lamp.pk}, "change": {"line_id": line, "quantity": 2}, "remove": {"line_id": line}}
    with django_assert_num_queries(1):
        getattr(cart, verb)(cart=mine, **wanted[verb])


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
        with django_assert_num_queries(1):
            found = cart.find(public_id=made.public_id)
            assert len(found.lines) == found.count == lines
            assert all((line.variant.left, line.variant.product.is_public) == (10, True) for line in found.lines)


def test_joining_carts_keeps_to_the_room_for_lines(monkeypatch):
    ada, kept, new = factories.user(), factories.variant(), factories.variant()
    factories.open_cart(kept, user_id=ada.pk)
    monkeypatch.setattr(pouring, "MAX_LINES", 2)
    for further in (new, factories.variant()):
        guest = factories.open_cart(further, kept)
        joined = cart.claim(public_id=guest.public_id, user_id=ada.pk)
    assert contents(joined) == {kept.pk: 3, new.pk: 1}


def test_a_line_shows_the_same_picture_as_the_products_page():
    """The rule is written twice: in Python for pages, in SQL for carts."""
    colours = [("red", "S"), ("red", "M"), ("blue", "S"), ("green", "L")]
    shown = factories.product(prices=("1",) * len(colours))
    variants = list(shown.variants.order_by("id"))
    for variant, values in zip(variants, colours, strict=True):
        variant.option_values = values
        variant.save()
    red, _, blue, _ = variants
    for position, pictured in enumerate((None, blue, red)):
        facts = {"sha256": str(position), "key": f"{position}.jpg", "size": 1, "width": 1, "height": 1}
        picture = Image.objects.create(**facts)
        ProductImage.objects.create(product=shown, variant=pictured, image=picture, position=position)
    images = list(shown.images.order_by("position", "id"))
    expected = [pictures.of_variant(one, images, {one.pk: one for one in variants}).image_id for one in variants]
    found = cart.find(public_id=factories.open_cart(*variants).public_id)
    assert [line.variant.picture.pk for line in found.lines] == expected
    assert len(set(expected)) == 3


WIDEN = "ALTER TABLE catalog_variant ALTER sku TYPE varchar(300), ALTER price TYPE numeric(14, 2)"


def test_a_column_that_a_migration_widens_stops_no_open_connection():
    """Plans are kept for each connection: one whose result changes its type would fail from then on."""
    mine = factories.open_cart(factories.variant())
    before = cart.find(public_id=mine.public_id)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DO $$ BEGIN {WIDEN}; END $$")  # as another connection would: psycopg does not see ALTER
    assert cart.find(public_id=mine.public_id) == before
