"""Erasing a customer: what goes, what stays without a name, and what has to wait."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection, models

from shop.accounts.models import User
from shop.backoffice import fsck
from shop.cart.models import Cart
from shop.notifications.models import Mail
from shop.orders import services as orders
from shop.orders.models import Order, OrderEvent
from shop.payments import refunds
from shop.payments import services as payments
from shop.payments.models import GiftCard, Payment
from shop.platform import dead_letters, outbox
from shop.platform.models import OutboxMessage
from shop.privacy import erasure, restoring
from shop.privacy.errors import ErasureBusy, StaffAccount
from shop.privacy.models import Erased, Request
from tests import factories
from tests.at_once import other_connection
from tests.privacy.conftest import confirmed, ordered

pytestmark = pytest.mark.django_db


def everywhere(name: str) -> set[str]:
    """The columns of all tables in which something stands that tells of this person; no random text does by chance."""
    words = [f"{name}@", f"{name} (byron|called)", f"{name}gasse", f"{name}'s phone", f"(sub-|for ){name}"]
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                name = connection.ops.quote_name(field.column)
                table = connection.ops.quote_name(model._meta.db_table)
                statement = f"SELECT count(*) FROM {table} WHERE {name}::text ~* %s"
                with connection.cursor() as cursor:
                    cursor.execute(statement, ["|".join(words)])
                    if cursor.fetchone()[0]:
                        found.add(f"{model._meta.db_table}.{field.column}")
    return found


def send_mails():
    for message in OutboxMessage.objects.filter(topic="notifications.mail", done_at=None).order_by("pk"):
        outbox.handle(message.pk)


def done(order: Order) -> None:
    payments.receive(order_id=order.pk, actor="boss@example.com")
    orders.ship(order_id=order.pk, carrier="DHL", number="0034 Ada", actor="boss@example.com")


def test_nothing_of_the_person_is_left_in_any_table_and_all_of_others(ada, bob, mailbox):
    send_mails()
    orders.note(order_id=ada.order.pk, text="Ada called, 030 123", actor="clerk1@example.com")
    for order in (ada.order, ada.guest):
        done(order)
    send_mails()
    before = everywhere("ada"), everywhere("bob")
    assert {"accounts_user.email", "orders_order.shipping_address", "notifications_mail.context"} <= before[0]
    erasure.erase_account(user_id=ada.user.pk)
    assert (everywhere("ada"), everywhere("bob")) == (set(), before[1])
    assert User.objects.filter(pk=bob.user.pk, addresses__isnull=False, carts__isnull=False).exists()


def test_the_books_stay_and_the_orders_page_with_them(ada, client):
    before = Order.objects.filter(pk=ada.order.pk).values("number", "total", "placed_at", "state", "voucher_code").get()
    done(ada.order)
    lines = list(ada.order.lines.values())
    paid = list(ada.order.payments.values("method", "amount", "reference", "settled_at"))
    erasure.erase_account(user_id=ada.user.pk)
    after = Order.objects.get(pk=ada.order.pk)
    assert {name: getattr(after, name) for name in before} == {**before, "state": "shipped"}
    assert (after.email, after.user_id, after.shipping_address["country"]) == ("", None, "DE")
    assert list(after.lines.values()) == lines
    assert list(after.payments.values("method", "amount", "reference", "settled_at")) == paid
    assert GiftCard.objects.get(pk=ada.card.card.pk).balance == 30
    page = client.get(after.get_absolute_url()).content.decode()
    assert ("Germany" in page, "Byron" in page, "confirmation goes to" in page) == (True, False, False)
    assert not fsck.check().broken


def test_an_order_on_its_way_keeps_what_it_needs_and_loses_it_when_it_is_done(ada, mailbox):
    erasure.erase_account(user_id=ada.user.pk)
    order = Order.objects.get(pk=ada.order.pk)
    assert (order.email, order.shipping_address["name"], order.user_id) == (ada.email, "ada Byron", None)
    marked = Erased.objects.count()
    assert (erasure.finish_due(), Erased.objects.count()) == (0, marked), "nothing is due yet"
    done(order)
    assert erasure.finish_due() == 1, "the order; the mails about it wait"
    order.refresh_from_db()
    assert (order.email, order.shipping_address["name"], order.tracking_number) == ("", "", "")
    send_mails()
    letters = [path.read_text() for path in mailbox.glob("*.eml")]
    assert sum("to: ada@example.com" in letter.lower() for letter in letters) == 5, "card, placed twice, paid, shipped"
    erasure.finish_due()
    assert not Mail.objects.filter(to__iexact=ada.email).exclude(kind="order_placed", sent_at=None).exists()
    payments.cancel_order(order_id=ada.guest.pk)
    send_mails()
    erasure.finish_due()
    assert not Mail.objects.filter(to__iexact=ada.email).exists()
    assert not Erased.objects.filter(done_at=None).exists()
    assert not fsck.check().broken


def test_an_order_whose_money_is_owed_waits_until_it_is_given_back(ada):
    payments.receive(order_id=ada.guest.pk, actor="boss@example.com")
    payments.cancel_order(order_id=ada.guest.pk)
    erasure.erase_account(user_id=ada.user.pk)
    assert Order.objects.get(pk=ada.guest.pk).email
    due = Payment.objects.get(order=ada.guest)
    refunds.refund(payment_id=due.pk, amount=due.amount, seen=due.refunded, actor="boss@example.com")
    erasure.finish_due()
    assert not Order.objects.get(pk=ada.guest.pk).email


def test_a_refund_after_the_erasure_is_written_down_and_mailed_to_nobody(ada):
    done(ada.guest)
    erasure.erase_account(user_id=ada.user.pk)
    paid, mails = Payment.objects.get(order=ada.guest), Mail.objects.count()
    refunds.refund(payment_id=paid.pk, amount=paid.amount, seen=paid.refunded, actor="boss@example.com")
    assert Payment.objects.get(pk=paid.pk).refunded == paid.amount
    assert Mail.objects.count() == mails
    assert not fsck.check().broken


def test_a_mail_about_the_account_does_not_go_out_any_more_and_a_gift_card_does(ada, client, mailbox):
    client.post("/account/password/reset/", {"email": ada.email})
    erasure.erase_account(user_id=ada.user.pk)
    assert Mail.objects.get(kind="account_reset").state == "erased"
    send_mails()
    letters = "".join(path.read_text() for path in mailbox.glob("*.eml"))
    assert "password" not in letters.lower()
    assert ada.card.code in letters
    erasure.finish_due()
    assert not Mail.objects.filter(to=ada.email).exclude(kind="order_placed").exists()
    assert not fsck.check().broken


def test_a_mail_that_nobody_takes_is_forgotten_with_what_the_server_said(ada):
    dead = Mail.objects.get(kind="order_placed", to=ada.email).message
    outbox.record_failure(dead.pk, outbox.Hopeless("550 ada@example.com is unknown"))
    erasure.erase_account(user_id=ada.user.pk)
    dead.refresh_from_db()
    assert (dead.last_error, dead.traceback, dead.history) == ("", "", [])
    dead_letters.redrive([dead.pk], by="boss@example.com")
    assert outbox.handle(dead.pk) == "done"


def test_staff_are_refused_also_those_who_were_and_nothing_is_changed(delivery_and_tax):
    boss, former = factories.user(is_staff=True), confirmed("former@example.com")
    LogEntry.objects.create(user=former, object_repr="a lamp", action_flag=2)
    for user in (boss, former):
        with pytest.raises(StaffAccount):
            erasure.erase_account(user_id=user.pk)
    with pytest.raises(StaffAccount):
        erasure.erase_address(email="FORMER@example.com", actor="boss@example.com")
    assert (User.objects.count(), Request.objects.count(), LogEntry.objects.count()) == (2, 0, 1)


def test_an_account_with_a_strangers_address_erases_nothing_of_the_stranger(delivery_and_tax):
    strangers = ordered(None, "victim@example.com")
    eve = factories.user("victim@example.com")
    own = ordered(eve, "victim@example.com")
    for order in (strangers, own):
        payments.cancel_order(order_id=order.pk)
    erasure.erase_account(user_id=eve.pk)
    assert Order.objects.get(pk=strangers.pk).email
    assert not Order.objects.get(pk=own.pk).email


def test_a_guest_is_erased_by_the_address_in_any_spelling_and_an_account_with_it(ada):
    request = erasure.erase_address(email="ADA@example.com", actor="boss@example.com")
    assert (request.accounts, request.orders, request.actor) == (1, 2, "boss@example.com")
    assert not User.objects.filter(pk=ada.user.pk).exists()
    assert not Cart.objects.filter(user=ada.user.pk).exists()
    again = erasure.erase_address(email="ada@example.com", actor="boss@example.com")
    assert again.accounts == 0


def test_another_address_of_an_account_that_was_proved_leads_to_it(ada, bob):
    EmailAddress.objects.create(user=ada.user, email="byron@example.com", verified=True)
    EmailAddress.objects.create(user=bob.user, email="eve@example.com", verified=False)
    assert erasure.erase_address(email="Byron@example.com", actor="boss@example.com").accounts == 1
    assert erasure.erase_address(email="eve@example.com", actor="boss@example.com").accounts == 0
    assert list(User.objects.filter(is_staff=False)) == [bob.user]


def test_the_second_time_nothing_happens(ada):
    assert erasure.erase_account(user_id=ada.user.pk)
    assert erasure.erase_account(user_id=ada.user.pk) is None
    assert Request.objects.count() == 1


def test_what_staff_did_stays_in_the_log_without_the_name(ada, bob):
    erasure.erase_account(user_id=ada.user.pk)
    entries = LogEntry.objects.filter(user=ada.clerk).values_list("object_repr", "action_flag")
    assert list(entries) == [("", 2)] * 2
    assert LogEntry.objects.filter(object_repr=bob.email).exists()


def test_what_a_dump_brings_back_is_found_and_erased_again(ada, caplog):
    done(ada.guest)
    kept = Order.objects.filter(pk=ada.guest.pk).values().get()
    with caplog.at_level("INFO", logger="shop.privacy"):
        erasure.erase_account(user_id=ada.user.pk)
    Order.objects.filter(pk=ada.guest.pk).update(email=kept["email"], shipping_address=kept["shipping_address"])
    assert [finding.broken for finding in fsck.check().findings if finding.broken] == [1]
    assert restoring.repeat_all() == 1
    assert not fsck.check().broken
    assert restoring.repeat_all() == 0


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_for_too_long_refuses_it_and_nothing_is_changed(ada):
    with other_connection() as other:
        other.execute("SELECT FROM orders_order WHERE id = %s FOR UPDATE", [ada.order.pk])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(ErasureBusy):
            erasure.erase_account(user_id=ada.user.pk)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert User.objects.filter(pk=ada.user.pk).exists()
    assert not Erased.objects.exists()


def test_notes_that_the_store_wrote_itself_stay(ada):
    orders.note(order_id=ada.guest.pk, text="12.00 EUR arrived", actor="payment provider")
    done(ada.guest)
    erasure.erase_account(user_id=ada.user.pk)
    assert set(OrderEvent.objects.filter(order=ada.guest).values_list("note", flat=True)) == {"", "12.00 EUR arrived"}


def test_ids_alone_are_written_into_the_log_and_kept(ada, django_capture_on_commit_callbacks, caplog):
    with caplog.at_level("INFO", logger="shop.privacy"), django_capture_on_commit_callbacks(execute=True):
        erasure.erase_account(user_id=ada.user.pk)
    said = [record.erased for record in caplog.records if hasattr(record, "erased")]
    assert {"account": [ada.user.pk]} in said
    assert {"order": sorted([ada.order.pk, ada.guest.pk])} in said
    assert "ada" not in json.dumps(said).lower()
