"""Counting again, and changing how a variant is sold."""

import pytest

from shop.inventory import services as inventory
from shop.inventory.models import Stock, StockMovement
from shop.inventory.services import PiecesOwed, Terms
from tests import factories

pytestmark = pytest.mark.django_db


def on_hand(variant):
    return Stock.objects.get(variant=variant).on_hand


def test_a_correction_adds_to_what_is_there_now_and_leaves_a_movement():
    variant = factories.variant(stock=5)
    inventory.take({variant.pk: 2}, reference="order")
    inventory.correct({variant.pk: 4}, reference="count")
    assert on_hand(variant) == 7
    movement = StockMovement.objects.latest("pk")
    assert (movement.change, movement.reason, movement.reference) == (4, "corrected", "count")


def test_a_correction_below_zero_is_refused_whole():
    rich, poor = factories.variant(stock=5), factories.variant(stock=1)
    with pytest.raises(PiecesOwed):
        inventory.correct({rich.pk: -1, poor.pk: -2})
    assert (on_hand(rich), on_hand(poor)) == (5, 1)
    assert not StockMovement.objects.filter(change__lt=0).exists()


def test_a_correction_by_nothing_leaves_no_movement():
    variant = factories.variant(stock=5)
    inventory.correct({variant.pk: 0})
    assert StockMovement.objects.count() == 1


def test_a_variant_without_a_stock_row_gets_one():
    variant = factories.variant()
    Stock.objects.all().delete()
    inventory.correct({variant.pk: 3})
    inventory.configure({variant.pk: Terms(tracked=False)})
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.tracked, stock.allow_backorder) == (3, False, False)


def test_what_is_owed_cannot_be_limited_to_what_is_there():
    variant = factories.variant(stock=0)
    inventory.configure({variant.pk: Terms(allow_backorder=True)})
    inventory.take({variant.pk: 2}, reference="order")
    with pytest.raises(PiecesOwed):
        inventory.configure({variant.pk: Terms()})
    assert Stock.objects.get().allow_backorder


def test_setting_many_costs_as_many_queries_as_setting_one(django_assert_num_queries):
    ids = [factories.variant().pk for _number in range(6)]
    with django_assert_num_queries(5):
        inventory.configure({ids[0]: Terms(allow_backorder=True)})
    with django_assert_num_queries(5):
        inventory.configure(dict.fromkeys(ids, Terms(tracked=False)))
