"""Gift cards: issued by a form that shows the code once, watched in a list, and each with the ledger of its money."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from shop.accounts.models import User
from shop.backoffice import gift_card_states
from shop.notifications.models import Mail
from shop.payments import gift_cards
from shop.payments import services as payments
from shop.payments.models import GiftCard, Payment
from shop.pricing.gift_cards import GiftCardUnknown
from tests import factories
from tests.at_once import second
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address, change_page, problems, read, save, typed

pytestmark = pytest.mark.django_db
LIST = "/admin/payments/giftcard/"
CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}\b")


def issue(browser, **values):
    return save(browser, address(GiftCard, "add"), **{"amount": "50", **values})


def card(**fields) -> GiftCard:
    return factories.gift_card(**fields).card


def spent(order) -> GiftCard:
    """A card that has paid 5.00 of an order, which was all that was on it."""
    issued = factories.gift_card("5.00")
    order(gift_card=issued)
    return GiftCard.objects.get(pk=issued.card.pk)


def press(browser, row, button, **fields):
    page = reverse(f"admin:payments_{type(row).__name__.lower()}_{button}", args=[row.pk])
    return browser.post(page, {"_form_submitted": "on", **fields}, headers={"HX-Request": "true"})


def words(answer) -> str:
    page = answer.content.decode().replace("\N{MINUS SIGN}", "-")
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2] or page).split())


def listed(browser, **query: str) -> list[str]:
    """The cards of the list, in its order."""
    page = browser.get(LIST, query).content.decode()
    return re.findall(r'<th scope=row class="field-name"[^>]*><a [^>]*>…([^<]*)</a>', page)


class TestIssuing:
    def test_the_code_is_shown_once_and_kept_nowhere(self, admin):
        answer = issue(admin, note="For a late parcel")
        issued = GiftCard.objects.get()
        assert answer["Location"] == change_page(issued)
        code = CODE.search(admin.get(change_page(issued)).content.decode())[0]
        assert gift_cards.look_up(code=code, network="192.0.2.1").pk == issued.pk
        assert not CODE.search(admin.get(change_page(issued)).content.decode())
        assert not CODE.search(f"{list(LogEntry.objects.values())} {dict(admin.session)}")
        entry = issued.entries.get()
        assert (entry.kind, entry.amount, entry.actor, entry.note) == (
            "issue", Decimal(50), "boss@example.com", "For a late parcel",
        )  # fmt: skip
        assert issued.issued_by.email == "boss@example.com"

    def test_a_recipient_gets_a_mail(self, admin):
        answer = issue(admin, email="ada@example.com", message="All the best")
        assert "A mail brings it to ada@example.com" in admin.get(answer["Location"]).content.decode()
        assert "The mail with it: waiting." in admin.get(answer["Location"]).content.decode()
        mail = Mail.objects.get(kind="gift_card")
        assert mail.to == "ada@example.com"
        assert mail.context["sealed"] not in admin.get(change_page(mail)).content.decode()

    @pytest.mark.parametrize(
        ("field", "wrong"),
        [
            ("amount", {"amount": "0"}),
            ("amount", {"amount": "1.001"}),
            ("amount", {"amount": ""}),
            ("email", {"email": "ada"}),
            ("expires_at", {"expires_at_0": "2020-12-24", "expires_at_1": "12:00"}),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(self, admin, field, wrong):
        answer = issue(admin, **wrong)
        problems(answer)
        assert answer.context["adminform"].form.errors.keys() == {field}
        assert not GiftCard.objects.exists()

    def test_a_button_pressed_twice_issues_one_card_and_whoever_means_it_saves_again(self, admin):
        issue(admin)
        answer = issue(admin)
        assert "You have issued the same card" in problems(answer)
        assert GiftCard.objects.count() == 1
        assert admin.post(address(GiftCard, "add"), typed(answer.content.decode())).status_code == 302
        assert GiftCard.objects.count() == 2
        assert issue(admin, amount="51").status_code == 302

    @pytest.mark.django_db(transaction=True)
    def test_pressed_twice_in_the_same_moment_it_issues_one_card_too(self, admin):
        add, boss = address(GiftCard, "add"), signed_in(User.objects.get())
        sent = read(admin, add) | {"amount": "50"}
        answer = second(lambda: admin.post(add, sent), boss.post, path=add, data=sent)
        assert "You have issued the same card" in problems(answer)
        assert GiftCard.objects.count() == 1

    def test_it_takes_a_right_of_its_own_and_then_the_code_is_shown_on_the_front_page(self):
        user = factories.user("clerk@example.com", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="add_giftcard"))
        clerk = signed_in(user)
        answer = issue(clerk)
        assert answer["Location"] == "/admin/"
        assert CODE.search(clerk.get("/admin/").content.decode())


class TestTheList:
    @pytest.mark.parametrize("state", ["active", "empty", "expired", "disabled"])
    def test_each_state_is_said_and_filtered(self, admin, state):
        made = {name: card(expires_at=timezone.now() + timedelta(days=1)) for name in GiftCard.State.values}
        gift_cards.correct(card_id=made["empty"].pk, balance=Decimal(0), seen=Decimal(50), actor="boss", note="Fair")
        GiftCard.objects.filter(pk=made["expired"].pk).update(expires_at=timezone.now())
        gift_cards.disable(card_id=made["disabled"].pk)
        assert listed(admin, state=state) == [made[state].last_four]
        assert f" {state} " in words(admin.get(change_page(made[state])))

    def test_what_can_still_be_spent_is_added_up(self, admin, monkeypatch):
        for amount in ("50.00", "20.00"):
            factories.gift_card(amount)
        gift_cards.disable(card_id=factories.gift_card("500.00").card.pk)
        assert "€70.00 can still be spent, with 2 cards." in words(admin.get(LIST))
        monkeypatch.setattr(gift_card_states, "SUMMED", 2)
        cache.clear()
        assert "€20.00 can still be spent, with 1 card. Older cards are not added up." in words(admin.get(LIST))

    def test_what_is_left_is_a_bar_and_a_text(self, admin):
        one = card()
        gift_cards.correct(card_id=one.pk, balance=Decimal(20), seen=Decimal(50), actor="boss", note="Fair")
        page = admin.get(LIST).content.decode()
        assert "€20.00 of €50.00" in page
        assert 'value="20.00" max="50.00" aria-hidden="true"' in page

    def test_the_search_finds_the_last_four_characters(self, admin):
        one, _other = card(), card()
        assert listed(admin, q=one.last_four.lower()) == [one.last_four]
        assert listed(admin, q=one.last_four[:3]) == []
        found = admin.get("/admin/search/", {"s": one.last_four, "extended": "1"}).content.decode()
        assert change_page(one) in found


class TestTheCardsPage:
    def test_its_ledger_leads_to_the_order_and_the_order_back(self, admin, order):
        one = spent(order)
        paid = Payment.objects.get(gift_card=one)
        shown = words(admin.get(change_page(one)))
        assert re.search(rf"spent -€5\.00 {paid.order.number} .*issued \+€5\.00", shown)
        page = words(admin.get(change_page(paid.order)))
        assert f"Gift card {one}" in page
        assert f"Gift card -5.00 EUR Remaining amount {paid.order.to_pay}" in page
        assert change_page(one) in admin.get(change_page(paid)).content.decode()

    def test_it_is_disabled_and_enabled_and_its_history_says_why(self, admin):
        issued = factories.gift_card()
        assert press(admin, issued.card, "disable", note="Stolen")["HX-Redirect"] == change_page(issued.card)
        with pytest.raises(GiftCardUnknown):
            gift_cards.look_up(code=issued.code, network="192.0.2.1")
        page = admin.get(change_page(issued.card)).content.decode()
        assert "/enable/" in page and "/disable/" not in page
        press(admin, issued.card, "enable")
        assert gift_cards.look_up(code=issued.code, network="192.0.2.1").pk == issued.card.pk
        history = admin.get(address(GiftCard, "history", issued.card.pk)).content.decode()
        assert "Disabled. Stolen" in history and "Enabled." in history

    def test_a_balance_is_corrected_for_a_reason(self, admin):
        one = card()
        press(admin, one, "correct", balance="45", seen="50", note="Counted twice")
        one.refresh_from_db()
        assert one.balance == 45
        entry = one.entries.first()
        assert (entry.kind, entry.amount, entry.actor, entry.note) == (
            "correct", Decimal(-5), "boss@example.com", "Counted twice",
        )  # fmt: skip
        assert LogEntry.objects.get().change_message == "The balance was corrected. Counted twice"

    @pytest.mark.parametrize("wrong", [{"note": ""}, {"balance": "-1"}, {"seen": "49"}])
    def test_a_correction_that_cannot_be_changes_nothing(self, admin, wrong):
        one = card()
        press(admin, one, "correct", **{"balance": "45", "seen": "50", "note": "Counted twice", **wrong})
        one.refresh_from_db()
        assert (one.balance, one.entries.count()) == (Decimal(50), 1)
        assert not LogEntry.objects.exists()

    def test_its_dialog_begins_with_what_is_on_it(self, admin):
        one = card()
        page = admin.get(reverse("admin:payments_giftcard_correct", args=[one.pk])).content.decode()
        assert re.search(r'name="balance"[^>]*value="50.00"|value="50.00"[^>]*name="balance"', page)

    @pytest.mark.parametrize("button", ["disable", "correct"])
    def test_who_may_only_look_cannot(self, viewer, button):
        one = card()
        assert f"/{button}/" not in viewer.get(change_page(one)).content.decode()
        assert press(viewer, one, button, balance="0", seen="50", note="Mine").status_code == 403
        assert press(viewer, GiftCard(pk=10**9), button).status_code == 403

    def test_changing_cards_is_not_yet_correcting_them(self, order):
        user = factories.user("clerk@example.com", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=["view_giftcard", "change_giftcard"]))
        clerk, one = signed_in(user), card()
        page = clerk.get(change_page(one)).content.decode()
        assert "/disable/" in page and "/correct/" not in page
        assert press(clerk, one, "correct", balance="0", seen="50", note="Mine").status_code == 403

    def test_it_is_never_deleted(self, admin):
        one = card()
        assert admin.get(address(GiftCard, "delete", one.pk)).status_code == 403
        admin.post(LIST, {"action": "delete_selected", "_selected_action": [one.pk], "post": "yes"})
        assert GiftCard.objects.exists()


def test_a_cards_payment_goes_back_onto_the_card_after_what_was_paid_otherwise(admin, order):
    one = spent(order)
    by_card = Payment.objects.get(gift_card=one)
    payments.receive(order_id=by_card.order_id, actor="boss@example.com")
    other = by_card.order.payments.get(gift_card=None)
    page = admin.get(change_page(by_card)).content.decode()
    assert "/give-back/" in page and "/refund/" not in page
    assert "/give-back/" not in admin.get(change_page(other)).content.decode()
    press(admin, by_card, "give_back", amount="5", seen="0")
    one.refresh_from_db()
    assert one.balance == 0
    press(admin, other, "refund", amount=str(other.amount), seen="0")
    press(admin, by_card, "give_back", amount="5", seen="0")
    one.refresh_from_db()
    assert one.balance == 5
    assert "given back +€5.00" in words(admin.get(change_page(one)))
