"""What a run left behind, read from outside: the database, the card provider's books, the mail server."""

import json
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from prove.plan import Journey, Plan
from prove.record import Record
from prove.stage import Stage

Row = dict[str, Any]
QUIET = 2.5  # seconds in which what comes twice would come
PATIENCE = 60.0  # seconds until all work is done
TABLES = {
    "orders": "SELECT * FROM orders_order ORDER BY id",
    "lines": "SELECT * FROM orders_orderline ORDER BY id",
    "payments": "SELECT * FROM payments_payment ORDER BY id",
    "mails": "SELECT * FROM notifications_mail ORDER BY id",
    "movements": "SELECT * FROM inventory_stockmovement ORDER BY id",
    "stocks": "SELECT stock.*, sku FROM inventory_stock AS stock JOIN catalog_variant AS v ON v.id = variant_id",
    "vouchers": "SELECT * FROM pricing_voucher ORDER BY id",
    "redemptions": "SELECT * FROM pricing_redemption ORDER BY id",
    "gift_cards": "SELECT * FROM payments_giftcard ORDER BY id",
    "gift_card_entries": "SELECT * FROM payments_giftcardentry ORDER BY id",
    "keys": "SELECT * FROM checkout_idempotencykey",
    "outbox": "SELECT * FROM platform_outboxmessage ORDER BY id",
}


@dataclass
class Evidence:
    """Rows by table; `charges`: the provider's payments; `arrivals`: (Message-ID, recipient, unix seconds) of mails.

    `written`: {process: files} on local disks.
    """

    plan: Plan
    record: Record
    tables: Mapping[str, list[Row]]
    charges: list[Row]
    arrivals: list[tuple[str, str, float]]
    written: Mapping[str, set[str]]
    watched: int
    names: list[str]  # of the processes

    def __post_init__(self) -> None:
        self._lines: dict[int, list[Row]] = defaultdict(list)
        for line in self.tables["lines"]:
            self._lines[line["order_id"]].append(line)

    @property
    def web(self) -> int:
        """How many web processes served."""
        return sum(name.startswith("web") for name in self.names)

    def orders_of(self, journey: Journey) -> list[Row]:
        return [order for order in self.tables["orders"] if order["email"] == journey.email]

    def lines_of(self, order: Row) -> list[Row]:
        return self._lines[order["id"]]

    def payments_of(self, order: Row) -> list[Row]:
        return [payment for payment in self.tables["payments"] if payment["order_id"] == order["id"]]

    def charges_of(self, order: Row) -> list[Row]:
        return [charge for charge in self.charges if charge["description"] == order["number"]]

    def outcome(self, journey: Journey) -> Row:
        """Return what has to be the same however often processes died: no ids, numbers or times."""
        mails = Counter(mail["kind"] for mail in self.tables["mails"] if mail["to"] == journey.email)
        return {
            "seen": self.record.seen.get(journey.name, {}),
            "orders": [self._order(order) for order in self.orders_of(journey)],
            "mails": dict(sorted(mails.items())),
        }

    def _order(self, order: Row) -> Row:
        amounts = ("subtotal", "discount", "shipping_price", "tax_total", "total", "gift_card_amount")
        lines = [[line["sku"], line["quantity"], str(line["total"])] for line in self.lines_of(order)]
        payments = [[payment["method"], payment["state"]] for payment in self.payments_of(order)]
        facts = {name: str(order[name]) for name in ("state", *amounts, "payment_method")}
        return {**facts, "lines": sorted(lines), "payments": payments, "account": order["user_id"] is not None}


def settle(stage: Stage, *, patience: float = PATIENCE) -> None:
    """Return when no work is left, or when waiting longer would not help; then wait for what comes twice."""
    deadline = time.monotonic() + patience
    open_ones = "SELECT count(*) FROM platform_outboxmessage WHERE done_at IS NULL AND dead_at IS NULL"
    with psycopg.connect(stage.database, autocommit=True) as connection:
        while connection.execute(open_ones).fetchone() != (0,) and time.monotonic() < deadline:
            time.sleep(0.2)
    time.sleep(QUIET)


def collect(stage: Stage, plan: Plan, record: Record) -> Evidence:
    with psycopg.connect(stage.database, row_factory=dict_row) as connection:
        tables = {name: connection.execute(query).fetchall() for name, query in TABLES.items()}
    mails = zip(stage.mail.mails, stage.mail.arrived_at, strict=False)
    arrivals = [(str(mail["Message-ID"]), str(mail["To"]), moment) for mail, moment in mails]
    disk = stage.disk
    return Evidence(plan, record, tables, _charges(stage), arrivals, disk.written, disk.files, stage.fleet.names)


def _charges(stage: Stage) -> list[Row]:
    """Return the provider's payments that this run's shop announced, each with what the shop said of it."""
    path = stage.ground.place.data / "testpay" / "testpay.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM payments ORDER BY created")]
    found = [{**json.loads(row["request"]), **row} for row in rows]
    return [row for row in found if row["return_url"].startswith(f"{stage.fleet.base_url}/")]
