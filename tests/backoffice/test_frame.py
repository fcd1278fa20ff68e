"""What frames each page of the backoffice: the sidebar, the way here, and how the theme is told to look."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.template import Context, Template
from django.utils import translation

from shop.catalog.models import Product
from shop.orders.models import Order
from shop.payments.models import Payment
from tests import factories
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address, change_page

pytestmark = pytest.mark.django_db


def sidebar(browser, url="/admin/"):
    """Return {address: attributes and content} of its entries, in their order."""
    page = browser.get(url).content.decode()
    html = re.search(r'<div id="nav-sidebar-apps".*?<div class="border-t', page, re.DOTALL)[0]
    return dict(re.findall(r'<a href="([^"]*)"(.*?)</a>', html, re.DOTALL))


def packer(*codenames):
    user = factories.user("packer@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(user)


def test_who_may_look_or_change_sees_the_entry_and_nobody_else_does():
    browser = packer("view_order", "change_product", "add_category", "delete_payment")
    assert list(sidebar(browser)) == ["/admin/", address(Order), address(Product)]


def test_the_group_of_which_nothing_may_be_seen_has_no_heading(admin):
    browser = packer("view_order")
    assert "Operations" in admin.get("/admin/").content.decode()
    assert "Operations" not in browser.get("/admin/").content.decode()


@pytest.mark.parametrize(("where", "status"), [(address(Product), 403), ("/admin/nothing/at/all/", 404)])
def test_who_comes_where_nothing_is_for_them_finds_back(where, status):
    answer = packer("view_order").get(where)
    assert answer.status_code == status
    assert 'href="/admin/">Back to the admin</a>' in answer.content.decode()


@pytest.mark.parametrize("where", ["list", "row"])
def test_the_entry_of_the_page_is_marked_and_no_other(admin, where):
    rug = factories.product("Rug")
    entries = sidebar(admin, address(Product) if where == "list" else change_page(rug))
    assert [path for path, rest in entries.items() if 'aria-current="page"' in rest] == [address(Product)]


def test_a_row_tells_the_way_to_it_and_leads_back_to_the_list_as_it_was(admin, order):
    placed = order()
    page = admin.get(f"{change_page(placed)}?_changelist_filters=state__exact%3Dplaced").content.decode()
    assert re.search(rf'href="{address(Order)}\?state__exact=placed"[^>]*title="Go back"', page)
    heading = re.search(r"<h1.*?</h1>", page, re.DOTALL)[0]
    links = re.findall(r'href="([^"]*)"', heading)
    assert links == [address(Order), change_page(placed)]
    assert placed.number in heading


def test_a_list_offers_all_rows_where_it_shows_only_some(admin):
    factories.product("Rug")
    assert "Show all" not in admin.get(address(Product)).content.decode()
    for narrowed in ("?q=rug", "?published__exact=1"):
        assert "1 result (" in re.sub(r"\s+", " ", admin.get(address(Product) + narrowed).content.decode())


def test_the_way_here_names_each_step_once_and_a_row_as_it_is(admin, order):
    def steps(row):
        return re.findall(
            r'<a href="[^"]*" class="align-middle[^>]*>([^<]*)</a>', admin.get(change_page(row)).content.decode()
        )

    placed = order()
    assert steps(placed) == ["Orders", placed.number]
    assert steps(factories.product("iron lamp")) == ["Catalogue", "Products", "iron lamp"]


def test_moments_are_written_as_on_the_customers_page(admin, order):
    placed = order()
    Order.objects.update(placed_at=datetime(2026, 11, 27, 17, 5, tzinfo=UTC))
    assert "27 Nov 2026, 17:05" in admin.get(change_page(placed)).content.decode()


def test_each_language_has_its_own_texts(admin, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    with translation.override("en"):  # what the middleware speaks at last, later tests would speak, too
        assert "Log out" in admin.get("/admin/").content.decode()
        page = admin.get(address(Payment), headers={"accept-language": "de"}).content.decode()
    assert "Abmelden" in page
    assert '<html lang="de"' in page


def test_what_is_made_once_knows_the_settings_and_nothing_of_the_page(settings):
    page = Template("{% load backoffice_frame %}{% once %}[{{ secret }}{{ site_title }}]{% endonce %}{{ secret }}")
    assert page.render(Context({"secret": "a"})) == f"[{settings.SHOP_NAME}]a"
    assert page.render(Context({"secret": "b"})) == f"[{settings.SHOP_NAME}]b"


def test_what_is_kept_of_a_page_holds_nothing_of_who_asked_first(admin, viewer):
    first, other = (browser.get("/admin/").content.decode() for browser in (admin, viewer))
    assert "boss@example.com" in first
    assert "boss@example.com" not in other
    tokens = [re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in (first, other)]
    assert tokens[0] != tokens[1]


def test_the_sign_in_page_names_its_icon(client):
    page = client.get("/admin/login/?next=/admin/").content.decode()
    assert re.search(r'<link rel="icon"\s+href="/static/storefront/img/mark[^"]*svg"', page)


def test_no_other_site_gets_anything_from_its_pages(admin):
    """Inline scripts are the theme's; whatever slipped into one could at least call nobody."""
    policy = admin.get("/admin/")["Content-Security-Policy"]
    said = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert (said["default-src"], said["form-action"].split()[0], said["base-uri"]) == ("'self'", "'self'", "'self'")
    assert "connect-src" not in said
    assert "http" not in said["script-src"]
