"""Stock: all or nothing, never below zero, and the ledger adds up to it."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from shop.inventory import services as inventory
from shop.inventory.models import Stock, StockMovement
from tests import factories

pytestmark = pytest.mark.django_db


def on_hand(*variants: object) -> list[int]:
    return [Stock.objects.get(variant=variant).on_hand for variant in variants]


def test_taking_is_all_or_nothing():
    lamp, rug = factories.variant(stock=5), factories.variant(stock=1)
    with pytest.raises(inventory.OutOfStock) as refusal, transaction.atomic():
        inventory.take({lamp.pk: 2, rug.pk: 2}, reference="A")
    assert refusal.value.details == {"missing": {str(rug.pk): 1}}
    assert on_hand(lamp, rug) == [5, 1]


def test_what_is_put_back_can_be_taken_again():
    lamp = factories.variant(stock=1)
    inventory.take({lamp.pk: 1}, reference="A")
    inventory.put_back({lamp.pk: 1}, reference="A")
    assert on_hand(lamp) == [1]


def test_back_orders_and_uncounted_stock_have_no_limit():
    for flags in ({"allow_backorder": True}, {"tracked": False}):
        lamp = factories.variant(stock=0)
        Stock.objects.filter(variant=lamp).update(**flags)
        inventory.take({lamp.pk: 3}, reference="A")
        assert on_hand(lamp) == [-3]


def test_a_variant_without_a_stock_row_cannot_be_taken():
    lamp = factories.variant()
    Stock.objects.all().delete()
    with pytest.raises(inventory.OutOfStock), transaction.atomic():
        inventory.take({lamp.pk: 1}, reference="A")


def test_the_database_refuses_what_the_code_would_forget():
    lamp = factories.variant(stock=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(variant=lamp).update(on_hand=-1)


def test_the_ledger_adds_up_to_the_stock():
    lamp = factories.variant(stock=7)
    inventory.take({lamp.pk: 3}, reference="A")
    inventory.put_back({lamp.pk: 1}, reference="A")
    inventory.set_levels({lamp.pk: 20}, reference="count")
    assert StockMovement.objects.filter(variant=lamp).aggregate(sum=Sum("change"))["sum"] == 20 == on_hand(lamp)[0]


def test_setting_a_level_again_writes_no_movement():
    lamp = factories.variant(stock=7)
    inventory.set_levels({lamp.pk: 7})
    assert StockMovement.objects.filter(variant=lamp).count() == 1


def test_taking_is_one_query_for_any_number_of_variants(django_assert_num_queries):
    variants = [factories.variant() for _ in range(8)]
    with django_assert_num_queries(1):
        inventory.take({variant.pk: 1 for variant in variants}, reference="A")
