"""An order that a gift card pays: all of it or a part, and what becomes of the money when the order ends."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.backoffice import cron, fsck
from shop.cart.models import Cart
from shop.checkout.errors import ToPayChanged
from shop.checkout.services import Placed, place_order
from shop.money import Money
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments import gift_cards
from shop.payments import services as payments
from shop.payments.errors import NoSuchMethod, NothingToRefund, NotPayable, RefundedMeanwhile, RefundOtherFirst
from shop.payments.models import GIFT_CARD, GiftCard, GiftCardEntry, Payment
from shop.payments.refunds import refund
from shop.pricing.gift_cards import GiftCardEmpty, GiftCardExpired, GiftCardUnknown
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _delivery_and_tax():
    factories.shipping()
    factories.tax()


@pytest.fixture(autouse=True)
def _is_sound():
    """Whatever a test does: in the end the whole store keeps its rules."""
    yield
    assert fsck.check().summary().startswith("All ")


def cart_with(card: gift_cards.Issued, price: str = "45.10", **more) -> Cart:
    """With delivery it costs 50.00, unless said otherwise."""
    return factories.open_cart(factories.variant(price), gift_card=card, **more)


def placed(cart: Cart, **details) -> Placed:
    facts = factories.details(**details)
    return place_order(cart_id=cart.public_id, key=str(cart.public_id), details=facts, user_id=cart.user_id)


def ordered(cart: Cart, **details) -> Order:
    return placed(cart, **details).order


def balance(card: gift_cards.Issued) -> Decimal:
    return GiftCard.objects.get(pk=card.card.pk).balance


def money(order: Order) -> list[tuple[str, str, Decimal, Decimal]]:
    """Method, state, amount and what was given back of each payment of an order."""
    return list(order.payments.values_list("method", "state", "amount", "refunded"))


def entries(card: gift_cards.Issued) -> list[tuple[str, Decimal]]:
    return list(card.card.entries.order_by("id").values_list("kind", "amount"))


def test_a_part_is_paid_by_the_card_and_the_rest_by_another_method():
    card = factories.gift_card("20.00")
    done = placed(cart_with(card), expected_total="50.00", expected_to_pay="30.00")
    order = done.order
    assert (order.total, order.gift_card_amount, order.to_pay) == (50, 20, Money(Decimal(30), "EUR"))
    assert (order.state, order.payment_method) == (Order.State.PLACED, "bank_transfer")
    assert (done.payment.amount, done.gift_card.last_four) == (30, card.card.last_four)
    assert money(order) == [(GIFT_CARD, "paid", 20, 0), ("bank_transfer", "pending", 30, 0)]
    assert entries(card) == [("issue", 20), ("spend", -20)]
    assert balance(card) == 0
    said = Mail.objects.get(kind="order_placed").context
    assert [said[name] for name in ("total", "gift_card", "to_pay")] == ["€50.00", "€20.00", "€30.00"]
    assert not said["is_settled"]
    payments.receive(order_id=order.pk, actor="boss@example.com")
    order.refresh_from_db()
    assert order.state == Order.State.PAID


@pytest.mark.parametrize("method", ["bank_transfer", "card", GIFT_CARD])
def test_an_order_that_the_card_pays_is_paid_at_once_and_no_provider_is_asked(settings, method):
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:1"
    card = factories.gift_card("60.00")
    order = ordered(cart_with(card), payment=method, expected_to_pay="0.00")
    assert (order.state, order.payment_method, order.paid_at is None) == (Order.State.PAID, GIFT_CARD, False)
    assert money(order) == [(GIFT_CARD, "paid", 50, 0)]
    assert balance(card) == 10
    with pytest.raises(NotPayable):
        payments.attempt(order_id=order.pk, method="bank_transfer")
    assert Mail.objects.filter(dedupe_key=f"order_paid:{order.pk}").count() == 1


def test_nobody_chooses_the_gift_card_for_what_it_does_not_pay():
    card = factories.gift_card("49.99")
    mine = cart_with(card)
    with pytest.raises(NoSuchMethod):
        ordered(mine, payment=GIFT_CARD)
    with pytest.raises(NoSuchMethod):
        ordered(factories.open_cart(factories.variant()), payment=GIFT_CARD)
    assert (balance(card), Order.objects.count()) == (Decimal("49.99"), 0)
    assert ordered(mine).to_pay == Money(Decimal("0.01"), "EUR")


def test_a_voucher_comes_first_and_of_nothing_the_card_pays_nothing():
    factories.shipping("0.00", code="pickup")
    card, half, all_of_it = factories.gift_card("10.00"), factories.voucher("50"), factories.voucher("100")
    order = ordered(cart_with(card, "9.99", voucher=half), shipping_method="pickup")
    assert (order.total, order.discount, order.gift_card_amount, order.tax_total) == (
        Decimal("4.99"), Decimal("5.00"), Decimal("4.99"), Decimal("0.80"),
    )  # fmt: skip
    free = ordered(cart_with(card, voucher=all_of_it), shipping_method="pickup")
    assert (free.state, free.total, money(free)) == (Order.State.PAID, 0, [])
    assert balance(card) == Decimal("5.01")


def test_less_than_was_agreed_is_refused_and_changes_nothing():
    card = factories.gift_card("20.00")
    first, second = cart_with(card), cart_with(card)
    ordered(first, expected_to_pay="30.00")
    for agreed, refusal in (("30.00", GiftCardEmpty), ("", GiftCardEmpty)):
        with pytest.raises(refusal):
            ordered(second, expected_to_pay=agreed)
    second.refresh_from_db()
    assert (second.state, second.gift_card, Order.objects.count()) == ("open", card.card, 1)
    assert ordered(second, expected_to_pay="50.00").gift_card_amount == 0


def test_more_or_less_than_was_agreed_says_what_is_left_to_pay_now():
    card = factories.gift_card("20.00")
    mine = cart_with(card)
    gift_cards.correct(card_id=card.card.pk, balance=Decimal(15), seen=Decimal(20), actor="boss", note="a mistake")
    with pytest.raises(ToPayChanged) as refused:
        ordered(mine, expected_total="50.00", expected_to_pay="30.00")
    assert refused.value.details == {"to_pay": {"amount": "35.00", "currency": "EUR"}}
    assert ordered(mine, expected_to_pay="35.00").gift_card_amount == 15


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"disabled_at": timezone.now()}, GiftCardUnknown),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, GiftCardExpired),
    ],
)
def test_a_card_that_ended_meanwhile_refuses_the_order_unless_all_is_paid_otherwise(facts, refusal):
    card = factories.gift_card("20.00")
    mine = cart_with(card)
    GiftCard.objects.update(**facts)
    for agreed in ("", "30.00"):
        with pytest.raises(refusal):
            ordered(mine, expected_total="50.00", expected_to_pay=agreed)
    assert ordered(mine, expected_total="50.00", expected_to_pay="50.00").to_pay.amount == 50
    assert balance(card) == 20


def test_one_key_takes_the_money_once():
    card = factories.gift_card("60.00")
    mine = cart_with(card, "5.10")
    one, again = placed(mine, expected_to_pay="0.00"), placed(mine)
    assert (one.created, again.created, one.order) == (True, False, again.order)
    assert (balance(card), GiftCardEntry.objects.filter(kind="spend").count()) == (50, 1)


@pytest.mark.parametrize("amount", ["20.00", "60.00"])
def test_a_cancelled_order_gives_back_once_also_onto_a_card_that_ended(amount):
    card = factories.gift_card(amount)
    order = ordered(cart_with(card))
    GiftCard.objects.update(disabled_at=timezone.now(), expires_at=timezone.now())
    for _ in range(2):
        payments.cancel_order(order_id=order.pk, actor="boss@example.com")
    assert balance(card) == Decimal(amount)
    paid = min(Decimal(amount), Decimal(50))
    assert money(order)[0] == (GIFT_CARD, "refund_due", paid, paid)
    assert entries(card)[1:] == [("spend", -paid), ("give_back", paid)]
    assert not Payment.objects.to_refund().exists()
    assert order.events.filter(note__contains=str(card.card)).count() == 1


def test_an_unpaid_rest_expires_and_the_card_has_its_money_again():
    card = factories.gift_card("20.00")
    order = ordered(cart_with(card))
    Order.objects.update(placed_at=timezone.now() - cron.UNPAID_TRANSFERS_KEPT - timedelta(hours=1))
    assert (cron.cancel_unpaid_transfers(), cron.cancel_unpaid_transfers()) == (1, 0)
    order.refresh_from_db()
    assert (order.state, balance(card)) == (Order.State.CANCELLED, 20)


def test_no_card_stays_on_a_guest_s_cart_that_nobody_touches():
    """Whoever reads its id in a dump could order with it; a user's is opened by that user alone."""
    card, ada = factories.gift_card("20.00"), factories.user()
    idle, fresh, hers = cart_with(card), cart_with(card), cart_with(card, user_id=ada.pk)
    Cart.objects.exclude(pk=fresh.pk).update(updated_at=timezone.now() - timedelta(hours=25))
    assert (cron.take_gift_cards_off_idle_carts(), cron.take_gift_cards_off_idle_carts()) == (1, 0)
    assert set(Cart.objects.filter(gift_card=card.card)) == {fresh, hers}
    assert Cart.objects.get(pk=idle.pk).version == idle.version + 3


def test_another_method_is_asked_for_the_rest_alone(settings):
    order = ordered(cart_with(factories.gift_card("20.00")))
    settings.CARD_PROVIDER_URL = "http://127.0.0.1:1"
    again = payments.attempt(order_id=order.pk, method="card")
    assert (again.amount, again.method) == (30, "card")
    assert payments.attempt(order_id=order.pk, method="card") == again
    assert money(order)[1:] == [("bank_transfer", "cancelled", 30, 0), ("card", "pending", 30, 0)]


def test_a_refund_gives_back_the_customer_s_own_money_first_and_then_onto_the_card():
    card = factories.gift_card("20.00")
    order = ordered(cart_with(card))
    payments.receive(order_id=order.pk, actor="boss@example.com")
    by_card, sent = order.payments.all()
    with pytest.raises(RefundOtherFirst):
        refund(payment_id=by_card.pk, amount=Decimal(5), seen=Decimal(0))
    refund(payment_id=sent.pk, amount=Decimal(30), seen=Decimal(0))
    refund(payment_id=by_card.pk, amount=Decimal(5), seen=Decimal(0), actor="boss@example.com", note="a scratch")
    with pytest.raises(RefundedMeanwhile):
        refund(payment_id=by_card.pk, amount=Decimal(5), seen=Decimal(0))
    assert balance(card) == 5
    refund(payment_id=by_card.pk, amount=Decimal(15), seen=Decimal(5))
    with pytest.raises(NothingToRefund):
        refund(payment_id=by_card.pk, amount=Decimal(1), seen=Decimal(20))
    assert entries(card)[2:] == [("give_back", 5), ("give_back", 15)]
    told = Mail.objects.filter(kind="order_refunded").order_by("id").values_list("context__onto_card", flat=True)
    assert list(told) == ["", card.card.last_four, card.card.last_four]
    payments.cancel_order(order_id=order.pk)
    assert balance(card) == 20


def test_a_part_that_was_refunded_is_not_given_back_again_when_the_order_is_cancelled():
    card = factories.gift_card("60.00")
    order = ordered(cart_with(card))
    refund(payment_id=order.payments.get().pk, amount=Decimal(15), seen=Decimal(0))
    payments.cancel_order(order_id=order.pk)
    assert (balance(card), entries(card)[2:]) == (60, [("give_back", 15), ("give_back", 35)])


def test_what_is_given_back_finds_room_also_after_a_correction():
    card = factories.gift_card("50.00")
    order = ordered(cart_with(card))
    gift_cards.correct(card_id=card.card.pk, balance=Decimal(50), seen=Decimal(0), actor="boss", note="a present")
    payments.cancel_order(order_id=order.pk)
    assert balance(card) == 100


def test_a_card_costs_an_order_one_query_and_a_cart_without_one_none():
    counts = []
    for card in (None, factories.gift_card("20.00"), factories.gift_card("20.00")):
        mine = factories.open_cart(factories.variant("45.10"), gift_card=card)
        with CaptureQueriesContext(connection) as captured:
            ordered(mine)
        counts.append(len(captured))
    assert counts == [14, 15, 15]


# What pods of the release before gift cards do with such an order, and how it is mended.


def test_the_whole_total_that_an_old_pod_asked_for_by_transfer_is_asked_for_no_more():
    order = ordered(cart_with(factories.gift_card("20.00")))
    order.payments.filter(state="pending").update(amount=order.total)
    assert payments.attempt(order_id=order.pk, method="bank_transfer").amount == 30


def test_a_refund_that_an_old_pod_left_to_be_sent_is_given_back():
    card = factories.gift_card("60.00")
    order = ordered(cart_with(card))
    payments.cancel_order(order_id=order.pk)
    _undone(card, order)
    Payment.objects.update(refunded=0)
    assert (cron.TASKS["give back to gift cards"](), cron.TASKS["give back to gift cards"]()) == (1, 0)
    assert balance(card) == 60


def test_a_refund_that_an_old_pod_wrote_down_reaches_the_card_by_repair():
    card = factories.gift_card("60.00")
    order = ordered(cart_with(card))
    refund(payment_id=order.payments.get().pk, amount=Decimal(15), seen=Decimal(0))
    _undone(card, order)
    assert fsck.check(repair=True).repaired == 1
    assert (balance(card), entries(card)[2:]) == (25, [("give_back", 15)])


def _undone(card: gift_cards.Issued, order: Order) -> None:
    """As if nothing had been moved on the card."""
    given = GiftCardEntry.objects.filter(payment__order=order, kind="give_back")
    GiftCard.objects.filter(pk=card.card.pk).update(balance=balance(card) - sum(e.amount for e in given))
    given.delete()
