"""Every page of the admin opens, shows staff what they may see, and costs the same however much there is."""

from datetime import timedelta

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.accounts.models import Address, RefreshFamily, User
from shop.catalog import services as catalog
from shop.catalog.models import Category, Product, Variant
from shop.information.models import Page
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments.models import GiftCard, Payment
from shop.platform import media
from shop.platform.models import DeadLetter, Inspection, OutboxMessage, Pod, WebhookDelivery, WebhookEndpoint
from shop.platform.webhooks import delivery, endpoints
from shop.pricing.models import Redemption, ShippingMethod, TaxRate, Voucher
from shop.privacy import export
from shop.privacy.models import Request
from tests import factories
from tests.backoffice.pages import address, change_page, nameless, nowhere, save

MODELS = [
    Product, Category, Variant, Order, Payment, TaxRate, ShippingMethod, User, Address, RefreshFamily, Group, Mail,
    OutboxMessage, DeadLetter, Inspection, Page, Voucher, GiftCard, Request, WebhookEndpoint, WebhookDelivery,
]  # fmt: skip
# Nobody adds these by hand
RECORDS = [Order, Payment, Mail, OutboxMessage, DeadLetter, Inspection, RefreshFamily, Variant, WebhookDelivery]


def fill(order, count):
    """So many rows of everything."""
    for number in range(count):
        shirts = catalog.category(["Clothes", f"Shirts {next(factories.count)}"])
        product = factories.product(prices=("10", "12"), categories=(shirts,))
        picture = media.store(SimpleUploadedFile("a.jpg", factories.jpeg(60 + next(factories.count), 40).getvalue()))
        catalog.set_images(product, [catalog.ImageData(picture.pk)])
        user = factories.user()
        placed = order()
        Order.objects.filter(pk=placed.pk).update(user=user)
        details = {"name": "A", "line1": "B 1", "city": "C", "country": "DE"}
        Address.objects.create(user=user, **details)
        RefreshFamily.objects.create(user=user, current="x", expires_at=timezone.now() + timedelta(days=1))
        TaxRate.objects.create(country="DE", tax_class=f"class {user.pk}", rate=7)
        Inspection.objects.create(name=f"check {user.pk}", begun_at=timezone.now(), ended_at=timezone.now())
        Page.objects.create(slug=f"page-{user.pk}", title="Page", body_html="<p>About</p>")
        Redemption.objects.create(voucher=factories.voucher(), order=placed, amount=1)
        factories.gift_card(issued_by=user)
        export.write_down(actor=user.email)
        told, _secret = endpoints.make(url=f"https://hooks.example/{user.pk}", kinds=[])
        delivery.send_test(told.pk)
        Group.objects.create(name=f"Packers {user.pk} {number}")
    OutboxMessage.objects.update(dead_at=timezone.now())


def queries(browser, url):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_this_file_knows_every_model_of_the_admin():
    assert set(django_admin.site._registry) == {*MODELS, Pod}  # its one page has tests of its own


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
class TestEachModel:
    def test_its_pages_open(self, admin, order, model):
        fill(order, 1)
        row = model.objects.first()
        assert admin.get(address(model)).status_code == 200
        assert admin.get(change_page(row)).status_code == 200
        assert admin.get(address(model), {"q": "ab"}).status_code == 200
        assert admin.get(address(model), {"q": "ada@example.com"}).status_code == 200
        assert admin.get(address(model, "add")).status_code == (403 if model in RECORDS else 200)

    def test_each_field_has_a_name_and_what_describes_it_is_there(self, admin, order, model):
        fill(order, 1)
        addresses = [address(model), change_page(model.objects.first())]
        addresses += [] if model in RECORDS else [address(model, "add")]
        pages = [admin.get(each).content.decode() for each in addresses]
        assert set().union(*map(nowhere, pages)) == set()
        assert set().union(*map(nameless, pages)) == set()

    def test_its_empty_list_opens(self, admin, model):
        assert admin.get(address(model)).status_code == 200

    def test_who_may_only_look_can_read_and_not_write(self, viewer, order, model):
        fill(order, 1)
        row = model.objects.first()
        assert viewer.get(address(model)).status_code == 200
        page = viewer.get(change_page(row))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert viewer.post(change_page(row), {}).status_code == 403
        assert viewer.get(address(model, "add")).status_code == 403


def test_lists_cost_the_same_for_one_row_and_for_several(admin, order):
    fill(order, 1)
    for model in MODELS:
        queries(admin, address(model))  # the first time
    few = {model: queries(admin, address(model)) for model in MODELS}
    fill(order, 4)
    assert {model: queries(admin, address(model)) for model in MODELS} == few


def test_who_may_nothing_sees_nothing(client, order):
    fill(order, 1)
    client.force_login(factories.user(is_staff=True))
    pages = [page for model in MODELS for page in (address(model), change_page(model.objects.first()))]
    assert {page for page in pages if client.get(page).status_code != 403} == set()


@pytest.mark.parametrize("model", [Product, Order, Category, ShippingMethod], ids=lambda model: model.__name__)
def test_a_page_costs_the_same_for_few_rows_inside_and_for_many(admin, order, model):
    fill(order, 2)
    row = order(lines=1) if model is Order else model.objects.first()
    queries(admin, change_page(row))  # the first request reads the session from the database
    few = queries(admin, change_page(row))
    if model is Order:
        row = order(lines=5)
    if model is Product:
        pictures = [media.store(factories.jpeg(200 + width, 40)).pk for width in range(5)]
        catalog.set_images(row, [catalog.ImageData(picture) for picture in pictures])
        for size in ("L", "XL"):
            Variant.objects.create(product=row, sku=f"more-{size}", option_values=[size], price=3)
    assert queries(admin, change_page(row)) == few


def test_a_list_never_counts_a_whole_table(admin, order, monkeypatch):
    monkeypatch.setattr("shop.backoffice.lists.COUNTED", 2)
    fill(order, 3)
    with CaptureQueriesContext(connection) as captured:
        assert "2 products" in admin.get(address(Product)).content.decode()
    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
    assert counts
    assert all("LIMIT " in sql for sql in counts)
    assert not [sql for sql in counts if "SUM(" in sql], "pieces in stock are summed for the rows that are shown, only"


@pytest.mark.parametrize("asked", ["orders/order/?state__exact=", "platform/deadletter/?queue="])
def test_a_filter_by_what_no_column_can_hold_shows_the_whole_list(admin, asked):
    answer = admin.get(f"/admin/{asked}%00")
    assert answer["Location"] == f"/admin/{asked.partition('?')[0]}?e=1"
    assert admin.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("key", ["x", "\x00"])
def test_an_action_on_a_row_that_cannot_be_changes_nothing(admin, key):
    rug = factories.product("Rug")
    sent = {"action": "unpublish", "_selected_action": [rug.pk, key], "index": 0}
    assert "No such row is in this list" in admin.post(address(Product), sent, follow=True).content.decode()
    rug.refresh_from_db()
    assert rug.published


@pytest.mark.parametrize("page", ["change", "history"])
def test_a_row_that_no_column_can_name_is_not_there(admin, page):
    answer = admin.get(f"/admin/platform/pod/%00/{page}/")
    assert answer["Location"] == "/admin/"


@pytest.mark.django_db
def test_strangers_and_customers_are_asked_to_sign_in(client):
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    client.force_login(factories.user())
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


@pytest.mark.django_db
def test_the_sign_in_page_leads_to_the_front_page(client):
    factories.user("boss@example.com", "grey wet otter 7", is_staff=True)
    page = client.get("/admin/login/")["Location"]
    answer = client.post(page, {"username": "boss@example.com", "password": "grey wet otter 7"})
    assert answer["Location"] == "/admin/"


def test_the_sidebar_holds_what_this_member_of_staff_may_see(client, admin):
    user = factories.user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert address(Order) in page
    assert address(Product) not in page
    assert address(Product) in admin.get("/admin/").content.decode()


class TestTheSearchBox:
    def find(self, browser, term):
        return browser.get("/admin/search/", {"s": term, "extended": "1"}).content.decode()

    def test_it_finds_orders_products_and_accounts(self, admin, order):
        placed = order()
        product = factories.product("Moorish tiles")
        user = factories.user("grace@example.com")
        assert change_page(placed) in self.find(admin, placed.number.replace("-", "").lower())
        assert change_page(product) in self.find(admin, "moorish til")
        assert change_page(product) in self.find(admin, product.variants.get().sku)
        assert change_page(user) in self.find(admin, "grace")

    def test_it_shows_nobody_what_they_may_not_see(self, client, order):
        placed = order()
        client.force_login(factories.user(is_staff=True))
        assert change_page(placed) not in self.find(client, placed.number)

    def test_a_letter_and_nothing_are_no_search(self, admin, order):
        order()
        assert "No results" in self.find(admin, "a")
        assert "No results" in self.find(admin, "")

    def test_what_no_column_can_hold_is_found_nowhere(self, admin):
        assert "No results" in self.find(admin, "a\x00b")


@pytest.mark.parametrize("value", ["\x00", "1e999", "x"])
def test_a_choice_that_is_no_row_is_refused_beside_its_field(admin, value):
    product = factories.product()
    answer = save(admin, change_page(product), categories=value)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"categories"}
    answer = save(admin, address(Address, "add"), user=value)
    assert "user" in answer.context["adminform"].form.errors
