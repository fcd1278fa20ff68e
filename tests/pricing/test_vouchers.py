"""What a voucher takes off, to the cent, and when it takes off nothing."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shop.money import Money, total
from shop.pricing import vouchers
from shop.pricing.totals import Item, contained_tax, price
from shop.pricing.vouchers import VoucherTerms, reduction, refusal

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RATES = {"standard": Decimal(19), "reduced": Decimal(7)}


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def terms(value: str = "10", kind: str = "percent", **facts) -> VoucherTerms:
    plain = VoucherTerms(1, "TEN", kind, Decimal(value), Decimal(0), None, None, None, None, 0, True)
    return plain._replace(**facts)


def taken(voucher: VoucherTerms, *lines: str, delivery: str = "4.90") -> list[str]:
    """Return what is taken off each line, and last off delivery."""
    off = reduction(voucher, [euro(line) for line in lines], euro(delivery))
    return [str(amount.amount) for amount in (*off.lines, off.delivery)]


def test_per_cent_of_the_goods_is_rounded_once_and_not_for_each_line():
    assert taken(terms("10"), "0.05", "0.05", "0.05") == ["0.01", "0.01", "0.00", "0.00"]  # of 0.15: 0.015, so 0.02
    assert taken(terms("33.33"), "10.00", "20.00") == ["3.33", "6.67", "0.00"]
    assert taken(terms("100"), "19.99", "0.01") == ["19.99", "0.01", "0.00"]


def test_an_amount_is_shared_by_what_lines_cost_and_never_more_than_they_do():
    assert taken(terms("5", "amount"), "10.00", "20.00") == ["1.67", "3.33", "0.00"]
    assert taken(terms("50", "amount"), "10.00", "20.00") == ["10.00", "20.00", "0.00"]
    assert taken(terms("5", "amount"), "0.00") == ["0.00", "0.00"]


def test_free_delivery_takes_off_delivery_alone():
    assert taken(terms("0", "free_delivery"), "10.00") == ["0.00", "4.90"]


def test_the_parts_are_the_whole_and_none_is_more_than_its_line():
    chance = random.Random(7)
    for _ in range(2000):
        lines = [Money(Decimal(chance.randrange(0, 5000)) / 100, "EUR") for _ in range(chance.randrange(1, 9))]
        value = str(Decimal(chance.randrange(1, 10_001)) / 100)
        off = reduction(terms(value, chance.choice(("percent", "amount"))), lines, euro("4.90"))
        assert total(off.lines, "EUR") == off.total
        assert all(euro("0") <= part <= line for part, line in zip(off.lines, lines, strict=True))


def test_tax_is_of_what_is_left():
    items = [Item(1, 1, euro("119.00")), Item(2, 1, euro("10.70"), "reduced")]
    plain = price(items, rates=RATES, shipping=euro("4.90"))
    totals = price(items, rates=RATES, shipping=euro("4.90"), voucher=terms("50"))
    assert (totals.subtotal, totals.shipping) == (plain.subtotal, plain.shipping)
    assert (totals.discount, totals.total) == (euro("64.85"), euro("69.75"))
    assert [(line.total, line.discount, line.tax) for line in totals.items] == [
        (euro("119.00"), euro("59.50"), euro("9.50")),
        (euro("10.70"), euro("5.35"), euro("0.35")),
    ]
    assert totals.tax == euro("9.50") + euro("0.35") + contained_tax(euro("4.90"), Decimal(19))


def test_free_delivery_carries_no_tax():
    totals = price([Item(1, 1, euro("0"))], rates=RATES, shipping=euro("4.90"), voucher=terms("0", "free_delivery"))
    assert (totals.total, totals.tax, totals.discount) == (euro("0"), euro("0"), euro("4.90"))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"active": False}, "unknown"),
        ({"active": False, "ends_at": NOW}, "unknown"),
        ({"starts_at": NOW + HOUR}, "not_yet"),
        ({"starts_at": NOW, "ends_at": NOW + HOUR}, None),
        ({"ends_at": NOW}, "ended"),
        ({"limit": 5, "used": 5}, "used_up"),
        ({"limit": 5, "used": 4}, None),
        ({"limit_per_customer": 1, "used": 9}, None),
        ({"min_subtotal": Decimal("50.00")}, None),
        ({"min_subtotal": Decimal("50.01")}, "minimum"),
    ],
)
def test_why_a_voucher_takes_nothing_off(facts, reason):
    refused = refusal(terms(**facts), euro("50.00"), NOW)
    assert (refused.reason if refused else None) == reason


def test_what_is_missing_is_said_and_when_it_begins():
    missing = refusal(terms(min_subtotal=Decimal(60)), euro("50.10"), NOW)
    assert missing.details == {"missing": {"amount": "9.90", "currency": "EUR"}}
    assert "€9.90" in missing.message
    later = vouchers.closed(terms(starts_at=NOW), NOW - HOUR)
    assert datetime.fromisoformat(later.details["starts_at"]) == NOW
    assert "27" in later.message
    assert "2026" in later.message
