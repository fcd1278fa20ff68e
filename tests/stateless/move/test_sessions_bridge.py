"""Two session engines in use at once."""

import importlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session as Row
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from shop.accounts.models import User
from shop.stateless.move.sessions.ended import mark_key
from shop.stateless.move.sessions.sources import source
from shop.stateless.move.sessions.targets import target
from tests.stateless.move.sessions_of import ends_in, held, made, move, nearly, session_files, store

OURS = "shop.platform.sessions"
BRIDGE = "shop.stateless.bridge.sessions"
NEW = ["db", "cached_db", OURS, "cache"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    directory = tmp_path / "sessions"
    directory.mkdir()
    settings.SESSION_ENGINE = BRIDGE
    settings.SESSION_BRIDGE = {"old": "file", "new": OURS}
    with session_files(settings, directory):
        yield directory


@pytest.fixture(params=NEW)
def new(request, settings):
    settings.SESSION_BRIDGE = {"old": "file", "new": request.param}
    return request.param


def test_a_session_is_carried_over_when_it_is_used(new, files):
    key = made("file", cart=1)
    before = (files / f"sessionid{key}").read_bytes()
    assert held(BRIDGE, key) == {"cart": 1}
    assert held(new, key) == {"cart": 1}
    assert (files / f"sessionid{key}").read_bytes() == before


def test_the_end_of_a_session_that_is_carried_over_stays_the_same(settings):
    settings.SESSION_BRIDGE = {"old": "file", "new": "db"}
    key = made("file", expiry=timedelta(hours=3), cart=1)
    held(BRIDGE, key)
    assert nearly(ends_in("db", key), timedelta(hours=3))


def test_what_is_changed_is_changed_in_both(new):
    key = made("file", cart=1)
    session = store(BRIDGE, key)
    session["cart"] = 2
    session.save()
    assert held(new, key)["cart"] == held("file", key)["cart"] == held(BRIDGE, key)["cart"] == 2


def test_a_new_session_is_in_both_so_that_one_can_go_back(new):
    key = made(BRIDGE, cart=1)
    assert held(new, key) == held("file", key) == {"cart": 1}


def test_the_old_engine_can_be_left_as_it_is(settings):
    settings.SESSION_BRIDGE = {"old": "file", "new": "db", "write_old": False}
    key = made("file", cart=1)
    session = store(BRIDGE, key)
    session["cart"] = 2
    session.save()
    assert (held("db", key)["cart"], held("file", key)["cart"]) == (2, 1)
    assert held("file", made(BRIDGE, cart=1)) is None


def test_a_stranger_and_an_expired_session_are_nobody(new):
    assert held(BRIDGE, "0" * 32) is None
    assert held(BRIDGE, made("file", expiry=timedelta(seconds=-5), cart=1)) is None
    assert held(BRIDGE, "../../etc/passwd") is None


def test_a_session_that_ended_does_not_come_back_from_the_old_engine(new, files):
    key = made("file", cart=1)
    copy = (files / f"sessionid{key}").read_bytes()
    store(BRIDGE, key).flush()
    assert not (files / f"sessionid{key}").exists()
    (files / f"sessionid{key}").write_bytes(copy)  # another pod's disk still has it
    assert held(BRIDGE, key) is None
    assert not store(BRIDGE).exists(key)
    code, said = move()
    assert (code, "1  ended" in said, held(new, key)) == (0, True, None)


def test_nor_after_the_secret_key_was_changed(settings, files):
    key = made("file", cart=1)
    copy = (files / f"sessionid{key}").read_bytes()
    store(BRIDGE, key).flush()
    (files / f"sessionid{key}").write_bytes(copy)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert held(BRIDGE, key) is None
    assert "1  ended" in move()[1]


def test_a_session_that_ended_in_the_new_engine_by_its_time_is_over(settings):
    settings.SESSION_BRIDGE = {"old": "file", "new": "db"}
    key = made("file", cart=1)
    held(BRIDGE, key)
    Row.objects.filter(session_key=key).update(expire_date=timezone.now())
    assert held(BRIDGE, key) is None


def test_a_log_out_while_the_old_engine_is_away(files):
    key = made("file", cart=1)
    held(BRIDGE, key)
    away = files.with_name("away")
    files.rename(away)
    store(BRIDGE, key).flush()
    assert held(BRIDGE, key) is None
    away.rename(files)
    assert (files / f"sessionid{key}").exists()
    assert held(BRIDGE, key) is None


class Away:
    """Stands in for an engine whose server is gone."""

    def __init__(self, session_key=None):
        self.session_key = session_key

    def __getattr__(self, name):
        raise ConnectionError("gone")


def test_without_the_old_engine_visitors_keep_their_cookies(settings, monkeypatch):
    carried, left = made("file", cart=1), made("file", cart=2)
    held(BRIDGE, carried)
    engine = importlib.import_module("django.contrib.sessions.backends.file")
    monkeypatch.setattr(engine.SessionStore, "_key_to_file", Away().__getattr__)
    assert held(BRIDGE, carried) == {"cart": 1}
    session = store(BRIDGE, left)
    assert (session.get("cart"), session.session_key) == (None, left)
    session["cart"] = 4
    session.save()
    assert session.session_key != left
    assert held(BRIDGE, session.session_key) == {"cart": 4}
    changed = store(BRIDGE, carried)
    changed["cart"] = 3
    changed.save()
    assert held(OURS, carried) == {"cart": 3}


def test_a_request_that_began_before_the_log_out_cannot_undo_it(new):
    key = made("file", cart=1)
    slow = store(BRIDGE, key)
    slow["cart"] = 2
    store(BRIDGE, key).flush()
    with pytest.raises(UpdateError):
        slow.save()
    assert held(BRIDGE, key) is None


def test_signing_in_changes_the_key_and_the_former_one_is_worthless(new):
    key = made("file", cart=1)
    session = store(BRIDGE, key)
    session.cycle_key()
    session.save()
    assert held(BRIDGE, session.session_key) == {"cart": 1}
    assert held(BRIDGE, key) is None
    assert held("file", key) is None


def test_a_mark_is_no_session():
    key = made("file", cart=1)
    store(BRIDGE, key).flush()
    assert held(BRIDGE, mark_key(key)) is None


def test_the_command_knows_the_engines_of_the_bridge_and_says_when_the_old_one_can_go():
    used, left = made("file", cart=1), made("file", cart=2)
    session = store(BRIDGE, used)
    session["cart"] = 3
    session.save()
    code, said = move("--status")
    assert code == 1
    assert "1 live sessions have no right copy" in said
    assert move()[0] == 0
    assert held(OURS, used) == {"cart": 3}
    assert held(OURS, left) == {"cart": 2}
    code, said = move("--status")
    assert (code, "file can be dropped: no live session is in it alone." in said) == (0, True)


def test_the_new_engine_wins_whatever_the_old_one_says(settings):
    settings.SESSION_BRIDGE = {"old": "file", "new": "db", "write_old": False}
    key = made("file", cart=1)
    session = store(BRIDGE, key)
    session["cart"] = 2
    session.save()
    stale = store("file", key)
    stale["cart"] = "stale"
    stale.save()
    assert "1  newer in the new engine" in move()[1]
    assert held("db", key) == {"cart": 2}


def test_a_person_stays_signed_in(client, settings, files):
    settings.STATELESS_GUARD_ALLOWED = [*getattr(settings, "STATELESS_GUARD_ALLOWED", []), str(files)]
    user = User.objects.create_user(email="ann@example.com", password="secret")
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.file"
    client.force_login(user)
    for engine in (BRIDGE, OURS):
        settings.SESSION_ENGINE = engine
        response = client.get("/account/orders/")
        assert (response.status_code, response.wsgi_request.user) == (200, user)
    settings.SESSION_ENGINE = BRIDGE
    client.post("/account/logout/")
    assert client.get("/account/orders/").status_code == 302


@pytest.mark.parametrize(
    ("bridge", "sentence"),
    [
        (None, "Write SESSION_BRIDGE"),
        ({"old": "file"}, "Write SESSION_BRIDGE"),
        ({"old": "db", "new": OURS}, "set SESSION_ENGINE = 'shop.platform.sessions'"),
        ({"old": "file", "new": "nothing"}, "cannot be imported"),
        ({"old": "signed_cookies", "new": "db"}, "nothing to carry"),
    ],
)
def test_wrong_settings_say_what_to_write(settings, bridge, sentence):
    settings.SESSION_BRIDGE = bridge
    with pytest.raises(ImproperlyConfigured, match=sentence):
        store(BRIDGE)


@pytest.mark.django_db(transaction=True)
def test_threads_that_carry_over_at_once_lose_no_change(new):
    keys = [made("file", n=0) for _ in range(8)]
    start = threading.Barrier(4)

    def use(number):
        start.wait()
        for key in keys:
            session = store(BRIDGE, key)
            session.load()
        connection.close()

    change = store(BRIDGE, keys[0])
    change["n"] = 1
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))
    change.save()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))
    assert [held(new, key)["n"] for key in keys] == [1, *[0] * 7]
    assert not Row.objects.exclude(session_key__in=keys).exists()  # no place is held any more


@pytest.mark.django_db(transaction=True)
def test_who_ends_a_session_that_is_just_being_carried_over_waits_and_ends_it():
    key = made("file", cart=1)
    carrier, reached, go_on = target(OURS), threading.Event(), threading.Event()
    taken = carrier._taken

    def held_up(keys):
        """It has read the old session, and writes it in a moment."""
        reached.set()
        go_on.wait(120)
        return taken(keys)

    carrier._taken = held_up
    with ThreadPoolExecutor(2) as pool:
        carrying = pool.submit(then_close, carrier.add, [source("file").read([key])[key]])
        assert reached.wait(120)
        ending = pool.submit(then_close, store(BRIDGE, key).flush)
        while not ending.done() and not somebody_waits():
            time.sleep(0.01)
        go_on.set()
        carrying.result(120)
        ending.result(120)
    assert held(OURS, key) is None
    assert held(BRIDGE, key) is None


def then_close(work, *arguments):
    """Work in a thread, whose connection would keep the test's database from being removed."""
    try:
        return work(*arguments)
    finally:
        connection.close()


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


PROCESS = """
import sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.SESSION_FILE_PATH = sys.argv[2]
settings.SESSION_BRIDGE = {"old": "file", "new": "shop.platform.sessions"}
from shop.stateless.bridge.sessions import SessionStore
print("ready", flush=True)
for line in sys.stdin:
    verb, key = line.split()
    session = SessionStore(key)
    if verb == "end":
        session.flush()
    else:
        session["seen"] = session.get("seen", 0) + 1
        session.save()
    print(session.get("seen"), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_use_the_bridge_at_the_same_time(files):
    keys = [made("file", cart=number) for number in range(20)]
    command = [sys.executable, "-c", PROCESS, connection.settings_dict["NAME"], str(files)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, env=None, **pipes) for _ in range(2)]
    try:
        assert [process.stdout.readline() for process in both] == ["ready\n"] * 2
        for process in both:  # both carry over every session at once
            process.stdin.write("".join(f"use {key}\n" for key in keys))
            process.stdin.flush()
        seen = [[process.stdout.readline().strip() for _ in keys] for process in both]
        assert all(answer in ("1", "2") for answers in seen for answer in answers)
        assert [held(BRIDGE, key)["cart"] for key in keys] == list(range(20))
        both[0].stdin.write(f"end {keys[0]}\n")
        both[0].stdin.flush()
        assert both[0].stdout.readline() == "None\n"
        assert held(BRIDGE, keys[0]) is None
    finally:
        for process in both:
            process.kill()
            process.communicate()


def test_the_site_that_is_on_the_bridge_is_not_told_to_switch_to_it():
    made("file", **{SESSION_KEY: "1"})
    assert "The site still uses" not in move()[1]


def test_without_engines_the_command_asks_for_them(settings):
    del settings.SESSION_BRIDGE
    with pytest.raises(CommandError, match="SESSION_BRIDGE"):
        move()
