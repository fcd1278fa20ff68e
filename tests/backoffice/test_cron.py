"""Each housekeeping task does its own part, none stops another, and none runs twice at once."""

import logging
import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from shop.accounts.models import RefreshFamily
from shop.backoffice import cron
from shop.cart.models import Cart
from shop.checkout import services as checkout
from shop.checkout.models import IdempotencyKey
from shop.inventory.models import Stock
from shop.orders import services as orders
from shop.orders.models import Order
from shop.payments import services as payments
from shop.payments.models import Payment
from shop.platform.models import OutboxMessage, RevokedSession
from shop.platform.postgresql import advisory
from tests import factories
from tests.at_once import other_connection

pytestmark = pytest.mark.django_db


def ago(**duration):
    return timezone.now() - timedelta(**duration)


def order(*, placed_at, payment="card"):
    factories.shipping()
    variant = factories.variant(stock=5)
    cart = factories.open_cart(variant, quantity=2)
    placed = checkout.place_order(
        cart_id=cart.public_id, key=str(uuid.uuid4()), details=factories.details(payment=payment)
    )
    Order.objects.filter(pk=placed.order.pk).update(placed_at=placed_at)
    placed.order.payments.update(created_at=placed_at)
    return placed.order


def on_hand(order):
    return Stock.objects.get(variant=order.lines.get().variant).on_hand


def test_messages_done_a_week_ago_go_and_all_others_stay():
    kept = [
        OutboxMessage.objects.create(topic="a", queue="default", done_at=ago(days=6)),
        OutboxMessage.objects.create(topic="a", queue="default", created_at=ago(days=90)),
        OutboxMessage.objects.create(topic="a", queue="default", dead_at=ago(days=90)),
    ]
    OutboxMessage.objects.create(topic="a", queue="default", done_at=ago(days=8))
    assert cron.forget_done_messages() == 1
    assert set(OutboxMessage.objects.all()) == set(kept)


def test_sessions_and_revocations_go_when_they_expired():
    for key, expires in (("old", ago(minutes=1)), ("new", ago(minutes=-1))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
        RevokedSession.objects.create(digest=key, expires_at=expires)
    assert cron.end_expired_sessions() == 2
    assert [session.pk for session in Session.objects.all()] == ["new"]
    assert [row.pk for row in RevokedSession.objects.all()] == ["new"]


def test_devices_go_when_their_tokens_expired():
    user = factories.user()
    RefreshFamily.objects.create(user=user, current="a", expires_at=ago(seconds=1))
    live = RefreshFamily.objects.create(user=user, current="b", expires_at=ago(days=-1))
    cron.end_expired_devices()
    assert list(RefreshFamily.objects.all()) == [live]


def test_a_card_order_unpaid_for_two_hours_is_cancelled_and_its_pieces_return():
    late = order(placed_at=ago(hours=3))
    assert on_hand(late) == 3
    assert cron.cancel_unfinished_payments() == 1
    late.refresh_from_db()
    assert late.state == Order.State.CANCELLED
    assert on_hand(late) == 5
    assert late.events.last().actor == "cron"
    assert late.payments.get().state == Payment.State.CANCELLED


@pytest.mark.parametrize(("hours", "payment"), [(1, "card"), (500, "bank_transfer")])
def test_a_fresh_card_order_and_one_by_bank_transfer_wait(hours, payment):
    waiting = order(placed_at=ago(hours=hours), payment=payment)
    assert cron.cancel_unfinished_payments() == 0
    waiting.refresh_from_db()
    assert waiting.state == Order.State.PLACED


def test_who_chooses_the_card_days_after_ordering_has_the_same_time_to_pay_but_not_for_ever():
    late = order(placed_at=ago(days=5), payment="bank_transfer")
    payments.attempt(order_id=late.pk, method="card")
    assert cron.cancel_unfinished_payments() == 0
    late.payments.update(created_at=ago(hours=3))
    assert cron.cancel_unfinished_payments() == 1
    never = order(placed_at=ago(days=15), payment="bank_transfer")
    payments.attempt(order_id=never.pk, method="card")
    assert cron.cancel_unfinished_payments() == 1


def test_an_order_that_was_paid_after_it_was_found_is_not_cancelled():
    late = order(placed_at=ago(hours=3))
    orders.mark_paid(order_id=late.pk)
    assert cron._cancel(late.pk, "late") is False
    late.refresh_from_db()
    assert late.state == Order.State.PAID


def test_only_guest_carts_that_nobody_touched_for_three_months_go():
    stale, touched, users = (factories.open_cart(factories.variant()) for _number in range(3))
    Cart.objects.filter(pk__in=[stale.pk, users.pk]).update(updated_at=ago(days=91))
    Cart.objects.filter(pk=users.pk).update(user=factories.user())
    assert cron.remove_stale_guest_carts() == 1
    assert set(Cart.objects.all()) == {touched, users}


@pytest.mark.django_db(transaction=True)
def test_a_cart_that_is_filled_while_the_housekeeping_looks_at_it_stays():
    mine, lamp = Cart.objects.create(), factories.variant()
    Cart.objects.update(updated_at=ago(days=2))
    with other_connection() as other:
        other.execute("UPDATE cart_cart SET updated_at = now(), version = version + 1")
        other.execute(
            "INSERT INTO cart_cartline (cart_id, variant_id, quantity, created_at) VALUES (%s, %s, 1, now())",
            [mine.pk, lamp.pk],
        )
        assert cron.remove_stale_guest_carts() == 0
    assert cron.remove_stale_guest_carts() == 0
    assert mine.lines.count() == 1


def test_idempotency_keys_go_after_a_month_and_their_orders_stay():
    kept = order(placed_at=ago(days=1), payment="bank_transfer")
    IdempotencyKey.objects.update(created_at=ago(days=31))
    assert cron.forget_idempotency_keys() == 2  # one of them for pods of the last release
    assert not IdempotencyKey.objects.exists()
    assert Order.objects.filter(pk=kept.pk).exists()


def test_a_backlog_larger_than_a_batch_goes_in_batches(monkeypatch):
    monkeypatch.setattr(cron, "BATCH", 2)
    monkeypatch.setattr(cron, "MOST", 4)
    for number in range(5):
        Session.objects.create(session_key=str(number), session_data="", expire_date=ago(days=1))
    cron.end_expired_sessions()
    assert Session.objects.count() == 1
    cron.end_expired_sessions()
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_failing_task_is_logged_and_the_next_one_runs(caplog):
    done = []
    tasks = {"breaks": lambda: 1 // 0, "works": lambda: done.append(1) or 1}
    with caplog.at_level(logging.INFO, logger="shop.cron"):
        assert cron.run_all(tasks) == ["breaks"]
    assert done == [1]
    told = [(record.task, record.message) for record in caplog.records]
    assert told == [("breaks", "housekeeping failed"), ("works", "housekeeping done")]


@pytest.mark.django_db(transaction=True)
def test_a_failing_database_statement_does_not_stop_the_others():
    def breaks():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nowhere")

    done = []
    assert cron.run_all({"breaks": breaks, "works": lambda: done.append(1) or 1}) == ["breaks"]
    assert done == [1]


@pytest.mark.django_db(transaction=True)
def test_the_command_runs_every_task_and_fails_when_one_failed(monkeypatch):
    call_command("cron")
    monkeypatch.setitem(cron.TASKS, "breaks", lambda: 1 // 0)
    with pytest.raises(CommandError, match="breaks"):
        call_command("cron")


@pytest.mark.django_db(transaction=True)
def test_a_task_that_is_at_work_elsewhere_is_passed_over():
    begun, end, seen = threading.Event(), threading.Event(), []

    def elsewhere():
        with advisory.unless_held(*cron.lock_of("tidy")):
            begun.set()
            end.wait(20)
        connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    assert begun.wait(20)
    assert cron.run_all({"tidy": lambda: seen.append("twice") or 1, "other": lambda: seen.append("other") or 1}) == []
    end.set()
    other.join()
    assert seen == ["other"]
    cron.run_all({"tidy": lambda: seen.append("after") or 1})
    assert seen == ["other", "after"]


def test_a_transfer_that_never_arrived_gives_its_stock_back_after_two_weeks():
    late = order(placed_at=ago(days=15), payment="bank_transfer")
    waiting = order(placed_at=ago(days=13), payment="bank_transfer")
    assert cron.cancel_unpaid_transfers() == 1
    states = {each.pk: each.state for each in Order.objects.all()}
    assert states == {late.pk: Order.State.CANCELLED, waiting.pk: Order.State.PLACED}


def test_a_guests_empty_cart_goes_after_a_day_and_a_full_one_stays():
    empty, full = factories.open_cart(), factories.open_cart(factories.variant())
    Cart.objects.update(updated_at=ago(days=2))
    assert cron.remove_stale_guest_carts() == 1
    assert Cart.objects.get() == full
    assert empty != full
