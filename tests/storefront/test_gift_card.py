"""Gift cards as a browser meets them: on the pages of cart, checkout and order, and on one of their own."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from prove.forms import form
from shop.cart.models import Cart
from shop.orders.models import Order
from shop.payments import gift_cards
from shop.payments import services as payments
from shop.payments.models import GiftCard
from shop.platform.throttle import Limit
from tests import factories
from tests.storefront.pages import HTMX, beside, checkout_form, words

pytestmark = pytest.mark.django_db
UNKNOWN = "ABCD-EFGH-JKLM-NPQR"


def issue(amount="30.00", **fields) -> str:
    """The code of a new card."""
    return factories.gift_card(amount, **fields).code


def last(code: str) -> str:
    return code[-4:]


def use(browser, code, **headers):
    return browser.post("/cart/gift-card/", {"gift_code": code}, follow=True, headers=headers)


def refusal(answer) -> str:
    return beside(answer, "gift-card-code")


def order(shopper):
    """Order what is in the cart; return the order's page."""
    return shopper.post("/checkout/", checkout_form(shopper), follow=True)


class TestTheCart:
    def test_a_card_pays_however_its_code_is_typed_and_the_page_says_what_is_left(self, shopper):
        code = issue()
        answer = use(shopper, f" {code.lower().replace('-', ' ')} ")
        assert answer.redirect_chain == [("/cart/", 302)]
        assert "The gift card is in your cart." in words(answer)
        assert f"Gift card …{last(code)} €30.00 on it" in words(answer)
        assert "Goods €40.00 Gift card -€30.00 Left to pay €10.00" in words(answer)
        assert code not in answer.content.decode()

    def test_with_htmx_the_cart_comes_back_and_the_way_to_undo_it_has_the_focus(self, shopper):
        answer = use(shopper, issue(), **HTMX)
        assert "<html" not in answer.content.decode()
        assert re.search(r'<button[^>]*id="gift-card-remove" autofocus', answer.content.decode())

    def test_it_pays_what_a_voucher_leaves(self, shopper):
        shopper.post("/cart/voucher/", {"code": factories.voucher(code="WELCOME10").code})
        assert "Together €36.00 Gift card -€36.00 Left to pay €0.00" in words(use(shopper, issue("38.00")))

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
    def test_a_code_that_nobody_knows_is_said_beside_the_field_and_stays_in_it(self, shopper, headers):
        answer = use(shopper, "ABCD<", **headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        field = r'<input id="gift-card-code"[^>]*value="ABCD&lt;"[^>]*aria-invalid="true"[^>]*autofocus'
        assert re.search(field, page)
        assert "not known" in refusal(answer)
        assert 'id="voucher-code_error"' not in page
        assert Cart.objects.get().gift_card is None

    def test_each_reason_is_said_for_a_right_code_only(self, shopper):
        expired = issue(expires_at=timezone.now() + timedelta(hours=1))
        disabled = issue()
        GiftCard.objects.filter(last_four=last(expired)).update(expires_at=timezone.now())
        gift_cards.disable(card_id=GiftCard.objects.get(last_four=last(disabled)).pk)
        assert "expired" in refusal(use(shopper, expired))
        assert refusal(use(shopper, disabled)) == refusal(use(shopper, UNKNOWN)) != ""

    def test_who_tries_many_codes_has_to_wait_here_and_on_the_page_of_balances(self, shopper, monkeypatch):
        monkeypatch.setattr(gift_cards, "CODES", Limit("few-cards", times=1, seconds=60))
        assert use(shopper, UNKNOWN).status_code == 422
        for answer in (use(shopper, UNKNOWN), shopper.post("/gift-card/", {"gift_code": UNKNOWN})):
            assert answer.status_code == 429
            assert int(answer["Retry-After"]) > 0
            assert "Too many tries." in words(answer)

    def test_it_is_removed_and_the_field_is_there_again(self, shopper):
        code = issue()
        use(shopper, code)
        page = shopper.post("/cart/gift-card/remove/", headers=HTMX).content.decode()
        assert last(code) not in page
        assert re.search(r"<summary[^>]* autofocus>Use a gift card</summary>", page)
        assert "Left to pay" not in words(page)

    def test_one_that_is_spent_elsewhere_meanwhile_stays_and_says_so(self, shopper):
        code = issue()
        use(shopper, code)
        spend_all(code)
        page = shopper.get("/cart/").content.decode()
        assert "Left to pay" not in words(page)
        assert 'id="gift-card-refusal">There is no money left on this gift card.' in page

    def test_without_a_cart_it_says_so(self, client):
        assert "This cart is no longer open." in words(use(client, issue()))
        assert client.post("/cart/gift-card/remove/").status_code == 302

    @pytest.mark.parametrize("address", ["/cart/gift-card/", "/cart/gift-card/remove/"])
    def test_another_sites_form_is_refused(self, shopper, address):
        headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
        assert shopper.post(address, {"gift_code": UNKNOWN}, headers=headers).status_code == 403


class TestTheCheckout:
    def test_the_summary_and_the_order_say_what_it_pays_and_only_the_rest_is_asked_for(self, shopper):
        code = issue()
        use(shopper, code)
        sums = f"Total €44.90 Tax contained €7.17 Gift card …{last(code)} -€30.00"
        assert f"{sums} Left to pay €14.90" in words(shopper.get("/checkout/"))
        page = words(order(shopper))
        assert f"{sums} Remaining amount €14.90" in page
        assert "Please transfer Amount €14.90" in page
        assert GiftCard.objects.get().balance == 0

    def test_a_card_that_pays_all_leaves_no_payment_to_choose(self, shopper):
        use(shopper, issue("100"))
        page = shopper.get("/checkout/").content.decode()
        assert "data-settled" in page
        assert "Order, nothing to pay" in words(page)
        assert "Paid. Thank you!" in words(order(shopper))
        assert (Order.objects.get().payment_method, GiftCard.objects.get().balance) == ("gift_card", Decimal("55.10"))

    @pytest.mark.parametrize("button", [{"use_card": "1"}, {}], ids=["use", "order"])
    def test_a_code_that_was_typed_is_put_on_before_anything_is_ordered(self, shopper, button):
        answer = shopper.post("/checkout/", checkout_form(shopper, gift_code=issue(), **button))
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Left to pay €14.90" in words(answer)
        assert 'value="Ada Byron"' in page
        assert re.search(r'<button[^>]*id="gift-card-remove"[^>]* autofocus', page)
        assert not Order.objects.exists()

    def test_two_codes_at_once_are_both_looked_at_and_the_focus_is_where_one_is_wrong(self, shopper):
        factories.voucher(code="WELCOME10")
        answer = shopper.post("/checkout/", checkout_form(shopper, code="WELCOME10", gift_code=UNKNOWN))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Voucher WELCOME10 -€4.00" in words(answer)
        assert "not known" in refusal(answer)
        assert re.findall(r'id="([\w-]+)"[^>]* autofocus', page) == ["gift-card-code"]

    def test_it_can_be_removed_and_what_was_typed_stays(self, shopper):
        use(shopper, issue())
        page = shopper.post("/checkout/", checkout_form(shopper, remove_card="1")).content.decode()
        assert 'value="Ada Byron"' in page
        assert "Left to pay" not in words(page)
        assert re.search(r"<summary[^>]* autofocus>Use a gift card</summary>", page)
        assert Cart.objects.get().gift_card is None
        assert not Order.objects.exists()

    def test_one_that_was_spent_meanwhile_is_said_and_the_order_waits_for_a_second_look(self, shopper):
        code = issue()
        use(shopper, code)
        old = checkout_form(shopper)
        spend_all(code)
        answer = shopper.post("/checkout/", old)
        assert answer.status_code == 409
        assert 'id="gift-card-refusal"' in answer.content.decode()
        assert not Order.objects.exists()
        again = form(answer.content.decode(), "/checkout/").filled(payment_method="bank_transfer")
        assert "Please transfer Amount €44.90" in words(shopper.post("/checkout/", again, follow=True))

    def test_a_page_of_the_former_release_does_not_say_what_it_expects_to_be_left(self, shopper):
        sent = checkout_form(shopper)
        del sent["expected_to_pay"]
        assert shopper.post("/checkout/", sent).status_code == 302
        assert Order.objects.exists()


class TestTheOrdersPage:
    def test_what_goes_back_to_the_card_is_told_apart_from_what_is_sent(self, shopper):
        code = issue()
        use(shopper, code)
        page = order(shopper)
        placed = Order.objects.get()
        payments.receive(order_id=placed.pk, actor="boss@example.com")
        payments.cancel_order(order_id=placed.pk, actor="boss@example.com")
        shown = words(shopper.get(placed.get_absolute_url()))
        assert "We send €14.90 back to you. €30.00 are on your gift card again." in shown
        assert code not in page.content.decode()

    def test_another_way_to_pay_is_for_the_rest_alone(self, shopper):
        use(shopper, issue())
        shopper.post("/checkout/", checkout_form(shopper, payment_method="card"))
        page = words(shopper.get(Order.objects.get().get_absolute_url()))
        assert "€14.90 is due." in page
        assert "Pay now" in page


class TestTheBalance:
    def test_it_is_told_to_who_has_the_code(self, client):
        code = issue("12.34", expires_at=timezone.now() + timedelta(days=400))
        answer = client.post("/gift-card/", {"gift_code": code})
        assert f"Gift card …{last(code)} Left on it €12.34 Valid until" in words(answer)
        assert "no-store" in answer["Cache-Control"]
        assert code not in answer.content.decode()
        GiftCard.objects.update(expires_at=timezone.now())
        assert "Left on it €12.34 Expired on" in words(client.post("/gift-card/", {"gift_code": code}))

    def test_a_wrong_code_is_said_beside_the_field_and_stays_in_it(self, client):
        answer = client.post("/gift-card/", {"gift_code": UNKNOWN})
        assert answer.status_code == 422
        assert "not known" in refusal(answer)
        assert f'value="{UNKNOWN}"' in answer.content.decode()

    def test_an_address_is_never_asked_for_a_code(self, client):
        code = issue()
        assert last(code) not in words(client.get("/gift-card/", {"gift_code": code}))
        assert 'href="/gift-card/"' in client.get("/").content.decode()


def spend_all(code: str) -> None:
    """As another order does."""
    card = GiftCard.objects.get(last_four=last(code))
    gift_cards.correct(card_id=card.pk, balance=Decimal(0), seen=card.balance, actor="boss@example.com", note="Spent")
