"""Mails about gift cards: the one that brings a code, and what those about orders say of a card."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import serializers
from django.utils import timezone

from shop.checkout.services import place_order
from shop.notifications.message import build
from shop.notifications.models import Mail
from shop.payments import services as payments
from shop.payments.refunds import refund
from tests import factories
from tests.notifications.test_mail import sent

pytestmark = pytest.mark.django_db


def parts(message) -> list[str]:
    return [message.get_body((part,)).get_content() for part in ("plain", "html")]


def ordered(amount: str, **details):
    """An order of 24.80, and the card that pays so much of it."""
    factories.shipping()
    issued = factories.gift_card(amount)
    cart = factories.open_cart(factories.variant(), gift_card=issued)
    return place_order(cart_id=cart.public_id, key="k", details=factories.details(**details)).order, issued.card


def test_a_card_is_brought_with_its_code_which_the_row_does_not_tell(mailbox):
    ends = timezone.now() + timedelta(days=500)
    wishes = {"email": "ada@example.com", "message": "All the best\n<b>Grace</b>", "expires_at": ends}
    issued = factories.gift_card(**wishes)
    assert issued.code not in serializers.serialize("json", Mail.objects.all())
    mail, message = sent(mailbox, "gift_card")
    assert "A gift card of €50.00" in message["Subject"]
    assert message["To"] == "ada@example.com"
    text, html = parts(message)
    for part in (text, html):
        assert issued.code in part
        assert f"{timezone.localtime(ends).year}" in part
        assert "/gift-card/" in part
        assert "because you ordered" not in part
    assert "All the best\n<b>Grace</b>" in text
    assert "All the best<br>&lt;b&gt;Grace" in html
    assert "sealed" not in mail.context


def test_one_without_words_or_an_end_says_nothing_of_them(mailbox):
    factories.gift_card(email="ada@example.com")
    _mail, message = sent(mailbox, "gift_card")
    assert "valid until" not in "".join(parts(message))


def test_a_transfer_is_asked_for_what_a_card_leaves(mailbox):
    ordered("10")
    _mail, message = sent(mailbox, "order_placed")
    text, html = parts(message)
    for part in (text, html):
        assert "Please transfer €14.80" in part
    assert "Gift card: \N{MINUS SIGN}€10.00\nRemaining amount: €14.80" in text


def test_who_pays_all_by_card_is_told_of_no_other_payment(mailbox):
    ordered("100")
    for kind in ("order_placed", "order_paid"):
        _mail, message = sent(mailbox, kind)
        for part in parts(message):
            assert "Please transfer" not in part and "not paid yet" not in part and "has arrived" not in part
    assert message["Subject"].startswith("Your gift card pays for order")


def test_what_goes_back_onto_the_card_is_not_said_to_be_sent(mailbox):
    order, card = ordered("100")
    refund(payment_id=order.payments.get().pk, amount=Decimal(5), seen=Decimal(0))
    payments.cancel_order(order_id=order.pk)
    _mail, message = sent(mailbox, "order_refunded")
    for part in parts(message):
        assert f"€5.00 of what you paid for order {order.number} are on your gift card {card} again." in part
        assert "Banks" not in part
    _mail, message = sent(mailbox, "order_cancelled")
    for part in parts(message):
        assert "What your gift card paid is on it again." in part


def test_a_mail_that_a_pod_of_the_former_release_queued_asks_for_the_total():
    ordered("10")
    mail = Mail.objects.get(kind="order_placed")
    for new in ("is_settled", "gift_card", "to_pay"):
        del mail.context[new]
    assert "Please transfer €24.80" in build(mail).body
