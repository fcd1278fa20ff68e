"""The check of the store: a healthy one passes, and each rule, broken by SQL, is named with its row."""

import io
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from prometheus_client import REGISTRY

from shop.backoffice import fsck
from shop.catalog.models import Product
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine
from shop.payments import services as payments
from shop.platform import inspections, invariants, media, outbox
from shop.platform.models import Image, Inspection, OutboxMessage, WebhookDelivery
from shop.platform.webhooks import delivery, endpoints
from shop.pricing.models import TaxRate
from shop.privacy import erasure
from tests import factories
from tests.outages import storage_behind_proxy

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(order, mailbox):
    """A shop in which everything happened once: an order with a voucher and a gift card in each state, a mail sent,
    pieces counted, a webhook on its way; and an account that was erased.
    """
    delivery.send_test(endpoints.make(url="https://hooks.example/", kinds=[delivery.TEST])[0].pk)
    TaxRate.objects.create(country="DE", rate=19)
    ten = factories.voucher("10", limit=9)
    placed, paid, shipped, cancelled = (
        order(f"buyer{number}@example.com", stock=5, voucher=ten, gift_card=factories.gift_card("5.00"))
        for number in range(4)
    )
    for one in (paid, shipped):
        payments.receive(order_id=one.pk, actor="boss@example.com")
    orders.ship(order_id=shipped.pk)
    payments.receive(order_id=cancelled.pk, actor="boss@example.com")
    payments.cancel_order(order_id=cancelled.pk)
    outbox.handle(OutboxMessage.objects.filter(topic="notifications.mail").earliest("id").pk)
    erasure.erase_account(user_id=factories.user().pk)
    return SimpleNamespace(placed=placed, paid=paid, shipped=shipped, cancelled=cancelled)


def run(*arguments):
    """Return the exit code and what was written."""
    out, code = io.StringIO(), 0
    try:
        call_command("fsck", *arguments, stdout=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def broken():
    """Return {name of a broken rule: names of the rows}."""
    code, text = run("--json")
    report = json.loads(text)
    assert code == (0 if report["ok"] else 1)
    return {rule["name"]: [row["subject"] for row in rule["violations"]] for rule in report["rules"] if rule["broken"]}


def sql(statement, *parameters):
    """Change rows behind the store's back, also against the database's own constraints."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, parameters)


def test_a_healthy_shop_passes_and_every_rule_looked_at_rows(shop):
    code, text = run("--json")
    report = json.loads(text)
    assert (code, report["violations"]) == (0, 0)
    assert all(rule["rows"] for rule in report["rules"])
    assert {rule["name"] for rule in report["rules"]} == set(HARM)


def test_an_empty_shop_passes():
    assert broken() == {}


def test_a_free_order_needs_no_payment(order):
    free = order()
    OrderLine.objects.filter(order=free).update(unit_price=0, total=0, tax=0)
    Order.objects.filter(pk=free.pk).update(subtotal=0, shipping_price=0, total=0, tax_total=0)
    free.payments.all().delete()
    orders.mark_paid(order_id=free.pk)
    assert broken() == {}


# What breaks each rule: statements of SQL with the number or SKU of the row that has to be named
NUMBER = "(SELECT id FROM orders_order WHERE number = %s)"
VARIANT = f"(SELECT variant_id FROM orders_orderline WHERE order_id = {NUMBER})"
HARM = {
    "product-repeats-its-variants": f"UPDATE catalog_product SET min_price = 1 WHERE id = "
    f"(SELECT product_id FROM catalog_variant WHERE id = {VARIANT})",
    "counts-are-those-of-the-products": "DELETE FROM catalog_tally WHERE scope = 'all' AND key = 'total' AND %s <> ''",
    "lists-have-their-products": "INSERT INTO catalog_placement (product_id, category_id, published_at) "
    f"SELECT product_id, 7, now() FROM catalog_variant WHERE id = {VARIANT}",
    "stock-not-negative": "ALTER TABLE inventory_stock DROP CONSTRAINT stock_not_oversold; "
    f"UPDATE inventory_stock SET on_hand = -1 WHERE variant_id = {VARIANT}",
    "stock-is-ledger": f"UPDATE inventory_stock SET on_hand = on_hand + 1 WHERE variant_id = {VARIANT}",
    "order-has-its-lines": f"DELETE FROM orders_orderline WHERE order_id = {NUMBER}",
    "order-adds-up": "ALTER TABLE orders_order DROP CONSTRAINT order_adds_up; "
    "UPDATE orders_order SET shipping_price = shipping_price + 1 WHERE number = %s",
    "order-discount": f"UPDATE orders_orderline SET discount = 2 WHERE order_id = {NUMBER}",
    "order-tax": "UPDATE orders_order SET tax_total = 0 WHERE number = %s",
    "order-state": "UPDATE orders_order SET shipped_at = now() WHERE number = %s",
    "sold-is-ordered": f"DELETE FROM inventory_stockmovement WHERE reason = 'sold' AND variant_id = {VARIANT}",
    "redemption-of-cancelled-order-is-given-back": "UPDATE pricing_redemption SET released_at = now() "
    f"WHERE order_id = {NUMBER}",
    "voucher-counts-its-uses": "UPDATE pricing_voucher SET used = used + 1 WHERE id = "
    f"(SELECT voucher_id FROM pricing_redemption WHERE order_id = {NUMBER})",
    "discount-has-its-redemption": f"DELETE FROM pricing_redemption WHERE order_id = {NUMBER}",
    "order-has-its-mail": "DELETE FROM notifications_mail WHERE kind = 'order_placed' AND context ->> 'number' = %s",
    "order-has-mails-of-its-states": "DELETE FROM notifications_mail WHERE kind = 'order_paid' "
    "AND context ->> 'number' = %s",
    "paid-order-has-its-money": f"UPDATE payments_payment SET amount = amount - 1 WHERE order_id = {NUMBER}",
    "unpaid-order-keeps-no-money": "UPDATE orders_order SET state = 'cancelled', cancelled_at = now() "
    "WHERE number = %s",
    "payment-is-for-the-total": f"UPDATE payments_payment SET currency = 'USD' WHERE order_id = {NUMBER}",
    "gift-card-balance-is-its-entries": "UPDATE payments_giftcard SET balance = balance + 1 WHERE id = "
    f"(SELECT gift_card_id FROM payments_payment WHERE method = 'gift_card' AND order_id = {NUMBER})",
    "order-took-its-part-from-the-card": "UPDATE payments_giftcardentry SET amount = amount + 1 WHERE payment_id = "
    f"(SELECT id FROM payments_payment WHERE method = 'gift_card' AND order_id = {NUMBER})",
    "order-gave-its-part-back-to-the-card": "UPDATE payments_payment SET refunded = 1 WHERE method = 'gift_card' "
    f"AND order_id = {NUMBER}",
    "order-has-its-gift-card-part": "UPDATE orders_order SET gift_card_amount = 0 WHERE number = %s",
    "gift-card-key-is-known": "UPDATE payments_giftcard SET key_id = 'lost', balance = balance + 1, "
    f"issued = issued + 1 WHERE id = (SELECT gift_card_id FROM payments_payment WHERE method = 'gift_card' "
    f"AND order_id = {NUMBER})",
    "ordered-cart-has-its-order": "UPDATE orders_order SET cart_id = NULL WHERE number = %s",
    "order-closed-its-cart": "UPDATE cart_cart SET state = 'open' WHERE id = "
    "(SELECT cart_id FROM orders_order WHERE number = %s)",
    # a guest's order has a second one, for pods of the former release
    "key-has-its-order": "UPDATE checkout_idempotencykey SET order_id = NULL "
    f"WHERE scope <> 'guest' AND order_id = {NUMBER}",
    "erased-is-not-back": "INSERT INTO accounts_user (id, email, name, password, is_superuser, is_staff, is_active, "
    "date_joined) SELECT row, 'back@example.com', '', '', false, false, true, now() FROM privacy_erased WHERE %s <> ''",
    "mail-is-on-its-way": "UPDATE notifications_mail SET message_id = NULL "
    "WHERE kind = 'order_paid' AND context ->> 'number' = %s",
    "webhook-is-on-its-way": "DELETE FROM platform_outboxmessage WHERE topic = 'webhooks.deliver' AND %s <> ''",
}


def test_each_broken_rule_is_named_with_its_row_alone(shop):
    """One shop for all: each rule is broken in a transaction of its own, which is then undone."""
    names = _names(shop.paid)
    told = {}
    for rule, statements in HARM.items():
        with transaction.atomic():
            for statement in statements.split("; "):
                sql(statement, *[shop.paid.number] * statement.count("%s"))
            told[rule] = broken().get(rule)
            transaction.set_rollback(True)
    assert told == {rule: [names.get(rule.partition("-")[0], names["order"])] for rule in HARM}
    assert broken() == {}


def _names(order):
    """Return {first word of a rule: the row of this order that it names}."""
    line = order.lines.get()
    mail = _value("SELECT id FROM notifications_mail WHERE dedupe_key = %s", f"order_paid:{order.pk}")
    card = _value("SELECT gift_card_id FROM payments_payment WHERE order_id = %s ORDER BY id LIMIT 1", order.pk)
    key = _value("SELECT id FROM checkout_idempotencykey WHERE scope <> 'guest' AND order_id = %s", order.pk)
    return {
        "product": f"product {line.product_slug}",
        "counts": "count total of all",
        "lists": f"product {line.product_slug}",
        "stock": f"sku {line.sku}",
        "sold": f"sku {line.sku}",
        "order": f"order {order.number}",
        "ordered": f"cart {order.cart_id}",
        "key": f"idempotency key {key}",
        "mail": f"mail {mail}",
        "erased": "erased account",
        "voucher": f"voucher {order.voucher_code}",
        "gift": f"gift card {card}",
        "webhook": f"delivery of event {WebhookDelivery.objects.get().event_id}",
    }


def _value(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()[0]


def test_all_that_one_change_breaks_is_told(shop):
    sql(f"DELETE FROM orders_orderline WHERE order_id = {NUMBER}", shop.shipped.number)
    assert set(broken()) == {"order-has-its-lines", "sold-is-ordered"}


def test_a_mail_whose_work_was_done_and_that_was_not_sent_is_named(shop):
    sql("UPDATE platform_outboxmessage SET done_at = now() WHERE id = (SELECT max(id) FROM platform_outboxmessage)")
    assert list(broken()) == ["mail-is-on-its-way"]


def test_money_that_a_person_received_elsewhere_needs_no_payment_but_a_name(shop):
    sql("UPDATE payments_payment SET state = 'cancelled' WHERE order_id = %s AND gift_card_id IS NULL", shop.paid.pk)
    assert broken() == {}
    sql("UPDATE orders_orderevent SET actor = 'payment provider' WHERE order_id = %s", shop.paid.pk)
    assert broken() == {"paid-order-has-its-money": [f"order {shop.paid.number}"]}


def test_rows_are_read_in_batches_and_none_is_left_out(shop, monkeypatch):
    monkeypatch.setattr(invariants, "BATCH", 1)
    assert broken() == {}
    sql("UPDATE orders_order SET tax_total = 0")
    assert len(broken()["order-tax"]) == 4


def test_of_many_violations_the_first_are_named_and_all_are_counted(shop, monkeypatch):
    monkeypatch.setattr(invariants, "MOST", 3)
    sql("UPDATE orders_order SET tax_total = 0")
    code, text = run()
    assert code == 1
    assert "and 1 more" in text
    assert f"1 of {len(HARM)} rules are broken; rows that break them: 4." in text


def test_the_table_names_rows_and_advice_and_no_person(shop):
    for statement in HARM.values():
        for one in statement.split("; "):
            sql(one, *[shop.paid.number] * one.count("%s"))
    for form in ((), ("--json",)):
        _code, text = run(*form)
        assert shop.paid.number in text
        assert "Compare the order with its mail" in text
        assert "@" not in text
        assert "Ada" not in text


def test_repair_computes_what_is_derived_and_leaves_the_rest(shop):
    sql("UPDATE catalog_product SET min_price = 1, keywords = ''")
    sql("UPDATE orders_order SET tax_total = 0 WHERE id = %s", shop.paid.pk)
    code, text = run("--repair", "--json")
    report = json.loads(text)
    assert (code, report["repaired"], report["violations"]) == (1, Product.objects.count(), 1)
    assert list(broken()) == ["order-tax"]


def test_repair_gives_back_what_a_pod_without_vouchers_left_used_and_counts_again(shop):
    sql('UPDATE pricing_voucher SET used = used + 3, "limit" = 20')
    sql("UPDATE pricing_redemption SET released_at = NULL WHERE order_id = %s", shop.cancelled.pk)
    assert set(broken()) == {"redemption-of-cancelled-order-is-given-back", "voucher-counts-its-uses"}
    run("--repair")
    assert broken() == {}


def test_pictures_are_asked_for_only_when_wanted(shop):
    picture = media.store(factories.jpeg(), render=False)
    media.make_renditions(picture.pk)
    assert run("--storage")[0] == 0
    lost = Image.objects.get().renditions[0]["key"]
    default_storage.delete(lost)
    assert run()[0] == 0
    code, text = run("--storage")
    assert code == 1
    assert f"picture {picture.pk}: no object {lost}" in text


def test_a_bucket_that_does_not_answer_is_no_violation(settings):
    media.store(factories.jpeg(), render=False)
    with storage_behind_proxy(settings) as s3:
        s3.refuse()
        with pytest.raises(CommandError, match="The bucket could not be checked") as caught:
            run("--storage")
    assert caught.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_moment_and_writes_nothing(shop, monkeypatch):
    seen = []

    def look(low, high):
        seen.append(invariants.rows("SHOW transaction_isolation") + invariants.rows("SHOW transaction_read_only"))
        return []

    spy = invariants.Invariant(name="spy", rule="", table="orders_order", find=look, advice="")
    monkeypatch.setattr(fsck, "RULES", (*fsck.RULES, spy))
    assert broken() == {}
    assert seen == [[("repeatable read",), ("on",)]]


def told(name, inspection="store check"):
    return REGISTRY.get_sample_value(f"shop_inspection_{name}", {"name": inspection})


def test_the_housekeeping_checks_once_a_day_and_keeps_what_it_found(shop, admin):
    assert fsck.check_daily() == 0
    kept = Inspection.objects.get()
    assert kept.is_good
    inspections.tell()
    assert (told("good"), told("violations"), told("good_timestamp_seconds")) == (1, 0, kept.good_at.timestamp())
    assert told("good_timestamp_seconds", "restore drill") == 0

    sql("UPDATE orders_order SET tax_total = 0")
    assert fsck.check_daily() == 0, "not again on the same day"
    Inspection.objects.update(begun_at=timezone.now() - timedelta(days=1))
    assert fsck.check_daily() == 4
    again = Inspection.objects.get()
    assert (again.is_good, again.good_at, again.broken) == (False, kept.good_at, 4)
    assert f"1 of {len(HARM)} rules are broken" in again.summary
    inspections.tell()
    assert (told("good"), told("violations")) == (0, 4)
    assert "inspection that found something wrong" in admin.get("/admin/").content.decode()


def test_a_check_that_was_killed_is_not_begun_again_at_once():
    inspections.begin(inspections.CHECK)
    fsck.check_daily()
    assert Inspection.objects.get().ended_at is None


def test_a_check_by_hand_is_kept_when_wanted(shop):
    run()
    assert not Inspection.objects.exists()
    run("--keep")
    assert Inspection.objects.get().is_good
