"""Prices include tax; what a cart costs is a pure function of its lines."""

import operator
from decimal import Decimal

import pytest

from shop.money import Money
from shop.pricing.totals import Item, contained_tax, price


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_amounts_of_two_currencies_are_neither_added_nor_compared():
    dollars = Money(Decimal(1), "USD")
    for question in (operator.add, operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(ValueError, match="EUR and USD"):
            question(euro("2.00"), dollars)
    assert euro("1.00") != dollars
    assert euro("1.00") <= euro("1.00") < euro("2.00") == max(euro("1.00"), euro("2.00"))


def test_tax_is_inside_the_price():
    assert contained_tax(euro("119.00"), Decimal(19)) == euro("19.00")
    assert contained_tax(euro("0.05"), Decimal(19)) == euro("0.01")


def test_lines_delivery_and_tax_add_up():
    items = [Item(1, 2, euro("10.70"), "reduced"), Item(2, 1, euro("119.00"))]
    totals = price(items, rates={"standard": Decimal(19), "reduced": Decimal(7)}, shipping=euro("4.90"))
    assert totals.subtotal == euro("140.40")
    assert totals.total == euro("145.30")
    assert totals.tax == euro("1.40") + euro("19.00") + euro("0.78")


def test_a_country_without_rates_has_no_tax():
    totals = price([Item(1, 1, euro("119.00"))], rates={}, shipping=euro("20"))
    assert totals.tax == euro("0")
    assert totals.total == euro("139")


def test_what_is_not_taxable_carries_no_tax():
    totals = price([Item(1, 1, euro("50"), taxable=False)], rates={"standard": Decimal(19)}, shipping=euro("0"))
    assert totals.tax == euro("0")


def test_an_empty_cart_costs_nothing():
    assert price([], rates={}, shipping=euro("0")).total == euro("0")
