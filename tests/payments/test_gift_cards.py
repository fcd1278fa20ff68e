"""Gift cards: issued, found by their code alone, put on a cart, watched and corrected by staff."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.utils import timezone

from shop.backoffice import fsck
from shop.cart import services as carts
from shop.cart.models import Cart
from shop.notifications.models import Mail
from shop.payments import gift_card_codes as codes
from shop.payments import gift_card_ledger as ledger
from shop.payments import gift_cards
from shop.payments.models import GiftCard, GiftCardEntry
from shop.platform import sealing
from shop.platform.throttle import TooManyTries
from shop.pricing.gift_cards import GiftCardCurrency, GiftCardEmpty, GiftCardExpired, GiftCardUnknown
from tests import factories

pytestmark = pytest.mark.django_db
HOME = "192.0.2.1"


def put_on(cart: Cart, code: str, **more) -> None:
    gift_cards.put_on(cart=cart, code=code, network=HOME, **more)


def shown(cart: Cart) -> tuple[str | None, int]:
    """The last four characters of the card on a cart, and the cart's version."""
    found = carts.find(public_id=cart.public_id, user_id=cart.user_id)
    return (found.gift_card.last_four if found.gift_card else None), found.version


def everything() -> str:
    """All that the database holds of cards and mails."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT json_agg(c)::text || coalesce((SELECT json_agg(m)::text FROM notifications_mail AS m), '') "
            "|| coalesce((SELECT json_agg(o)::text FROM platform_outboxmessage AS o), '') FROM payments_giftcard AS c"
        )
        return cursor.fetchone()[0]


def test_the_code_is_nowhere_in_the_database_and_nothing_that_opens_the_mail_is():
    card, code = factories.gift_card(email="bob@example.com")
    assert codes.is_code(code)
    assert card.last_four == code[-4:]
    kept = everything()
    for written in (code, codes.spelled(code), code.lower()):
        assert written not in kept
    assert gift_cards.look_up(code=code, network=HOME).pk == card.pk


@pytest.mark.parametrize("spelling", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} \n"])
def test_a_code_is_found_however_it_is_spelled(spelling):
    _card, code = factories.gift_card("12.50")
    assert gift_cards.look_up(code=spelling(code), network=HOME).balance == Decimal("12.50")
    assert codes.spelled(spelling(code)) == codes.spelled(code)


def test_a_card_outlives_the_secret_key_that_made_it(settings):
    card, code = factories.gift_card()
    former, settings.SECRET_KEY = settings.SECRET_KEY, "the next secret key of this shop"
    with pytest.raises(GiftCardUnknown):
        gift_cards.look_up(code=code, network=HOME)
    (lost,) = [found for found in fsck.check().findings if found.broken]
    assert (lost.invariant.name, lost.violations[0].subject) == ("gift-card-key-is-known", f"gift card {card.pk}")
    for name in ("SECRET_KEY_FALLBACKS", "GIFT_CARD_OLD_KEYS"):
        setattr(settings, name, [former])
        assert gift_cards.look_up(code=code, network=HOME).pk == card.pk
        assert fsck.check().broken == 0
        setattr(settings, name, [])


def test_what_is_mailed_is_sealed_until_it_is_sent_and_gone_then(settings):
    _card, code = factories.gift_card(email="bob@example.com", message="Happy birthday")
    waiting = Mail.objects.get()
    assert (waiting.kind, waiting.to) == ("gift_card", "bob@example.com")
    assert (waiting.context["money"], waiting.context["message"]) == ("€50.00", "Happy birthday")
    assert sealing.unseal(waiting.context["sealed"]) == {"code": code}
    settings.SECRET_KEY = "another secret key"
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(waiting.context["sealed"])


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"disabled_at": timezone.now()}, GiftCardUnknown),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, GiftCardExpired),
        ({"currency": "USD"}, GiftCardCurrency),
        ({"balance": 0}, GiftCardEmpty),
    ],
)
def test_a_card_that_pays_nothing_is_put_on_no_cart(facts, refusal):
    card, code = factories.gift_card()
    GiftCard.objects.filter(pk=card.pk).update(**facts)
    mine = carts.create()
    with pytest.raises(refusal):
        put_on(mine, code)
    assert shown(mine) == (None, 0)


@pytest.mark.parametrize("code", ["", "ABCD", "x" * 64, "ABCD-EFGH-JKLM-NPQR", "ÄÖÜß-\0\0\0\0-1111-0000"])
def test_what_is_no_code_of_ours_is_unknown(code):
    factories.gift_card()
    with pytest.raises(GiftCardUnknown):
        put_on(carts.create(), code)


def test_a_cart_has_one_card_and_each_change_counts_its_version_up():
    one, other = factories.gift_card(), factories.gift_card()
    mine = carts.create()
    for _ in range(2):
        put_on(mine, one.code)
        assert shown(mine) == (one.card.last_four, 1)
    put_on(mine, other.code, version=1)
    assert shown(mine) == (other.card.last_four, 2)
    with pytest.raises(carts.CartChanged):
        put_on(mine, one.code, version=1)
    with pytest.raises(carts.CartChanged):
        gift_cards.take_off(cart=mine, version=1)
    for _ in range(2):
        gift_cards.take_off(cart=mine)
        assert shown(mine) == (None, 3)


def test_who_signs_in_keeps_the_own_card_and_else_the_guest_s():
    ada, one, other = factories.user(), factories.gift_card(), factories.gift_card()
    carts.claim(public_id=factories.open_cart(gift_card=one).public_id, user_id=ada.pk)
    mine = Cart.objects.open().get(user=ada)
    assert mine.gift_card == one.card
    carts.claim(public_id=factories.open_cart(gift_card=other).public_id, user_id=ada.pk)
    mine.refresh_from_db()
    assert mine.gift_card == one.card


def test_codes_are_not_to_be_found_by_trying():
    _card, code = factories.gift_card()
    for _ in range(gift_cards.CODES.times):
        with pytest.raises(GiftCardUnknown):
            gift_cards.look_up(code="ABCD-EFGH-JKLM-NPQR", network="198.51.100.7")
    mine = carts.create()
    with pytest.raises(TooManyTries):
        gift_cards.put_on(cart=mine, code=code, network="198.51.100.7")
    put_on(mine, code)


def test_a_disabled_card_is_as_unknown_as_one_that_never_was():
    card, code = factories.gift_card()
    for _ in range(2):
        assert gift_cards.disable(card_id=card.pk).state == GiftCard.State.DISABLED
    with pytest.raises(GiftCardUnknown) as told:
        gift_cards.look_up(code=code, network=HOME)
    with pytest.raises(GiftCardUnknown) as of_none:
        gift_cards.look_up(code="ABCD-EFGH-JKLM-NPQR", network=HOME)
    assert str(told.value) == str(of_none.value)
    assert gift_cards.enable(card_id=card.pk).state == GiftCard.State.ACTIVE
    assert gift_cards.look_up(code=code, network=HOME).pk == card.pk


def test_staff_correct_a_balance_once_with_a_reason():
    card, _code = factories.gift_card("50.00")
    facts = {"card_id": card.pk, "seen": Decimal(50), "actor": "boss@example.com"}
    assert gift_cards.correct(balance=Decimal(20), note="typing error", **facts).balance == 20
    with pytest.raises(gift_cards.GiftCardMoved):
        gift_cards.correct(balance=Decimal(20), note="typing error", **facts)
    facts["seen"] = Decimal(20)
    for balance, note in ((Decimal(-1), "x"), (Decimal(20), "x"), (Decimal(30), " ")):
        with pytest.raises(gift_cards.CorrectionRefused):
            gift_cards.correct(balance=balance, note=note, **facts)
    assert gift_cards.correct(balance=Decimal(70), note="a present", **facts).issued == 70
    assert list(card.entries.values_list("kind", "amount", "actor", "note")) == [
        ("correct", Decimal(50), "boss@example.com", "a present"),
        ("correct", Decimal(-30), "boss@example.com", "typing error"),
        ("issue", Decimal(50), "", ""),
    ]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e10"])
def test_a_card_has_an_amount(amount):
    with pytest.raises(gift_cards.AmountRefused):
        factories.gift_card(amount)
    assert not GiftCard.objects.exists()


@pytest.mark.parametrize("balance", [-1, 51])
def test_the_database_itself_keeps_the_balance_in_its_bounds(balance):
    factories.gift_card("50.00")
    with pytest.raises(IntegrityError):
        GiftCard.objects.update(balance=balance)


def test_a_balance_is_counted_again_from_its_entries():
    card, _code = factories.gift_card("50.00")
    GiftCard.objects.update(balance=30)
    ledger.recount([card.pk])
    card.refresh_from_db()
    assert card.balance == 50
    GiftCardEntry.objects.create(card=card, kind="correct", amount=-60, note="a mistake")
    ledger.recount([card.pk])
    card.refresh_from_db()
    assert card.balance == 50, "left to a person"
