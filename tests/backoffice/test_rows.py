"""The tables of the backoffice: each row leads to its page, can be selected, and shows what a shopper typed as text."""

import re

import pytest
from django.contrib.admin import site as admin_site

from shop.accounts.models import User
from shop.backoffice.cells import cell
from shop.catalog.models import Product, Variant
from shop.orders.models import Order
from tests import factories
from tests.backoffice.pages import address, change_page

pytestmark = pytest.mark.django_db


def table(browser, url, name="result_list"):
    """Return the table's rows as {class of a cell: its HTML}."""
    page = browser.get(url).content.decode()
    body = re.search(rf'id="{name}".*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    cells = re.compile(r'<(t[hd])[^>]* class="([\w-]+)"[^>]*>(.*?)</\1>', re.DOTALL)
    return [{css: html for _, css, html in cells.findall(row)} for row in body[1].split("</tr>") if row]


def test_a_row_leads_to_its_page_and_back_to_the_list_as_it_was(admin):
    rug = factories.product("Rug")
    (row,) = table(admin, f"{address(Product)}?published__exact=1")
    back = f'href="{change_page(rug)}?_changelist_filters=published__exact%3D1"'
    assert back in row["field-picture"]
    assert back in row["field-name"]
    assert "href" not in row["field-price"]


def test_a_row_can_be_selected_and_is_not_yet(admin):
    rug = factories.product("Rug")
    (row,) = table(admin, address(Product))
    box = row["action-checkbox"]
    assert all(part in box for part in (f'value="{rug.pk}"', "action-select", 'name="_selected_action"', "aria-label"))
    assert "checked" not in re.sub(r'class="[^"]*"', "", box)


def test_what_somebody_typed_is_shown_as_text(admin):
    factories.product("<b>Rug</b>")
    Product.objects.update(vendor="<i>Loom</i>")
    (row,) = table(admin, address(Product))
    assert row["field-vendor"] == "&lt;i&gt;Loom&lt;/i&gt;"
    assert "&lt;b&gt;Rug" in row["field-name"]
    assert "<b>" not in row["field-name"]


def test_a_cell_of_a_row_that_is_not_there_is_a_dash():
    variant = factories.product("Rug").variants.get()
    shown = cell(admin_site._registry[Variant], "stock")
    assert shown(variant) == str(variant.stock)
    variant.stock.delete()
    assert shown(Variant.objects.get()) == "-"


def test_a_window_that_chooses_a_row_learns_its_key(admin):
    rug = factories.product("Rug")
    (row,) = table(admin, f"{address(Product)}?_popup=1")
    assert f'data-popup-opener="{rug.pk}"' in row["field-name"]


def test_parts_of_a_record_lead_on_where_they_have_a_page(admin, order):
    placed = order()
    shopper = User.objects.create_user("guest@example.com", "a long password")
    Order.objects.filter(pk=placed.pk).update(user=shopper)
    (row,) = table(admin, change_page(shopper), "orders-group")
    assert f'href="{change_page(placed)}"' in row["field-number"]
    (line,) = table(admin, change_page(placed), "lines-group")
    assert "href" not in line["field-sku"]


def test_a_record_without_parts_says_so(admin):
    shopper = User.objects.create_user("guest@example.com", "a long password")
    assert "None yet." in admin.get(change_page(shopper)).content.decode()


def test_a_list_without_rows_offers_to_look_for_others(admin):
    factories.product("Rug")
    assert "Nothing matches" in admin.get(f"{address(Product)}?q=nowhere").content.decode()
