"""The restore drill: is what we would fall back on a store? It restores a dump into a scratch database, brings it to
this release's schema, makes lost messages due again, and checks it by the same rules as the store itself.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from shop.platform import dumps
from shop.platform.dumps import Server, Unusable

COUNTED = ("catalog_product", "orders_order", "accounts_user", "platform_image")
# Written by what shoppers and staff do; the newest of them is how far the dump reaches
MOMENTS = """
SELECT greatest(
    (SELECT max(created_at) FROM orders_orderevent), (SELECT max(created_at) FROM notifications_mail),
    (SELECT max(created_at) FROM platform_outboxmessage), (SELECT max(created_at) FROM inventory_stockmovement),
    (SELECT max(updated_at) FROM cart_cart), (SELECT max(updated_at) FROM catalog_product),
    (SELECT max(created_at) FROM payments_payment), (SELECT max(date_joined) FROM accounts_user)
)
"""
# The copies on SQS may be gone, or belong to a later life of the store: all that is not done is sent again.
REPLAY = """
UPDATE platform_outboxmessage SET sent_at = NULL, taken_until = NULL, available_at = least(available_at, now())
WHERE done_at IS NULL AND dead_at IS NULL AND sent_at IS NOT NULL
"""
DUE = """
SELECT count(*) FROM platform_outboxmessage
WHERE done_at IS NULL AND dead_at IS NULL AND sent_at IS NULL AND available_at <= now()
"""
Say = Callable[[str], None]


@dataclass
class Drill:
    """What a drill found. Seconds: `rpo` is the age of the newest row, `rto` from the dump's file to a checked store.

    `replayed` messages were on a queue when the dump was made and are due again; `due` is all that a relay would send.
    """

    rpo: float
    rto: float
    newest: str
    rows: dict[str, int]
    replayed: int
    due: int
    broken: int
    rules: list[dict[str, Any]] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        return {"ok": not self.broken, **asdict(self)}


def run(path: Path, *, pictures: bool, say: Say) -> Drill:
    """Restore the dump in a scratch database and check it; the database is dropped whatever happens.

    With `pictures` also ask S3 for the objects of its pictures. Raises Unusable.
    """
    begun_at, begun = time.time(), time.monotonic()
    with dumps.scratch(dumps.drill_server()) as restored:
        say(f"Restoring {path.name} into a scratch database")
        dumps.restore(path, restored)
        say("Bringing it to this release's schema")
        _manage(restored, "migrate", "--noinput", "--verbosity=0", fine=(0,))
        newest, rows = _contents(restored)
        say("Making messages due again that were sent and not done")
        replayed, due = _replay(restored)
        say("Checking it")
        report = _fsck(restored, pictures=pictures)
    return Drill(
        rpo=begun_at - newest.timestamp(),
        rto=time.monotonic() - begun,
        newest=newest.isoformat(timespec="seconds"),
        rows=rows,
        replayed=replayed,
        due=due,
        broken=report["violations"],
        rules=[rule for rule in report["rules"] if rule["broken"]],
    )


def _contents(server: Server) -> tuple[datetime, dict[str, int]]:
    """Return the moment of the newest row and how many rows there are. Raises Unusable for a shop without any."""
    with psycopg.connect(server.conninfo) as connection:
        newest = connection.execute(MOMENTS).fetchone()
        rows = {table: _count(connection, table) for table in COUNTED}
    if newest is None or newest[0] is None:
        raise Unusable("The dump holds no row of the shop. It was made of another, or of an empty, database.")
    return newest[0], rows


def _count(connection: "psycopg.Connection[Any]", table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(found[0]) if found else 0


def _replay(server: Server) -> tuple[int, int]:
    with psycopg.connect(server.conninfo) as connection:
        replayed = connection.execute(REPLAY).rowcount
        due = connection.execute(DUE).fetchone()
    return replayed, int(due[0]) if due else 0


def _fsck(server: Server, *, pictures: bool) -> dict[str, Any]:
    """Return fsck's own report; rules that are broken are a result. Raises Unusable if it could not be checked."""
    text = _manage(server, "fsck", "--json", *(["--storage"] if pictures else []), fine=(0, 1))
    report: dict[str, Any] = json.loads(text)
    return report


def _manage(server: Server, *arguments: str, fine: tuple[int, ...]) -> str:
    """Run a command of the store on another database, in a process of its own. Returns what it wrote.

    Raises Unusable if its exit code is none of `fine`.
    """
    environment = {**os.environ, "RESTORED_DATABASE_URL": server.url}
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
    result = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if result.returncode not in fine:
        words = (result.stderr.strip().splitlines() or ["it wrote nothing"])[-1]
        raise Unusable(f"`manage.py {arguments[0]}` failed on the restored database: {words}")
    return result.stdout
