"""Vouchers: made and changed by a form that says what cannot be, watched in a list, ended rather than deleted."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from shop.checkout.services import place_order
from shop.orders import services as orders
from shop.orders.models import Order
from shop.pricing import redemptions
from shop.pricing.models import Redemption, Voucher
from tests import factories
from tests.backoffice.pages import address, change_page, problems, read, save

pytestmark = pytest.mark.django_db
LIST = "/admin/pricing/voucher/"
NOON = ("2026-12-24", "12:00")


def ordered(voucher: Voucher) -> Order:
    """An order that used it, of goods for 20.00."""
    factories.shipping("0", code="standard")
    cart = factories.open_cart(factories.variant("20.00"), voucher=voucher)
    return place_order(cart_id=cart.public_id, key=voucher.code, details=factories.details()).order


def listed(browser, **query: str) -> list[str]:
    """The codes of the list, in its order."""
    page = browser.get(LIST, query).content.decode()
    return re.findall(r'<th scope=row class="field-code"[^>]*><a [^>]*>([^<]*)</a>', page)


def row(browser, voucher: Voucher) -> str:
    """What the list says of a voucher, without its tags."""
    page = browser.get(LIST, {"q": voucher.code}).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<tbody>")[2].partition("</tbody>")[0]).split())


class TestTheForm:
    def test_a_voucher_is_made_however_its_code_is_typed(self, admin):
        values = {"code": " spring 26 ", "kind": "percent", "value": "12.5", "min_subtotal": "30", "limit": "100"}
        answer = save(admin, address(Voucher, "add"), **values)
        assert answer.status_code == 302, problems(answer)
        made = Voucher.objects.get()
        assert (made.code, made.value, made.min_subtotal, made.limit, made.used) == (
            "SPRING26", Decimal("12.50"), Decimal(30), 100, 0,
        )  # fmt: skip

    def test_free_delivery_needs_no_value_and_keeps_none(self, admin):
        answer = save(admin, address(Voucher, "add"), code="PARCEL", kind="free_delivery", value="7")
        assert answer.status_code == 302, problems(answer)
        assert Voucher.objects.get().value == 0

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("code", {"code": "AB"}),
            ("code", {"code": "SÜSS!"}),
            ("code", {"code": "taken"}),
            ("value", {"value": "0"}),
            ("value", {"value": ""}),
            ("value", {"value": "100.01"}),
            ("value", {"kind": "amount", "value": "-5"}),
            ("min_subtotal", {"min_subtotal": "-1"}),
            ("limit", {"limit": "0"}),
            ("ends_at", {f"{end}_{part}": text for end in ("starts_at", "ends_at") for part, text in enumerate(NOON)}),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, admin, field, wrong):
        factories.voucher(code="TAKEN")
        answer = save(admin, address(Voucher, "add"), **{"code": "NEW", "kind": "percent", "value": "10", **wrong})
        problems(answer)
        assert answer.context["adminform"].form.errors.keys() == {field}
        assert Voucher.objects.count() == 1

    def test_a_limit_below_what_was_used_is_refused_also_where_nothing_was_counted_so_far(self, admin):
        voucher = factories.voucher(limit=None)
        for _number in range(2):
            Redemption.objects.create(voucher=voucher, order=_order(), amount=1)
        assert "It was used 2 times" in problems(save(admin, change_page(voucher), limit="1"))
        assert save(admin, change_page(voucher), limit="2").status_code == 302
        voucher.refresh_from_db()
        assert (voucher.limit, voucher.used) == (2, 2)

    def test_what_orders_used_while_the_form_was_open_is_kept(self, admin):
        voucher = factories.voucher(code="SPRING", limit=5)
        sent = read(admin, change_page(voucher)) | {"note": "Ask Grace"}
        ordered(voucher)
        assert admin.post(change_page(voucher), sent).status_code == 302
        voucher.refresh_from_db()
        assert (voucher.note, voucher.used) == ("Ask Grace", 1)

    def test_what_somebody_else_has_saved_meanwhile_is_not_written_over_unseen(self, admin):
        voucher = factories.voucher()
        sent = read(admin, change_page(voucher)) | {"note": "Mine"}
        redemptions.end(voucher_id=voucher.pk)
        answer = admin.post(change_page(voucher), sent)
        assert "Somebody else has saved this since you opened it." in problems(answer)
        assert Voucher.objects.get().ends_at

    def test_one_that_an_order_names_keeps_its_code_and_is_not_deleted(self, admin):
        voucher = factories.voucher(code="SPRING")
        assert admin.get(address(Voucher, "delete", voucher.pk)).status_code == 200
        ordered(voucher)
        save(admin, change_page(voucher), code="AUTUMN", note="Seen")
        voucher.refresh_from_db()
        assert (voucher.code, voucher.note) == ("SPRING", "Seen")
        assert admin.get(address(Voucher, "delete", voucher.pk)).status_code == 403
        admin.post(LIST, {"action": "delete_selected", "_selected_action": [voucher.pk], "post": "yes"})
        assert Voucher.objects.exists()


def test_the_list_says_what_each_gives_how_much_is_used_and_when_it_is_valid(admin):
    used = factories.voucher("12.5", code="SPRING", limit=10, min_subtotal=Decimal(15))
    ordered(used)
    now = timezone.now()
    later = factories.voucher(
        "5", kind="amount", starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=9), note="Fair"
    )
    assert row(admin, used) == "SPRING 12.5 % off for goods from €15.00 1 of 10 running"
    assert re.search(r"€5\.00 off 0 from \S.*\d until \S.*\d not yet Fair$", row(admin, later))


def test_uses_without_a_limit_are_counted_from_its_orders_up_to_a_bound(admin, monkeypatch):
    voucher = factories.voucher()
    cancelled, _kept = (Redemption.objects.create(voucher=voucher, order=_order(), amount=1) for _number in range(2))
    redemptions.release(cancelled.order_id)
    assert " 1 running" in row(admin, voucher)
    monkeypatch.setattr("shop.backoffice.vouchers.COUNTED", 1)
    monkeypatch.setattr("shop.pricing.models.voucher.COUNTED", 1)
    assert " 1 or more running" in row(admin, voucher)


@pytest.mark.parametrize("state", ["running", "not_yet", "ended", "used_up", "off"])
def test_each_state_is_said_and_filtered(admin, state):
    now = timezone.now()
    made = {
        "running": factories.voucher(
            code="RUNNING", starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)
        ),
        "not_yet": factories.voucher(code="NOT_YET", starts_at=now + timedelta(days=1)),
        "ended": factories.voucher(code="ENDED", ends_at=now - timedelta(days=1)),
        "used_up": factories.voucher(code="USED_UP", limit=1),
        "off": factories.voucher(code="OFF", active=False),
    }
    ordered(made["used_up"])
    assert listed(admin, state=state) == [made[state].code]
    words = {"not_yet": "not yet", "used_up": "used up", "off": "switched off"}
    assert words.get(state, state) in row(admin, made[state])


def test_the_search_finds_the_beginning_of_a_code(admin):
    factories.voucher(code="SPRING")
    factories.voucher(code="OFFSPRING")
    assert listed(admin, q="spr") == ["SPRING"]
    assert "SPRING" in admin.get("/admin/search/", {"s": "spri", "extended": "1"}).content.decode()


class TestEnding:
    def press(self, browser, voucher):
        page = reverse("admin:pricing_voucher_end_now", args=[voucher.pk])
        return browser.post(page, {"_form_submitted": "on"}, headers={"HX-Request": "true"})

    def test_nobody_can_use_it_from_then_on_and_the_button_is_gone(self, admin):
        voucher = factories.voucher()
        assert "End now" in admin.get(change_page(voucher)).content.decode()
        assert self.press(admin, voucher)["HX-Redirect"] == change_page(voucher)
        page = admin.get(change_page(voucher)).content.decode()
        assert "The voucher has ended." in page
        assert "End now" not in page
        assert not Voucher.objects.filter(ends_at=None).exists()

    def test_pressed_twice_it_keeps_the_first_moment(self, admin):
        voucher = factories.voucher()
        self.press(admin, voucher)
        first = Voucher.objects.get().ends_at
        self.press(admin, voucher)
        assert Voucher.objects.get().ends_at == first

    def test_who_may_only_look_cannot(self, viewer):
        voucher = factories.voucher()
        assert "End now" not in viewer.get(change_page(voucher)).content.decode()
        assert self.press(viewer, voucher).status_code == 403
        assert self.press(viewer, Voucher(pk=10**9)).status_code == 403


def test_its_page_and_the_orders_lead_to_each_other_and_say_what_was_given_back(admin):
    voucher = factories.voucher(code="SPRING", limit=3)
    order = ordered(voucher)
    page = admin.get(change_page(voucher)).content.decode()
    assert change_page(order) in page
    assert "2.00" in page
    shown = admin.get(change_page(order)).content.decode()
    assert f'href="{LIST}?q=SPRING">SPRING</a>: \N{MINUS SIGN}2.00 EUR' in shown
    assert 'data-label="Discount"' in shown
    other = ordered(factories.voucher(code="OTHER"))
    (those,) = re.findall(r'href="([^"]*\?voucher_code=SPRING)"', page)
    found = admin.get(those).content.decode()
    assert change_page(order) in found and change_page(other) not in found
    orders.cancel(order_id=order.pk)
    assert "0 of 3" in admin.get(change_page(voucher)).content.decode()


def _order() -> Order:
    factories.shipping("0", code="standard")
    cart = factories.open_cart(factories.variant())
    return place_order(cart_id=cart.public_id, key=str(cart.pk), details=factories.details()).order
