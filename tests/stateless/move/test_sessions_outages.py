"""Carrying sessions while a cache is away or full, or a disk is full: nothing is said to be copied that is not."""

import errno

import pytest
from django.contrib.sessions.models import Session as Row
from django.core.management import CommandError

from tests.outages import full_redis
from tests.stateless.move.sessions_of import held, made, move, session_files, store
from tests.stateless.test_command import ROOT, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    with session_files(settings, tmp_path):
        yield tmp_path


def redis_that_keeps_silent(location):
    """django-redis as it is often set: whoever asks is not told that it is away."""
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": location,
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SERIALIZER": "django_redis.serializers.json.JSONSerializer"},
    }


@pytest.mark.parametrize("location", ["redis://127.0.0.1:1/0", "nonsense"])
@pytest.mark.parametrize(
    "arguments",
    [["file", "--to", "cache"], ["file", "--to", "cache", "--verify"], ["cache", "--to", "db"]],
    ids=["to", "verify", "from"],
)
def test_a_cache_that_is_away_is_said_also_if_it_keeps_silent(settings, arguments, location):
    made("file", cart=1)
    settings.CACHES = {**settings.CACHES, "sessions": redis_that_keeps_silent(location)}
    with pytest.raises(CommandError, match="See that both can be reached") as refused:
        move("--from", *arguments)
    assert refused.value.returncode == 2
    assert Row.objects.count() == 0


def test_a_cache_that_is_full_has_not_kept_the_session(settings):
    made("file", cart=1)
    settings.CACHES = {**settings.CACHES, "sessions": redis_that_keeps_silent(settings.REDIS_SESSIONS_URL)}
    with full_redis():
        code, said = move("--from", "file", "--to", "cache")
    assert (code, "1  failed" in said, "was not kept" in said) == (1, True, True), said
    assert "1  copied" in move("--from", "file", "--to", "cache")[1]


def no_space(*_arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch):
    """Files can be made, and nothing can be written into them."""

    with monkeypatch.context() as patch:
        patch.setattr("os.write", no_space)
        yield patch


def test_a_disk_that_is_full_has_not_kept_the_session(full_disk):
    key = made("db", cart=1)
    code, said = move("--from", "db", "--to", "file")
    assert (code, "1  failed" in said, "was not kept" in said) == (1, True, True), said
    full_disk.undo()
    assert "1  copied" in move("--from", "db", "--to", "file")[1]
    assert held("file", key) == {"cart": 1}


def test_a_disk_that_is_full_has_not_brought_the_session_up_to_date(settings, monkeypatch):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    key = made("db", cart=1)
    move("--from", "db", "--to", "file")
    session = store("db", key)
    session["cart"] = 2
    session.save()
    with monkeypatch.context() as patch, pytest.raises(CommandError, match="was not kept by the new engine"):
        patch.setattr("os.write", no_space)
        move("--from", "db", "--to", "file")
    assert "1  brought up to date" in move("--from", "db", "--to", "file")[1]
    assert held("file", key) == {"cart": 2}


def test_a_report_for_which_there_is_no_room_is_one_sentence():
    key = made("file", cart=1)
    with pytest.raises(CommandError, match="No space left on device"):
        move("--from", "file", "--to", "db", "--report", "/dev/full")
    assert held("db", key) == {"cart": 1}


@pytest.mark.parametrize("engines", [("file", "cached_db"), ("db", "file")])
def test_a_table_whose_app_is_not_installed_is_one_sentence(tmp_path, engines):
    (tmp_path / "files_only.py").write_text("SECRET_KEY = 'fixed'\nINSTALLED_APPS = ['shop.stateless']\n")
    there = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "DJANGO_SETTINGS_MODULE": "files_only"}
    done = run("-m", "django", "move", "sessions", "--from", engines[0], "--to", engines[1], cwd=tmp_path, **there)
    assert done.returncode == 2
    assert "add 'django.contrib.sessions' to INSTALLED_APPS" in done.stderr
    assert "Traceback" not in done.stderr
