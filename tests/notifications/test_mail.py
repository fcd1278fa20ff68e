"""Mails: queued with their cause, written when sent, each once."""

from email import message_from_bytes, policy

import pytest

from shop.checkout.services import place_order
from shop.notifications import services as notifications
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.platform import outbox, sealing
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    factories.shipping()
    factories.tax()
    cart = factories.open_cart(factories.product("Lamp <i>", prices=("1290.00",)).variants.get())
    return place_order(cart_id=cart.public_id, key="k", details=factories.details()).order


def sent(mailbox, kind: str):
    mail = Mail.objects.get(kind=kind)
    notifications.send(mail.pk)
    mail.refresh_from_db()
    (file,) = mailbox.glob(f"mail-{mail.pk}@*.eml")
    return mail, message_from_bytes(file.read_bytes(), policy=policy.default)


def test_the_confirmation_says_what_was_ordered_in_text_and_html(order, mailbox):
    mail, message = sent(mailbox, "order_placed")
    assert mail.state == "sent"
    assert order.number in message["Subject"]
    assert message["To"] == "ada@example.com"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for part in (text, html):
        assert "€1,294.90" in part
        assert order.get_absolute_url() in part
        assert "IBAN" in part
        assert "Germany" in part
    assert "Lamp <i>" in text
    assert "Lamp &lt;i&gt;" in html


@pytest.mark.parametrize("kind", ["order_paid", "order_shipped", "order_cancelled"])
def test_every_step_has_a_mail_that_can_be_written(order, mailbox, kind):
    if kind == "order_cancelled":
        orders.cancel(order_id=order.pk)
    else:
        orders.mark_paid(order_id=order.pk)
        orders.ship(order_id=order.pk)
    _mail, message = sent(mailbox, kind)
    assert order.number in message["Subject"]
    assert order.number in message.get_body(("html",)).get_content()


def test_what_a_voucher_took_off_is_in_the_mail_and_given_back_with_the_order(mailbox):
    factories.shipping()
    cart = factories.open_cart(factories.variant("20.00"), voucher=factories.voucher(code="WELCOME10"))
    order = place_order(cart_id=cart.public_id, key="k", details=factories.details()).order
    orders.cancel(order_id=order.pk)
    for kind, words in (("order_placed", "Please transfer"), ("order_cancelled", "Voucher WELCOME10 is yours again")):
        _mail, message = sent(mailbox, kind)
        text = message.get_body(("plain",)).get_content()
        assert words in text and words in message.get_body(("html",)).get_content()
        assert "Voucher WELCOME10: \N{MINUS SIGN}€2.00" in text
        assert "\N{MINUS SIGN}€2.00" in message.get_body(("html",)).get_content()


def test_who_had_nothing_to_pay_is_told_of_no_payment(mailbox):
    factories.shipping("0.00")
    cart = factories.open_cart(factories.variant("20.00"), voucher=factories.voucher("100"))
    place_order(cart_id=cart.public_id, key="k", details=factories.details())
    _mail, message = sent(mailbox, "order_paid")
    assert "Nothing to pay" in message["Subject"]
    for part in ("plain", "html"):
        text = message.get_body((part,)).get_content()
        assert "costs nothing" in text
        assert "has arrived" not in text and "is paid" not in text


def test_sending_again_does_nothing(order, mailbox):
    mail, _message = sent(mailbox, "order_placed")
    for file in mailbox.glob("*.eml"):
        file.unlink()
    notifications.send(mail.pk)
    assert not list(mailbox.glob("*.eml"))


def test_a_key_is_used_once():
    mails = [notifications.queue(kind="order_paid", to="a@example.com", context={}, dedupe_key="k") for _ in range(2)]
    assert [mail is not None for mail in mails] == [True, False]
    assert Mail.objects.count() == 1


def sealed(order) -> Mail:
    """The confirmation of an order whose number is to be read by nobody but who gets it."""
    mail = Mail.objects.get(kind="order_placed")
    mail.context["sealed"] = sealing.seal({"number": mail.context.pop("number")})
    mail.save()
    assert order.number not in str(Mail.objects.values().get(pk=mail.pk))
    return mail


def test_what_is_sealed_is_read_by_the_recipient_and_gone_when_it_is_sent(order, mailbox):
    sealed(order)
    mail, message = sent(mailbox, "order_placed")
    assert order.number in message["Subject"]
    assert "sealed" not in mail.context


def test_what_was_sealed_with_a_key_that_is_gone_is_given_up_at_once(order, settings):
    mail = sealed(order)
    settings.SECRET_KEY = "another secret key"
    with pytest.raises(outbox.Hopeless, match="SECRET_KEY"):
        notifications.send(mail.pk)
