"""Static files of other releases come from the bucket, so that no page of a roll-out is without its style sheet."""

import io
import json

import pytest
from botocore.exceptions import BotoCoreError
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from shop.platform import static_files, storage
from shop.platform.breaker import Breaker

SHEET, SCRIPT = "storefront/next.0123456789ab.css", "storefront/next.ba9876543210.js"


@pytest.fixture
def released(settings, tmp_path):
    """A release with two files that this one has not got."""
    (tmp_path / "storefront").mkdir()
    (tmp_path / SHEET).write_text("a { color: teal }")
    (tmp_path / SCRIPT).write_text("void 0")
    names = {"next.css": SHEET, "next.js": SCRIPT, "plain.txt": "plain.txt", "next.map": "next.777777777777.map"}
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": names}))
    settings.STATIC_ROOT = tmp_path
    assert static_files.publish() == 2, "what is not hashed, and what the image leaves out, stays"
    settings.STATIC_ROOT = tmp_path / "of this release"


def test_a_file_of_another_release_is_served_and_kept_as_if_it_were_ours(released, client):
    answer = client.get(f"/static/{SHEET}")
    assert (answer.status_code, answer.content) == (200, b"a { color: teal }")
    assert answer["Content-Type"] == "text/css"
    assert answer["Cache-Control"] == storage.ONE_YEAR
    assert client.get(f"/static/{SCRIPT}")["Content-Type"] == "text/javascript"


def test_publishing_twice_does_no_harm(released, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert static_files.publish() == 2


@pytest.mark.parametrize("name", ["storefront/gone.0123456789ab.css", "next.777777777777.map"])
def test_a_file_that_no_release_has_is_refused_and_the_refusal_never_kept(name, released, client):
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_the_bucket_is_asked_for_hashed_names_only(released, client):
    default_storage.save("static/plain.txt", io.BytesIO(b"not for everybody"))
    assert client.get("/static/plain.txt").status_code == 404
    default_storage.save("private.0123456789ab.txt", io.BytesIO(b"not a static file"))
    assert client.get("/static/../private.0123456789ab.txt").status_code == 404


def test_while_s3_is_away_the_file_is_promised_for_later(settings, client, monkeypatch):
    fresh = Breaker("s3", away=(BotoCoreError,), refusal=storage.StorageAway, seconds=storage.AWAY)
    monkeypatch.setattr(storage, "breaker", fresh)
    options = {**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:1"}
    settings.STORAGES = {**settings.STORAGES, "default": {**settings.STORAGES["default"], "OPTIONS": options}}
    answer = client.get(f"/static/{SHEET}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "no-store" in answer["Cache-Control"]


def test_without_collected_files_the_command_says_what_to_do(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    with pytest.raises(CommandError, match="run collectstatic first"):
        call_command("publish_static")
