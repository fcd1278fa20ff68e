"""Vouchers as a browser meets them: on the cart's page, at the checkout, on the order's page."""

import re
from decimal import Decimal

import pytest

from prove.forms import form
from shop.cart import limits
from shop.cart.models import Cart
from shop.orders.models import Order
from shop.platform.throttle import Limit
from shop.pricing.models import Voucher
from tests import factories
from tests.storefront.pages import HTMX, beside, checkout_form, words

pytestmark = pytest.mark.django_db


def redeem(browser, code="WELCOME10", **headers):
    return browser.post("/cart/voucher/", {"code": code}, follow=True, headers=headers)


def refusal(answer):
    return beside(answer, "voucher-code")


class TestTheCart:
    def test_a_code_takes_its_part_off_however_it_is_typed(self, shopper):
        factories.voucher(code="WELCOME10")
        answer = redeem(shopper, " welcome10 ")
        assert answer.redirect_chain == [("/cart/", 302)]
        assert "The voucher is in your cart." in words(answer)
        assert "WELCOME10 10 % off" in words(answer)
        assert "Voucher -€4.00 Together €36.00" in words(answer)

    def test_with_htmx_the_cart_comes_back_and_the_way_to_undo_it_has_the_focus(self, shopper):
        factories.voucher("5", kind="amount", code="FIVE")
        answer = redeem(shopper, "FIVE", **HTMX)
        page = answer.content.decode()
        assert "<html" not in page
        assert "€5.00 off" in words(answer)
        assert re.search(r'<button[^>]*id="voucher-remove" autofocus', page)

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
    def test_a_code_that_nobody_knows_is_said_beside_the_field_and_stays_in_it(self, shopper, headers):
        answer = redeem(shopper, "SUMER<", **headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert re.search(r"<details[^>]* open>", page)
        assert re.search(r'<input id="voucher-code"[^>]*value="SUMER&lt;"[^>]*aria-invalid="true"[^>]*autofocus', page)
        assert re.search(r'id="voucher-code_error">[^<]+<', page)
        assert Cart.objects.get().voucher is None

    def test_one_that_is_switched_off_is_answered_as_if_it_did_not_exist(self, shopper):
        factories.voucher(code="SECRET", active=False)
        assert refusal(redeem(shopper, "SECRET")) == refusal(redeem(shopper, "NOTHING")) != ""

    def test_who_tries_many_codes_has_to_wait(self, shopper, monkeypatch):
        monkeypatch.setattr(limits, "CODES", Limit("few-codes", times=1, seconds=60))
        assert redeem(shopper, "GUESS1").status_code == 422
        answer = redeem(shopper, "GUESS2")
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0
        assert "Too many tries." in words(answer)

    def test_goods_that_cost_too_little_are_said_until_there_are_enough(self, shopper):
        factories.voucher(code="BIG", min_subtotal=Decimal(50))
        page = words(redeem(shopper, "BIG"))
        assert "€10.00" in page
        assert "Together" not in page
        shopper.post("/cart/lines/", {"variant": factories.variant("20.00").pk})
        page = words(shopper.get("/cart/"))
        assert "Together €54.00" in page

    def test_it_is_removed_and_the_field_is_there_again(self, shopper):
        factories.voucher(code="WELCOME10")
        redeem(shopper)
        page = shopper.post("/cart/voucher/remove/", headers=HTMX).content.decode()
        assert "WELCOME10" not in page
        assert re.search(r"<summary[^>]* autofocus>Have a voucher\?</summary>", page)
        assert "Have a voucher?" in words(shopper.post("/cart/voucher/remove/", follow=True))

    def test_without_a_cart_it_says_so(self, client):
        factories.voucher(code="WELCOME10")
        assert "This cart is no longer open." in words(redeem(client))
        assert client.post("/cart/voucher/remove/").status_code == 302

    @pytest.mark.parametrize("address", ["/cart/voucher/", "/cart/voucher/remove/"])
    def test_another_sites_form_is_refused(self, shopper, address):
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert shopper.post(address, {"code": "WELCOME10"}, headers=headers).status_code == 403


class TestTheCheckout:
    def test_the_summary_and_the_order_say_what_it_took_off(self, shopper):
        factories.voucher(code="WELCOME10")
        redeem(shopper)
        assert "Voucher WELCOME10 -€4.00 Total €40.90" in words(shopper.get("/checkout/"))
        answer = shopper.post("/checkout/", checkout_form(shopper), follow=True)
        assert str(Order.objects.get().total) == "40.90"
        assert "Voucher WELCOME10 -€4.00 Total €40.90" in words(answer)

    def test_free_delivery_is_taken_off_where_the_delivery_has_a_price(self, shopper):
        factories.voucher("0", kind="free_delivery", code="FREE")
        assert "free delivery" in words(redeem(shopper, "FREE"))
        assert "Delivery €4.90 Voucher FREE -€4.90 Total €40.00" in words(shopper.get("/checkout/"))

    def test_one_that_ended_since_is_said_and_what_the_order_costs_without_it(self, shopper):
        factories.voucher(code="WELCOME10")
        redeem(shopper)
        old = checkout_form(shopper)
        Voucher.objects.update(active=False)
        answer = shopper.post("/checkout/", old)
        assert answer.status_code in (409, 422)
        assert "Total €44.90" in words(answer)
        assert 'id="voucher-refusal"' in answer.content.decode()
        assert not Order.objects.exists()
        again = form(answer.content.decode(), "/checkout/").filled(payment_method="bank_transfer")
        shopper.post("/checkout/", again)
        assert (str(Order.objects.get().total), Order.objects.get().voucher_code) == ("44.90", "")

    def test_it_can_be_removed_and_what_was_typed_stays(self, shopper):
        factories.voucher(code="WELCOME10")
        redeem(shopper)
        page = shopper.post("/checkout/", checkout_form(shopper, unredeem="1")).content.decode()
        assert 'value="Ada Byron"' in page
        assert "Total €44.90" in words(page)
        assert Cart.objects.get().voucher is None
        assert not Order.objects.exists()

    @pytest.mark.parametrize("button", [{"redeem": "1"}, {}], ids=["redeem", "order"])
    def test_a_code_that_was_typed_is_redeemed_before_anything_is_ordered(self, shopper, button):
        factories.voucher(code="WELCOME10")
        answer = shopper.post("/checkout/", checkout_form(shopper, code="welcome10", **button))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Voucher WELCOME10 -€4.00 Total €40.90" in words(answer)
        assert 'value="Ada Byron"' in page
        assert re.search(r'<button[^>]*id="voucher-remove"[^>]* autofocus', page)
        assert not Order.objects.exists()
        shopper.post("/checkout/", form(page, "/checkout/").filled(payment_method="bank_transfer"))
        assert Order.objects.get().voucher_code == "WELCOME10"

    @pytest.mark.parametrize("code", ["SUMER", ""])
    def test_a_code_that_is_refused_is_said_beside_the_field_and_nothing_is_ordered(self, shopper, code):
        answer = shopper.post("/checkout/", checkout_form(shopper, code=code, redeem="1"))
        assert answer.status_code == 422
        assert "not known" in refusal(answer)
        assert f'name="code" value="{code}"' in answer.content.decode()
        assert 'value="Ada Byron"' in answer.content.decode()
        assert not Order.objects.exists()

    @pytest.mark.parametrize("button", ["redeem", "unredeem"])
    def test_a_cart_that_is_gone_is_told_on_its_page(self, shopper, button):
        sent = checkout_form(shopper, code="WELCOME10" * (button == "redeem"), **{button: "1"})
        Cart.objects.update(state=Cart.State.MERGED)
        assert shopper.post("/checkout/", sent)["Location"] == "/cart/"

    def test_enter_in_a_field_orders_as_that_button_is_the_first(self, shopper):
        factories.voucher(code="WELCOME10")
        for _with_the_slot_then_with_the_voucher in range(2):
            page = re.sub(r"<noscript>.*?</noscript>", "", shopper.get("/checkout/").content.decode(), flags=re.DOTALL)
            first = re.search(r'<form class="two".*?(<button.*?</button>)', page, re.DOTALL)[1]
            assert "Order and pay" in first
            redeem(shopper)

    def test_an_order_that_costs_nothing_asks_for_no_payment(self, shopper):
        factories.voucher("100", code="ALL")
        factories.voucher("0", kind="free_delivery", code="FREE")
        factories.shipping("0.00", code="pickup")
        redeem(shopper, "ALL")
        page = shopper.post("/checkout/", checkout_form(shopper, shipping_method="pickup", update="1"))
        assert "Order, nothing to pay" in words(page)
