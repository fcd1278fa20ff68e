"""The contract of outages is complete, is shown, and its page says what the code enforces."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from config import databases
from shop.platform import asking, contract, patience
from shop.platform.contract import OK, UNUSED, Dependency
from shop.platform.management.commands.migrate_safely import LOCK
from shop.platform.postgresql.base import DatabaseWrapper
from tests.waiting import patience as until_within

until = until_within(30)
pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = Path(__file__).resolve().parent.parent.parent
NAMES = [
    "redis-cache",
    "redis-sessions",
    "sqs",
    "s3",
    "sns",
    "webhooks",
    "mail",
    "card-provider",
    "postgresql-read",
    "postgresql",
]


def dependency(name: str, ask) -> Dependency:
    words = dict.fromkeys(("title", "shopper", "staff", "phone", "operator", "bounded"), "words")
    return Dependency(name=name, seconds=1, ask=ask, **words)


def test_each_dependency_has_a_row_and_each_row_says_all():
    assert [row.name for row in contract.rows()] == NAMES
    for row in contract.rows():
        assert all([row.title, row.shopper, row.staff, row.phone, row.operator, row.bounded]), row.name


def test_all_is_well_here():
    deadline = time.monotonic() + 60  # a busy machine takes its time with the first question
    wanted = dict.fromkeys(NAMES, OK) | dict.fromkeys(("sns", "webhooks"), UNUSED)
    while (states := asking.states(contract.rows())) != wanted:
        assert time.monotonic() < deadline, states


def test_the_page_in_the_docs_is_that_of_the_code():
    made = StringIO()
    call_command("outages", "--markdown", stdout=made)
    kept = (PROJECT / "docs" / "outages.md").read_text()
    assert kept == made.getvalue(), "Write it again: manage.py outages --markdown > docs/outages.md"


def test_the_page_is_the_same_on_every_machine():
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "another",
        "DATABASE_URL": "postgres://nobody@db.invalid/shop",
        "EMAIL_URL": "smtp://mail.invalid",
        "OUTBOX_RESEND_AFTER": "7",
        "SHOP_ROLE": "web",
    }
    command = [sys.executable, "manage.py", "outages", "--markdown"]
    made = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    assert made.stdout == (PROJECT / "docs" / "outages.md").read_text()


def test_the_bounds_are_those_that_are_enforced():
    bounds = {row.name: row.seconds for row in contract.rows()}
    options = settings.CACHES["default"]["OPTIONS"]
    assert bounds["redis-cache"] == options["SOCKET_CONNECT_TIMEOUT"] + options["SOCKET_TIMEOUT"]
    database = settings.DATABASES["default"]["OPTIONS"]
    assert bounds["postgresql"] == database["connect_timeout"] + patience.DATABASE_HEALTH
    assert database["answer_timeout"] == patience.silence("command")


@pytest.fixture
def over(monkeypatch) -> Iterator[threading.Event]:
    """Set when a test is over: until then what hangs hangs. Others wait for it for two seconds."""
    monkeypatch.setattr(patience, "PROBE", 2.0)
    event = threading.Event()
    yield event
    event.set()


def test_all_are_asked_side_by_side_and_silence_is_an_answer(over):
    together, met = threading.Barrier(6), []  # one after the other, the last would come ten seconds after the first

    def silent() -> str:
        met.append(together.wait(timeout=8))
        over.wait()
        return OK

    asked = [dependency(f"silent-{number}", silent) for number in range(6)]
    states = asking.states([*asked, dependency("quick", lambda: OK)])
    assert states == {**{row.name: "no answer in 2 s" for row in asked}, "quick": OK}
    until(lambda: together.broken or len(met) == 6)
    assert not together.broken


def test_what_hangs_hangs_in_one_thread(over):
    calls = []

    def silent() -> str:
        calls.append(1)
        over.wait()
        return OK

    for _ in range(2):
        asking.states([dependency("hangs", silent)])
    assert len(calls) == 1


def test_what_is_wrong_is_named_without_accounts_and_addresses():
    def refuse() -> str:
        raise ConnectionError("user shop at 10.1.2.3")

    assert asking.states([dependency("away", refuse)]) == {"away": "ConnectionError"}


def test_the_command_shows_the_state_as_json(monkeypatch):
    monkeypatch.setattr(patience, "PROBE", 60.0)  # a busy machine takes its time with the first question
    shown = StringIO()
    call_command("outages", "--json", stdout=shown)
    assert json.loads(shown.getvalue())["sqs"]["state"] == OK


SHOW = [
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "tcp_keepalives_idle",
    "application_name",
]


@pytest.mark.parametrize("role", ["web", "worker", "relay", "cron", "command"])
def test_the_session_of_each_role_has_all_time_outs(role):
    entry = databases.postgres(urlsplit(os.environ["DATABASE_URL"]), role=role, pod="pod-7")
    session = DatabaseWrapper({**connection.settings_dict, "OPTIONS": entry["OPTIONS"]})
    with session.cursor() as cursor:
        shown = [show(cursor, name) for name in SHOW]
    assert shown == ["5s" if role == "web" else "10s", "3s", "1min", "10", f"shop {role} pod-7"]
    assert session.connection.answer_timeout == (7 if role == "web" else 12)
    session.close()


def test_a_session_has_one_plan_for_all_parameters_and_compiles_none():
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name IN ('jit', 'plan_cache_mode') ORDER BY name")
        assert cursor.fetchall() == [("off", "client"), ("force_generic_plan", "client")]


def show(cursor: CursorWrapper, name: str) -> str:
    cursor.execute(f"SHOW {name}")
    return cursor.fetchone()[0]


@pytest.mark.usefixtures("mailbox")
def test_a_migration_may_take_long_but_never_waits_long_for_a_table(monkeypatch):
    seen: list[str] = []

    def look(*_arguments: object, **_options: object) -> None:
        with connection.cursor() as cursor:
            seen.extend(show(cursor, name) for name in ("statement_timeout", "lock_timeout"))
        seen.append(connection.connection.answer_timeout)

    monkeypatch.setattr("shop.platform.management.commands.migrate_safely.call_command", look)
    try:
        call_command("migrate_safely")
    finally:
        connection.close()
    assert seen == ["0", "5s", None]


@pytest.mark.usefixtures("mailbox")
def test_a_second_migration_waits_for_the_first_which_may_build_indexes_meanwhile(monkeypatch):
    began = threading.Event()
    monkeypatch.setattr(
        "shop.platform.management.commands.migrate_safely.call_command", lambda *_arguments, **_options: began.set()
    )

    def migrate() -> None:
        call_command("migrate_safely")
        connection.close()

    second = threading.Thread(target=migrate)
    with closing(DatabaseWrapper(connection.settings_dict)) as session, session.cursor() as first:
        first.execute("SET statement_timeout = 0; SET lock_timeout = 0; CREATE TABLE migrated (id integer)")
        first.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        second.start()
        until(lambda: waits(first))
        first.execute("CREATE INDEX CONCURRENTLY migrated_id ON migrated (id)")  # it waits for all others' statements
        first.execute("DROP TABLE migrated")
        assert not began.is_set()
        first.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        second.join(60)
    assert began.is_set()


@pytest.mark.usefixtures("mailbox")
def test_a_migration_that_loses_the_database_ends_with_that_error(monkeypatch):
    def lose(*_arguments: object, **_options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr("shop.platform.management.commands.migrate_safely.call_command", lose)
    try:
        with pytest.raises(OperationalError, match="terminating connection"):
            call_command("migrate_safely")
    finally:
        connection.close()


def waits(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND query LIKE 'SELECT pg%advisory_lock(%')"
    )
    return bool(cursor.fetchone()[0])
