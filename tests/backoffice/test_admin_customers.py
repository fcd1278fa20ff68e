"""Accounts, and who may give rights to whom; delivery prices and tax rates."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from shop.accounts.models import Address, RefreshFamily, User
from shop.pricing.models import ShippingMethod, TaxRate
from tests import factories
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address, change_page, problems, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db):
    """A member of staff who looks after accounts."""
    user = factories.user("clerk@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return signed_in(user)


def test_an_account_is_made_with_an_address_and_a_password(admin):
    values = {
        "email": "new@example.com",
        "name": "New",
        "password1": "grey wet otter 7",
        "password2": "grey wet otter 7",
    }
    answer = save(admin, address(User, "add"), **values)
    assert answer.status_code == 302, problems(answer)
    assert User.objects.get(email="new@example.com").check_password("grey wet otter 7")


def test_an_address_that_has_an_account_is_refused_whatever_the_capitals(admin):
    factories.user("ada@example.com")
    values = {"email": "ADA@example.com", "password1": "grey wet otter 7", "password2": "grey wet otter 7"}
    assert "has an account already" in problems(save(admin, address(User, "add"), **values))


def test_staff_move_the_default_from_one_address_to_another(admin):
    user = factories.user()
    first, second = (
        Address.objects.create(user=user, name="Ada", line1=line, city="Berlin", country="DE", is_default=is_first)
        for line, is_first in (("Gasse 1", True), ("Gasse 2", False))
    )
    answer = save(admin, change_page(user), addresses__1__is_default="on")
    assert answer.status_code == 302, problems(answer)
    assert Address.objects.get(is_default=True) == second
    answer = save(admin, change_page(first), is_default="on")
    assert answer.status_code == 302, problems(answer)
    assert Address.objects.get(is_default=True) == first


def test_accounts_are_found_by_the_beginning_of_their_address(admin):
    user = factories.user("grace@example.com")
    assert change_page(user) in admin.get(address(User), {"q": "Grac"}).content.decode()
    assert change_page(user) not in admin.get(address(User), {"q": "ada"}).content.decode()


def test_an_account_is_shown_with_its_orders_and_devices(admin, order):
    user = factories.user()
    placed = order()
    type(placed).objects.filter(pk=placed.pk).update(user=user)
    RefreshFamily.objects.create(user=user, device="Grandma's phone", current="a", expires_at=timezone.now())
    page = admin.get(change_page(user)).content.decode()
    assert placed.number in page
    assert "Grandma&#x27;s phone" in page


def test_a_superuser_makes_staff_and_a_clerk_does_not(admin, clerk):
    user = factories.user()
    save(clerk, change_page(user), is_staff="on", is_superuser="on", name="Clerk was here")
    user.refresh_from_db()
    assert (user.name, user.is_staff, user.is_superuser) == ("Clerk was here", False, False)
    save(admin, change_page(user), is_staff="on")
    user.refresh_from_db()
    assert user.is_staff


def test_a_clerk_cannot_touch_a_superuser(clerk):
    boss = factories.user(is_staff=True, is_superuser=True)
    assert clerk.post(change_page(boss), {"email": "mine@example.com"}).status_code == 403
    password = {"password1": "grey wet otter 7", "password2": "grey wet otter 7", "usable_password": "true"}
    assert clerk.post(f"/admin/accounts/user/{boss.pk}/password/", password).status_code == 403
    assert clerk.post(address(User, "delete", boss.pk), {"post": "yes"}).status_code == 403
    choice = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
    clerk.post(address(User), choice)
    assert User.objects.filter(pk=boss.pk).exists()


def test_devices_are_signed_out(admin):
    family = RefreshFamily.objects.create(
        user=factories.user(), current="a", expires_at=timezone.now() + timedelta(days=1)
    )
    admin.post(address(RefreshFamily), {"action": "sign_out", "_selected_action": [str(family.pk)]})
    family.refresh_from_db()
    assert family.revoked_at is not None


class TestPrices:
    def test_a_delivery_method_is_made_with_its_prices(self, admin):
        values = {
            "name": "Parcel", "code": "parcel", "rates__TOTAL_FORMS": "2",
            "rates__0__countries": "de, at, DE", "rates__0__basis": "total", "rates__0__from_value": "0",
            "rates__0__price": "4.90",
            "rates__1__countries": "", "rates__1__basis": "weight", "rates__1__from_value": "0",
            "rates__1__price": "19",
        }  # fmt: skip
        answer = save(admin, address(ShippingMethod, "add"), **values)
        assert answer.status_code == 302, problems(answer)
        named, rest = ShippingMethod.objects.get().rates.order_by("price")
        assert (named.countries, named.price, rest.countries) == (["DE", "AT"], Decimal("4.90"), [])

    @pytest.mark.parametrize("wrong", ["XX", "40", "²"])  # 40 is a number of Austria's
    def test_a_country_that_is_none_is_refused(self, admin, wrong):
        method = factories.shipping()
        answer = save(admin, change_page(method), rates__0__countries=f"DE, {wrong}")
        assert f"There is no country {wrong}" in problems(answer)

    def test_a_second_rate_for_one_class_is_refused(self, admin):
        TaxRate.objects.create(country="DE", rate=19)
        values = {"country": "DE", "tax_class": "standard", "rate": "7"}
        assert "already exists" in problems(save(admin, address(TaxRate, "add"), **values))

    def test_impossible_prices_and_rates_are_refused_beside_the_field(self, admin):
        answer = save(admin, change_page(factories.shipping()), rates__0__price="-1")
        assert "This cannot be below zero" in problems(answer)
        values = {"country": "DE", "tax_class": "standard", "rate": "100"}
        assert "A rate is at least 0 %" in problems(save(admin, address(TaxRate, "add"), **values))


def test_staff_cannot_give_themselves_rights_through_a_group(db):
    clerk = factories.user("clerk@example.com", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__model="group"))
    group = Group.objects.create(name="Clerks")
    clerk.groups.add(group)
    browser = signed_in(clerk)
    browser.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Clerks", "permissions": [1, 2, 3]})
    assert not group.permissions.exists()
