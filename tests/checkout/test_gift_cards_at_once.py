"""What two pods do with one gift card at the same moment: its money is spent once and given back once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from shop.backoffice import fsck
from shop.checkout.services import place_order
from shop.inventory import services as inventory
from shop.inventory.models import Stock
from shop.orders.models import Order
from shop.payments import gift_cards
from shop.payments import services as payments
from shop.payments.errors import RefundedMeanwhile
from shop.payments.models import GiftCard, GiftCardEntry, Payment
from shop.payments.refunds import refund
from shop.pricing.gift_cards import GiftCardChanged, GiftCardEmpty, GiftCardExpired, GiftCardUnknown
from shop.pricing.models import Voucher
from tests import factories
from tests.at_once import second

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


@pytest.fixture(autouse=True)
def _delivery():
    factories.shipping()


def wanted(card: gift_cards.Issued, price: str = "45.10", variant=None, **more) -> dict[str, object]:
    """What to call place_order with, for another cart each time. It costs 50.00, unless said otherwise."""
    mine = factories.open_cart(variant or factories.variant(price), gift_card=card, **more)
    return {"cart_id": mine.public_id, "key": str(uuid.uuid4()), "details": factories.details()}


def balance() -> Decimal:
    return GiftCard.objects.get().balance


@pytest.mark.parametrize(("amount", "refusal"), [("50.00", GiftCardEmpty), ("80.00", GiftCardChanged)])
def test_who_waits_for_the_money_of_another_order_is_refused(amount, refusal):
    card = factories.gift_card(amount)
    first, other = wanted(card), wanted(card)
    with pytest.raises(refusal):
        second(lambda: place_order(**first), place_order, **other)
    assert (balance(), Order.objects.count(), GiftCardEntry.objects.filter(kind="spend").count()) == (
        Decimal(amount) - 50, 1, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "refusal"), [({"disabled_at": NOW}, GiftCardUnknown), ({"expires_at": NOW}, GiftCardExpired)]
)
def test_a_card_that_ends_while_an_order_waits_for_it_pays_nothing(facts, refusal):
    order = wanted(factories.gift_card("60.00"))
    with pytest.raises(refusal):
        second(lambda: GiftCard.objects.update(**facts), place_order, **order)
    assert (balance(), Order.objects.count()) == (60, 0)


def test_one_key_at_two_pods_at_once_takes_the_money_once():
    order = wanted(factories.gift_card("120.00"))
    assert not second(lambda: place_order(**order), place_order, **order).created
    assert (balance(), Order.objects.count()) == (70, 1)


def test_who_waits_for_money_that_suffices_gets_it():
    card = factories.gift_card("100.00")
    first, other = wanted(card), wanted(card)
    assert second(lambda: place_order(**first), place_order, **other).order.state == "paid"
    assert balance() == 0


def test_who_orders_while_another_order_is_cancelled_spends_what_is_there_then():
    card = factories.gift_card("100.00")
    order, other = place_order(**wanted(card)).order, wanted(card)
    assert second(lambda: payments.cancel_order(order_id=order.pk), place_order, **other).order.state == "paid"
    amounts = card.card.entries.order_by("id").values_list("amount", flat=True)
    assert (balance(), list(amounts), fsck.check().broken) == (50, [100, -50, 50, -50], 0)


def refund_all(order_id: int) -> None:
    payment = Payment.objects.get(order=order_id)
    refund(payment_id=payment.pk, amount=Decimal(50), seen=Decimal(0))


@pytest.mark.parametrize("verb", [payments.cancel_order, refund_all])
def test_who_gives_back_at_the_same_time_gives_back_once(verb):
    order = place_order(**wanted(factories.gift_card("50.00"))).order
    with suppress(RefundedMeanwhile):
        second(lambda: verb(order_id=order.pk), verb, order_id=order.pk)
    assert balance() == 50
    assert GiftCardEntry.objects.filter(kind="give_back").count() == 1


def test_a_refund_and_a_cancellation_at_once_give_back_once():
    order = place_order(**wanted(factories.gift_card("50.00"))).order
    second(lambda: refund_all(order.pk), payments.cancel_order, order_id=order.pk)
    assert (balance(), fsck.check().broken) == (50, 0)


def test_two_who_correct_a_balance_at_once_do_it_once():
    card = factories.gift_card("50.00")
    facts = {"card_id": card.card.pk, "balance": Decimal(40), "seen": Decimal(50), "actor": "boss", "note": "a mistake"}
    with pytest.raises(gift_cards.GiftCardMoved):
        second(lambda: gift_cards.correct(**facts), gift_cards.correct, **facts)
    assert (balance(), card.card.entries.count()) == (40, 2)


@pytest.mark.parametrize("verb", ["order", "cancel"])
def test_a_card_is_locked_before_voucher_and_stock(verb):
    """Else one who has the card and wants the stock, and one who has the stock, would wait for each other."""
    card, ten, lamp = factories.gift_card("99.00"), factories.voucher(limit=5), factories.variant("10.00")
    facts = wanted(card, variant=lamp, voucher=ten)
    if verb == "cancel":
        facts = {"order_id": place_order(**facts).order.pk}

    def others() -> None:
        Voucher.objects.update(used=0)
        inventory.take({lamp.pk: 1}, reference="counter")

    second(
        lambda: GiftCard.objects.select_for_update(no_key=True).get(),
        payments.cancel_order if verb == "cancel" else place_order,
        then=others,
        **facts,
    )
    assert Stock.objects.get().on_hand == (9 if verb == "cancel" else 8)


def test_orders_and_cancellations_of_many_at_once_leave_the_right_balance():
    card, lamp = factories.gift_card("120.00"), factories.variant("45.10", stock=1000)
    visits = [[wanted(card, variant=lamp) for _ in range(3)] for _ in range(6)]

    def visit(carts: list[dict[str, object]]) -> None:
        try:
            for cart in carts:
                with suppress(GiftCardEmpty, GiftCardChanged):
                    payments.cancel_order(order_id=place_order(**cart).order.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(visits)) as threads:
        list(threads.map(visit, visits))
    assert (balance(), fsck.check().broken, Stock.objects.get().on_hand) == (120, 0, 1000)
    assert Order.objects.filter(state="cancelled", gift_card_amount__gt=0).count() == Order.objects.count() > 0


def test_a_pod_that_dies_before_the_commit_has_taken_nothing():
    order = wanted(factories.gift_card("60.00"))
    with pytest.raises((OperationalError, InterfaceError)), transaction.atomic():
        place_order(**order)
        assert balance() == 10
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert (balance(), GiftCardEntry.objects.count(), Order.objects.count()) == (60, 1, 0)
    assert place_order(**order).order.state == "paid"
    assert balance() == 10
