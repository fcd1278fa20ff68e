"""The demo catalogue obeys the rules of a real one."""

import re
from collections import Counter
from decimal import Decimal

import pytest

from shop.backoffice.demo import charges
from shop.backoffice.demo.artwork.palettes import PALETTES
from shop.backoffice.demo.artwork.scenes import SCENES
from shop.backoffice.demo.artwork.stage import MOODS
from shop.backoffice.demo.catalogue import ean13, entries
from shop.backoffice.demo.kinds import CATEGORIES
from shop.catalog.html import sanitized

VARIANTS = [variant for entry in entries() for variant in entry.data.variants]


def test_there_are_enough_products_in_enough_categories():
    assert len(entries()) >= 64
    assert len({entry.path for entry in entries()}) >= 8
    assert {entry.path for entry in entries()} <= set(CATEGORIES)
    assert all(path[:-1] in CATEGORIES for path in CATEGORIES if len(path) > 1)


@pytest.mark.parametrize("values", [
    [entry.data.slug for entry in entries()],
    [variant.sku for variant in VARIANTS],
    [variant.barcode for variant in VARIANTS],
    [entry.data.body_html for entry in entries()],
    [entry.data.title for entry in entries()],
], ids=["slug", "sku", "barcode", "description", "title"])  # fmt: skip
def test_nothing_is_there_twice(values):
    assert [value for value, count in Counter(values).items() if count > 1] == []


def test_a_barcode_is_internal_and_its_digits_check():
    for variant in VARIANTS:
        digits = [int(digit) for digit in variant.barcode]
        assert len(digits) == 13
        assert 20 <= int(variant.barcode[:2]) <= 29
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
    assert ean13("PRT-1") == ean13("PRT-1") != ean13("PRT-2")


def test_prices_are_above_zero_and_what_is_reduced_cost_more_before():
    assert all(variant.price > 0 and variant.weight_g > 0 for variant in VARIANTS)
    before = [variant for variant in VARIANTS if variant.compare_at_price is not None]
    assert before
    assert all(Decimal("1.05") < variant.compare_at_price / variant.price < 2 for variant in before)


def test_every_combination_of_options_is_there_once():
    for entry in entries():
        values = [variant.option_values for variant in entry.data.variants]
        assert 1 <= len(values) <= 9, entry.data.slug
        assert len(set(values)) == len(values), entry.data.slug
        assert all(len(each) == len(entry.data.option_names) for each in values), entry.data.slug


def test_every_product_has_three_pictures_in_words_and_each_colour_its_own():
    for entry in entries():
        skus = {variant.sku for variant in entry.data.variants}
        assert len({image.shot for image in entry.images}) == len(entry.images) >= 3, entry.data.slug
        assert all(len(image.alt) > 20 for image in entry.images)
        assert {image.sku for image in entry.images} <= {"", *skus}
        assert all(image.shot.scene in SCENES and image.shot.look.mood in MOODS for image in entry.images)
        if "Colour" in entry.data.option_names:
            place = entry.data.option_names.index("Colour")
            colours = {variant.option_values[place] for variant in entry.data.variants}
            assert colours <= set(PALETTES)
            assert {image.shot.look.colourway for image in entry.images if image.sku} == colours, entry.data.slug


def test_descriptions_are_several_sentences_of_clean_html():
    for entry in entries():
        assert sanitized(entry.data.body_html) == entry.data.body_html
        text = re.sub(r"<[^>]+>", " ", entry.data.body_html)
        assert 3 <= len(re.findall(r"[.?!](?=\s|$)", text)) <= 6, entry.data.slug
        assert len(entry.data.seo_description) <= 160
        assert {"Material", "Care", "Origin", "Dimensions"} <= set(entry.data.attributes)


def test_some_is_sold_out_some_is_low_and_most_is_there():
    totals = [list(entry.stock.values()) for entry in entries()]
    assert sum(1 for pieces in totals if not any(pieces)) >= 3
    assert sum(1 for pieces in totals if any(pieces) and not all(pieces)) >= 5
    assert sum(1 for pieces in totals if any(0 < each <= 3 for each in pieces)) >= 5
    assert sum(1 for pieces in totals if all(pieces)) > len(totals) / 2


def test_new_products_are_of_different_kinds():
    newest = sorted(entries(), key=lambda entry: entry.data.published_at, reverse=True)[:8]
    assert len({entry.data.product_type for entry in newest}) >= 6


def test_every_country_of_the_union_has_its_tax_and_delivery_reaches_the_world():
    assert len(charges.VAT) == 27
    assert all(Decimal(reduced) <= Decimal(standard) <= 27 for standard, reduced in charges.VAT.values())
    standard = next(method for method in charges.METHODS if method.code == "standard")
    named = [country for rate in standard.rates for country in rate.countries]
    assert len(named) == len(set(named))
    assert {"DE", "AT", "CH", "GB", "US", *charges.VAT} <= set(named)
    assert any(not rate.countries for rate in standard.rates)
