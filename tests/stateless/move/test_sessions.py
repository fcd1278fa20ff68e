"""Carrying sessions from one engine to another: PostgreSQL, Redis and files are real."""

import os
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as Row
from django.core.management import CommandError
from django.utils import timezone

from shop.accounts.models import User
from tests.stateless.move.sessions_of import ends_in, held, made, move, moved, nearly, session_files, store

OURS = "shop.platform.sessions"
MONTH = timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    directory = tmp_path / "sessions"
    directory.mkdir()
    settings.SESSION_ENGINE = OURS
    with session_files(settings, directory):
        yield directory


def aged(files, key, **ago):
    then = time.time() - timedelta(**ago).total_seconds()
    os.utime(files / f"sessionid{key}", (then, then))


def test_keys_data_and_expiry_are_kept(files):
    key = made("file", cart=[1, 2], name="Zoë")
    aged(files, key, days=10)
    assert move("--from", "file", "--to", "db")[0] == 0
    assert held("db", key) == {"cart": [1, 2], "name": "Zoë"}
    assert nearly(ends_in("db", key), MONTH - timedelta(days=10))


WAYS = [
    (origin, to) for origin in ("file", "cache") for to in ("db", "cached_db", OURS, "cache", "file") if origin != to
]


@pytest.mark.parametrize(("origin", "target"), [*WAYS, ("db", "cache"), ("db", "file")])
def test_from_any_engine_to_any(origin, target):
    keys = [made(origin, number=number) for number in range(3)]
    code, said = move("--from", origin, "--to", target)
    assert (code, "3  copied" in said) == (0, True), said
    assert [held(target, key)["number"] for key in keys] == [0, 1, 2]


@pytest.mark.parametrize("own", [3600, timedelta(hours=5)])
@pytest.mark.parametrize("target", ["db", "cache", "file"])
def test_a_session_with_an_end_of_its_own_keeps_it(own, target):
    origin = "file" if target != "file" else "db"
    key = made(origin, expiry=own, cart=1)
    before = store(origin, key).get_expiry_date()
    move("--from", origin, "--to", target)
    assert nearly(store(target, key).get_expiry_date(), before)
    if target == "db":
        assert nearly(ends_in("db", key), before - timezone.now())


def test_what_has_expired_stays_behind(files):
    key = made("file", cart=1)
    aged(files, key, days=31)
    code, said = move("--from", "file", "--to", "db")
    assert (code, Row.objects.count()) == (0, 0)
    assert "1  expired" in said
    assert (files / f"sessionid{key}").exists()


def test_a_session_that_cannot_be_decoded_is_named_by_a_hash_and_the_rest_goes_on(settings, files):
    good = made("file", cart=1)
    settings.SECRET_KEY = "another"
    bad = made("file", cart=2)
    settings.SECRET_KEY = os.environ["SECRET_KEY"]
    (files / "sessionidnotasession_out_1").write_text("being written")
    code, said = move("--from", "file", "--to", "db")
    assert code == 1
    assert held("db", good) == {"cart": 1}
    assert "SECRET_KEY_FALLBACKS" in said
    assert bad not in said
    assert Row.objects.count() == 1


def test_nothing_is_removed_or_changed_at_the_source(files):
    for days in (0, 40):
        aged(files, made("file", cart=days), days=days)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime) for path in files.iterdir()}
    move("--from", "file", "--to", "db")
    assert {path.name: (path.read_bytes(), path.stat().st_mtime) for path in files.iterdir()} == before


def test_a_second_run_copies_what_is_new_and_leaves_what_is_newer(tmp_path):
    old = made("file", cart=1)
    move("--from", "file", "--to", "db")
    changed = store("db", old)
    changed["cart"] = 2
    changed.save()
    new = made("file", cart=3)
    code, report = moved(tmp_path, "--from", "file", "--to", "db")
    assert (code, report["counts"]["copied"], report["counts"]["newer in the new engine"]) == (0, 1, 1)
    assert held("db", old) == {"cart": 2}
    assert held("db", new) == {"cart": 3}


@pytest.mark.parametrize("target", ["db", OURS, "cache"])
def test_while_the_site_still_uses_the_old_engine_its_changes_are_brought_up_to_date(settings, target):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.file"
    key = made("file", cart=1)
    assert "The site still uses file" in move("--from", "file", "--to", target)[1]
    assert held(target, key) == {"cart": 1}
    session = store("file", key)
    session["cart"] = 2
    session.save()
    assert "1  brought up to date" in move("--from", "file", "--to", target)[1]
    assert held(target, key) == {"cart": 2}


def test_a_dry_run_counts_and_writes_nothing():
    made("file", cart=1)
    code, said = move("--from", "file", "--to", "db", "--dry-run")
    assert (code, Row.objects.count()) == (0, 0)
    assert "1  copied" in said


def test_verify_says_whether_the_old_engine_can_be_dropped(tmp_path):
    made("file", cart=1)
    code, report = moved(tmp_path, "--from", "file", "--to", "db", "--verify")
    assert (code, report["can_be_dropped"], Row.objects.count()) == (1, False, 0)
    move("--from", "file", "--to", "db")
    code, report = moved(tmp_path, "--from", "file", "--to", "db", "--verify")
    assert (code, report["can_be_dropped"]) == (0, True)
    assert "file can be dropped" in move("--from", "file", "--to", "db", "--verify")[1]


def test_engines_that_share_a_table_need_no_copy():
    code, said = move("--from", "db", "--to", OURS)
    assert (code, "django_session" in said, "SESSION_ENGINE = 'shop.platform.sessions'" in said) == (0, True, True)


def test_signed_in_sessions_that_another_secret_key_made_are_counted():
    user = User.objects.create_user(email="ann@example.com", password="secret")
    signs = {"_auth_user_id": str(user.pk), "_auth_user_backend": "b"}
    made("file", **signs, _auth_user_hash=user.get_session_auth_hash())
    assert "not accepted" not in move("--from", "file", "--to", "db")[1]
    made("file", **signs, _auth_user_hash="of another key")
    assert "1 of 2 signed-in sessions are not accepted here" in move("--from", "file", "--to", "db")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "signed_cookies", "--to", "db"], "nothing to carry"),
        (["--from", "db", "--to", "signed_cookies"], "Name another target"),
        (["--from", "fil", "--to", "db"], "cannot be imported"),
        (["--from", "json", "--to", "db"], "no session engine"),
        (["--from", "db", "--to", "db"], "the same engine"),
        (["--to", "db"], "--from"),
        (["--from", "file", "--to", "db", "--report", "/nowhere/x"], "/nowhere/x"),
    ],
)
def test_refusals_are_one_sentence_and_change_nothing(arguments, sentence):
    made("file", cart=1)
    with pytest.raises(CommandError, match=sentence) as refused:
        move(*arguments)
    assert refused.value.returncode == 2
    assert Row.objects.count() == 0


def test_a_cache_that_cannot_list_its_keys_points_to_the_bridge(settings):
    settings.CACHES = {**settings.CACHES, "sessions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with pytest.raises(CommandError, match=r"shop\.stateless\.bridge\.sessions"):
        move("--from", "cache", "--to", "db")


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_that_forgets_with_the_command_is_no_target(settings, backend):
    settings.CACHES = {**settings.CACHES, "sessions": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    made("file", cart=1)
    with pytest.raises(CommandError, match="gone when this command ends"):
        move("--from", "file", "--to", "cache")


def test_djangos_own_redis_can_list_its_keys(settings):
    redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": settings.REDIS_SESSIONS_URL}
    settings.CACHES = {**settings.CACHES, "sessions": {**redis, "KEY_PREFIX": "odd[prefix]*"}}
    key = made("cache", expiry=3600, cart=1)
    assert move("--from", "cache", "--to", "db")[0] == 0
    assert held("db", key)["cart"] == 1
    assert nearly(ends_in("db", key), timedelta(hours=1))


def test_a_session_the_serializer_cannot_write_is_named_and_the_rest_goes_on(settings):
    settings.CACHES = {
        **settings.CACHES,
        "sessions": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": settings.REDIS_SESSIONS_URL,
        },
    }
    made("cache", thing={1, 2})
    good = made("cache", cart=(1, 2))
    code, said = move("--from", "cache", "--to", "db")
    assert (code, held("db", good)) == (1, {"cart": [1, 2]})
    assert "cannot be written" in said
    assert move("--from", "cache", "--to", "db", "--verify")[0] == 1


def test_a_session_that_cannot_be_decoded_at_the_target_is_named():
    key = made("file", cart=1)
    Row.objects.create(session_key=key, session_data="nonsense", expire_date=timezone.now() + MONTH)
    for mode in ([], ["--verify"]):
        code, said = move("--from", "file", "--to", "db", *mode)
        assert (code, "1  failed" in said, "remove it there" in said) == (1, True, True), said
