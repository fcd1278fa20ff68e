"""Orders move from state to state on their page, and are never edited."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from shop.inventory.models import Stock
from shop.notifications.message import build
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.pricing.models import ShippingMethod
from tests.backoffice.pages import address, change_page, save

pytestmark = pytest.mark.django_db


def dialog(order, button):
    return reverse(f"admin:orders_order_{button}", args=[order.pk])


def press(browser, order, button, note="", **fields):
    """Send the dialog of a button, as the page does."""
    sent = {"note": note, "_form_submitted": "on", **fields}
    return browser.post(dialog(order, button), sent, headers={"HX-Request": "true"})


def mark_paid(browser, order, **values):
    return press(browser, order, "mark_paid", **values)


def history(order):
    return [(event.state, event.note, event.actor) for event in order.events.all()]


def test_an_order_is_paid_then_shipped_each_with_its_note_and_mail(admin, order):
    placed = order()
    assert mark_paid(admin, placed, note="Statement 4")["HX-Redirect"] == change_page(placed)
    press(admin, placed, "ship", note="Parcel 17")
    placed.refresh_from_db()
    assert placed.state == Order.State.SHIPPED
    assert placed.payments.get().state == Payment.State.PAID
    assert history(placed)[1:] == [
        ("paid", "Statement 4", "boss@example.com"),
        ("shipped", "Parcel 17", "boss@example.com"),
    ]
    assert set(Mail.objects.values_list("kind", flat=True)) >= {"order_paid", "order_shipped"}


class TestTheParcel:
    @pytest.fixture
    def paid(self, order):
        """A paid order whose delivery method knows where its carrier shows a parcel."""
        placed = order()
        orders.mark_paid(order_id=placed.pk)
        method = ShippingMethod.objects.filter(code=placed.shipping_method)
        method.update(carrier="Swift", tracking_url="https://swift.example/?parcel={number}")
        return placed

    def test_its_number_is_in_the_mail_and_on_the_customers_page(self, admin, client, paid):
        assert 'value="Swift"' in admin.get(dialog(paid, "ship")).content.decode()
        press(admin, paid, "ship", carrier="Swift", number="00 34/7")
        where = "https://swift.example/?parcel=00%2034%2F7"
        page = client.get(paid.get_absolute_url()).content.decode()
        assert "Swift" in page and "00 34/7" in page and f'href="{where}"' in page
        message = build(Mail.objects.get(kind="order_shipped"))
        html = message.alternatives[0].content
        for part in (message.body, html):
            assert "00 34/7" in part and where in part
        assert where in admin.get(change_page(paid)).content.decode()

    def test_that_of_another_carrier_leads_nowhere(self, admin, client, paid):
        press(admin, paid, "ship", carrier="By bike", number="7")
        page = client.get(paid.get_absolute_url()).content.decode()
        assert "By bike" in page and "See where it is" not in page

    def test_without_one_nothing_is_said_of_it(self, admin, client, paid):
        press(admin, paid, "ship", carrier="", number="")
        assert "Tracking number" not in client.get(paid.get_absolute_url()).content.decode()
        assert "Your parcel:" not in build(Mail.objects.get(kind="order_shipped")).body

    def test_two_who_ship_at_once_lose_no_number(self, admin, paid):
        press(admin, paid, "ship", carrier="Swift", number="1")
        press(admin, paid, "ship", carrier="Swift", number="2")
        page = admin.get(change_page(paid)).content.decode()
        assert "was shipped already, as parcel 1" in page
        paid.refresh_from_db()
        assert paid.tracking_number == "1"

    def test_it_is_corrected_afterwards(self, admin, client, paid):
        assert press(admin, paid, "track", number="1").status_code == 403  # not shipped yet
        press(admin, paid, "ship", carrier="Swift", number="1")
        assert 'value="1"' in admin.get(dialog(paid, "track")).content.decode()
        press(admin, paid, "track", carrier="Swift", number="2")
        assert "parcel=2" in client.get(paid.get_absolute_url()).content.decode()
        assert history(paid)[-1] == ("", "Tracking: Swift 2", "boss@example.com")

    @pytest.mark.parametrize("wrong", ["n" * 81, "1\x002"])
    def test_a_number_that_fits_nowhere_is_refused_in_the_dialog(self, admin, paid, wrong):
        answer = press(admin, paid, "ship", carrier="Swift", number=wrong)
        assert answer.status_code == 200 and "HX-Redirect" not in answer
        paid.refresh_from_db()
        assert paid.state == Order.State.PAID

    @pytest.mark.parametrize(
        ("template", "fits"),
        [("https://swift.example/{number}", True), ("javascript:alert(1)//{number}", False), ("https://a.b/", False)],
    )
    def test_a_carriers_page_is_an_address_with_a_place_for_the_number(self, admin, paid, template, fits):
        method = ShippingMethod.objects.get(code=paid.shipping_method)
        answer = save(admin, change_page(method), tracking_url=template)
        assert (answer.status_code == 302) is fits
        assert ("{number} in the place" in answer.content.decode()) is not fits


def test_a_cancelled_order_gives_its_pieces_back(admin, order):
    placed = order(stock=5)
    press(admin, placed, "cancel", note="Asked to")
    placed.refresh_from_db()
    assert (placed.state, Stock.objects.get(variant=placed.lines.get().variant).on_hand) == (Order.State.CANCELLED, 5)


def test_a_paid_order_that_is_cancelled_leaves_a_refund_to_do(admin, order):
    placed = order()
    mark_paid(admin, placed)
    press(admin, placed, "cancel")
    assert placed.payments.get().state == Payment.State.REFUND_DUE


class TestARefund:
    @pytest.fixture
    def paid(self, order):
        """The payment of a paid order, which was 16.90 EUR."""
        placed = order()
        payments.receive(order_id=placed.pk, actor="boss@example.com")
        return placed.payments.get()

    def give_back(self, browser, payment, amount, seen="0.00"):
        sent = {"amount": amount, "seen": seen, "note": "Broken glass", "_form_submitted": "on"}
        return browser.post(f"{change_page(payment)[:-7]}refund/", sent, headers={"HX-Request": "true"})

    @pytest.mark.usefixtures("one_day")
    def test_of_a_part_is_told_to_the_customer_and_is_no_revenue(self, admin, client, paid):
        offered = admin.get(f"{change_page(paid)[:-7]}refund/").content.decode()
        assert 'value="16.90"' in offered and 'name="seen" value="0.00"' in offered
        self.give_back(admin, paid, "5.00")
        assert history(paid.order)[-1] == ("", "5.00 EUR given back. Broken glass", "boss@example.com")
        message = build(Mail.objects.get(kind="order_refunded"))
        assert "€5.00" in message.subject and "€5.00" in message.body and "€5.00" in message.alternatives[0].content
        assert "We have sent €5.00 back to you" in client.get(paid.order.get_absolute_url()).content.decode()
        assert "refunded in part" in admin.get(change_page(paid)).content.decode()
        cache.clear()
        context = admin.get("/admin/").context
        assert str(context["revenue"]) == str(context["today"]["revenue"]) == "11.90 EUR"

    def test_of_a_cancelled_order_is_no_more_to_do_when_all_is_given_back(self, admin, client, paid):
        payments.cancel_order(order_id=paid.order_id)
        due = address(Payment) + "?state=refund_due"
        for amount, seen, left in (("10", "0", "€6.90"), ("6.90", "10", None)):
            page = client.get(paid.order.get_absolute_url()).content.decode()
            assert "We send €" in page and paid in admin.get(due).context["cl"].result_list
            self.give_back(admin, paid, amount, seen)
            page = client.get(paid.order.get_absolute_url()).content.decode()
            assert (f"We send {left} back" in page) is bool(left)
        assert paid not in admin.get(due).context["cl"].result_list
        assert paid in admin.get(address(Payment) + "?state=refunded").context["cl"].result_list
        assert "payment to refund" not in admin.get("/admin/").content.decode()
        assert admin.get(f"{change_page(paid)[:-7]}refund/").status_code == 403  # nothing is left to be offered

    @pytest.mark.parametrize(
        ("amount", "seen", "words"),
        [
            ("16.91", "0", "At most 16.90 EUR"),
            ("0", "0", "at least one cent"),
            ("5", "1", "Somebody has given money back"),
            ("NaN", "0", "Enter a number"),
            ("1e40", "0", "no more than"),
            ("0.001", "0", "no more than 2 decimal places"),
            ("5", "", "required"),
        ],
    )
    def test_of_what_cannot_be_is_refused(self, admin, paid, amount, seen, words):
        answer = self.give_back(admin, paid, amount, seen)
        shown = admin.get(change_page(paid)) if "HX-Redirect" in answer else answer
        assert words in shown.content.decode()
        paid.refresh_from_db()
        assert (paid.refunded, Mail.objects.filter(kind="order_refunded").count()) == (0, 0)

    def test_of_what_never_came_is_not_offered(self, admin, viewer, order, paid):
        waiting = order().payments.get()
        assert "/refund/" not in admin.get(change_page(waiting)).content.decode()
        self.give_back(admin, waiting, "5")
        assert "Nothing of this payment is left" in admin.get(change_page(waiting)).content.decode()
        assert self.give_back(viewer, paid, "5").status_code == 403


def test_what_the_state_does_not_allow_is_refused_with_a_message(admin, order):
    placed = order()
    press(admin, placed, "ship")
    page = admin.get(change_page(placed)).content.decode()
    assert f"Order {placed.number} is placed and cannot become shipped" in page
    assert history(placed) == [("placed", "", "")]


def test_a_button_pressed_twice_does_it_once(admin, order):
    placed = order()
    mark_paid(admin, placed)
    mark_paid(admin, placed)
    assert [state for state, _note, _actor in history(placed)] == ["placed", "paid"]


@pytest.mark.parametrize(
    ("state", "offered"),
    [("placed", {"mark-paid", "cancel"}), ("paid", {"ship", "cancel"}), ("shipped", set()), ("cancelled", set())],
)
def test_the_page_offers_what_the_state_allows(admin, order, state, offered):
    placed = order()
    Order.objects.filter(pk=placed.pk).update(state=state)
    page = admin.get(change_page(placed)).content.decode()
    found = {button for button in ("mark-paid", "ship", "cancel") if f"/{placed.pk}/{button}/" in page}
    assert found == offered


def test_asking_for_the_dialog_changes_nothing(admin, order):
    placed = order()
    assert "The money has arrived" in admin.get(dialog(placed, "mark_paid")).content.decode()
    placed.refresh_from_db()
    assert placed.state == Order.State.PLACED


def test_a_note_is_added_to_the_history_and_has_to_say_something(admin, order):
    placed = order()
    assert "HX-Redirect" not in press(admin, placed, "add_note")
    press(admin, placed, "add_note", note="Rang, nobody there")
    assert history(placed)[1:] == [("", "Rang, nobody there", "boss@example.com")]


@pytest.mark.parametrize("button", ["mark_paid", "ship", "cancel", "add_note"])
def test_who_may_only_look_has_no_buttons(viewer, order, button):
    placed = order()
    assert press(viewer, placed, button, note="x").status_code == 403
    assert "/mark-paid/" not in viewer.get(change_page(placed)).content.decode()
    assert len(history(placed)) == 1


@pytest.mark.parametrize("key", ["x", "%00", "0", "9" * 30])
def test_nothing_is_done_with_an_order_that_is_not_there(admin, order, key):
    path = change_page(order()).split("/")
    path[-3] = key
    for button in ("ship", "note"):
        asked = "/".join([*path[:-2], button, ""])
        assert admin.get(asked).status_code == 403
        assert admin.post(asked, {"note": "Gone", "_form_submitted": "on"}).status_code == 403


def test_another_sites_page_cannot_press_a_button(admin, order):
    placed = order()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    assert mark_paid(strict, placed).status_code == 403
    placed.refresh_from_db()
    assert placed.state == Order.State.PLACED


def test_amounts_and_lines_are_not_fields_of_the_page(admin, order):
    placed = order(lines=2)
    admin.post(change_page(placed), {"total": "1.00", "state": "paid", "lines-0-quantity": "9", "email": "x@y.z"})
    fresh = Order.objects.get(pk=placed.pk)
    assert (fresh.total, fresh.state, fresh.email) == (placed.total, placed.state, placed.email)
    assert 'name="_save"' not in admin.get(change_page(placed)).content.decode()
    assert admin.post(address(Order, "delete", placed.pk), {"post": "yes"}).status_code == 403


def test_the_page_shows_lines_address_payments_and_history(admin, order):
    placed = order(payment="card")
    orders.note(order_id=placed.pk, text="Called back", actor="sam@example.com")
    page = admin.get(change_page(placed)).content.decode()
    for text in (
        placed.lines.get().title,
        "Kastanienallee 12",
        "10435 Berlin",
        "Germany",
        str(placed.money),
        "Called back",
    ):
        assert text in page
    assert change_page(placed.payments.get()) in page


@pytest.mark.parametrize("term", ["whole", "lower", "without dash", "beginning", "e-mail"])
def test_the_list_finds_an_order_by_its_number_and_by_its_whole_address(admin, order, term):
    wanted, other = order("ada@example.com"), order("grace@example.com")
    terms = {
        "whole": wanted.number, "lower": wanted.number.lower(), "without dash": wanted.number.replace("-", ""),
        "beginning": wanted.number[:6], "e-mail": "ADA@example.com",
    }  # fmt: skip
    page = admin.get(address(Order), {"q": terms[term]}).content.decode()
    assert wanted.number in page
    assert other.number not in page
