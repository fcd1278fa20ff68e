"""Staff look at a product before shoppers may; nobody else does, and no cache keeps it."""

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse

from shop.catalog.models import Product
from tests import factories
from tests.backoffice.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden():
    variant = factories.variant("12.00")
    Product.objects.filter(pk=variant.product_id).update(published=False, title="Not before Friday")
    return variant.product


def browser(email, *, staff, may_look=True):
    user = factories.user(email, is_staff=staff)
    if may_look:
        user.user_permissions.add(Permission.objects.get(codename="view_product"))
    return signed_in(user)


def test_staff_see_what_is_hidden_and_nobody_keeps_it(hidden, client):
    staff, address = browser("eva@example.com", staff=True), reverse("preview", args=[hidden.slug])
    before = set(cache.keys("page:*"))
    answer = staff.get(address)
    assert "Not before Friday" in answer.content.decode()
    assert "Only staff see this page" in answer.content.decode()
    assert "private" in answer["Cache-Control"] and "no-store" in answer["Cache-Control"]
    assert set(cache.keys("page:*")) == before
    assert client.get(reverse("product", args=[hidden.slug])).status_code == 404


def test_it_does_not_make_the_public_page_of_a_published_product_personal(client):
    shown = factories.variant("12.00").product
    browser("eva@example.com", staff=True).get(reverse("preview", args=[shown.slug]))
    assert "Only staff see this page" not in client.get(reverse("product", args=[shown.slug])).content.decode()


def test_customers_and_staff_without_the_right_find_nothing(hidden):
    address = reverse("preview", args=[hidden.slug])
    assert browser("ada@example.com", staff=False).get(address).status_code == 404
    assert browser("joe@example.com", staff=True, may_look=False).get(address).status_code == 404


def test_a_stranger_is_asked_to_sign_in_first(hidden, client):
    answer = client.get(reverse("preview", args=[hidden.slug]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_what_is_hidden_cannot_be_bought_from_it(hidden):
    staff = browser("eva@example.com", staff=True)
    answer = staff.post(reverse("cart_lines"), {"variant": hidden.variants.get().pk, "quantity": 1}, follow=True)
    assert "no longer sold" in answer.content.decode()


def test_the_admin_leads_to_the_preview_while_it_is_hidden(hidden):
    boss = signed_in(factories.user("boss@example.com", is_staff=True, is_superuser=True))
    page = boss.get(reverse("admin:catalog_product_change", args=[hidden.pk])).content.decode()
    assert reverse("preview", args=[hidden.slug]) in page
