"""Two storages in use at once, and the old addresses."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import Http404
from django.test import RequestFactory

from shop.stateless.bridge.storage import BridgingStorage
from shop.stateless.bridge.views import media
from tests.stateless.move.media_of import FILES, gallery, got, move, names, painting, put, s3

__all__ = ["gallery"]


@pytest.fixture
def bridged(gallery, settings):
    """The default storage: from the media directory to the bucket's prefix."""
    bridge = {
        "BACKEND": "shop.stateless.bridge.storage.BridgingStorage",
        "OPTIONS": {"old": {"BACKEND": FILES}, "new": "s3"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": bridge}
    return storages["default"]


def save(name, content=b"new"):
    return storages["default"].save(name, ContentFile(content))


def test_a_file_is_read_from_whichever_has_it_and_the_new_one_wins(gallery, bridged):
    put(gallery, "old.txt", b"old")
    put(gallery, "both.txt", b"old")
    storages["s3"].save("both.txt", ContentFile(b"new and longer"))
    assert (got("default", "old.txt"), got("default", "both.txt")) == (b"old", b"new and longer")
    assert (bridged.size("old.txt"), bridged.size("both.txt")) == (3, 14)
    assert bridged.get_modified_time("both.txt") == storages["s3"].get_modified_time("both.txt")
    os.utime(gallery / "old.txt", (1, 1))
    assert bridged.get_modified_time("old.txt").timestamp() == 1
    assert not bridged.exists("neither.txt")
    with pytest.raises(FileNotFoundError):
        bridged.open("neither.txt")


def test_new_files_go_to_the_new_storage_under_a_name_that_is_free_in_both(gallery, bridged):
    put(gallery, "photo.png", b"old")
    first = save("photo.png", b"first")
    second = save(first, b"second")
    assert len({"photo.png", first, second}) == 3
    assert got("s3", first) == b"first"
    assert got("default", "photo.png") == b"old"
    assert [path.name for path in gallery.iterdir()] == ["photo.png"]


def test_a_storage_whose_names_stand_for_content_may_overwrite(gallery):
    put(gallery, "0a1b.png", b"same")
    bridge = BridgingStorage({"BACKEND": FILES}, "s3", overwrite=True)
    assert bridge.save("0a1b.png", ContentFile(b"same")) == "0a1b.png"
    assert got("s3", "0a1b.png") == b"same"


def test_deleting_deletes_in_both(gallery, bridged):
    put(gallery, "a.txt")
    storages["s3"].save("a.txt", ContentFile(b"copy"))
    bridged.delete("a.txt")
    assert not (gallery / "a.txt").exists()
    assert got("s3", "a.txt") is None
    bridged.delete("a.txt")  # as storages do: nothing to do


def test_lists_are_of_both(gallery, bridged):
    put(gallery, "dir/old.txt")
    put(gallery, "dir/both.txt")
    save("dir/new/deep.txt")
    storages["s3"].save("dir/both.txt", ContentFile(b"copy"))
    assert bridged.listdir("dir") == (["new"], ["both.txt", "old.txt"])


def test_a_file_that_is_opened_to_be_changed_is_carried_over_first(gallery, settings):
    put(gallery, "log.txt", b"one")
    bridge = BridgingStorage({"BACKEND": FILES}, "elsewhere")
    with bridge.open("log.txt", "ab") as log:
        log.write(b" two")
    assert (got("elsewhere", "log.txt"), (gallery / "log.txt").read_bytes()) == (b"one two", b"one")
    assert bridge.path("log.txt") == storages["elsewhere"].path("log.txt")


def test_addresses_stay_and_nobody_is_asked_for_them(gallery, settings):
    away = s3(settings, endpoint_url="http://127.0.0.1:1")
    bridge = BridgingStorage({"BACKEND": FILES}, away)
    assert bridge.url("paintings/Zoë 1.png") == "/media/paintings/Zo%C3%AB%201.png"
    assert BridgingStorage({"BACKEND": FILES}, away, urls="new").url("a.png").startswith("http://127.0.0.1:1/")
    with pytest.raises(ImproperlyConfigured):
        BridgingStorage({"BACKEND": FILES}, away, urls="both")


def test_the_move_knows_from_the_bridge_where_to_and_afterwards_the_old_place_is_not_needed(gallery, bridged, settings):
    painting(put(gallery, "old.png", b"old"))
    painting(save("new.png", b"new"))
    code, said = move("--from", "default")
    assert (code, "1  copied" in said) == (0, True), said
    assert names("s3") == ["new.png", "old.png"]
    settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES["s3"]}
    assert (got("default", "old.png"), got("default", "new.png")) == (b"old", b"new")


def asked(name, method="get", **headers):
    return media(getattr(RequestFactory(), method)(f"/media/{name}", headers=headers), name)


def content(response):
    return b"".join(response.streaming_content)


def test_old_addresses_lead_to_the_file_before_during_and_after_the_move(gallery, bridged, settings):
    put(gallery, "old.png", b"old")
    response = asked("old.png")
    assert (response.status_code, response["Content-Type"], content(response)) == (200, "image/png", b"old")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert asked("old.png", **{"If-Modified-Since": response["Last-Modified"]}).status_code == 304
    assert move("--from", "default")[0] == 0
    response = asked("old.png")
    assert (response.status_code, response.url) == (302, storages["s3"].url("old.png"))
    assert response["Cache-Control"] == "max-age=300"
    settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES["s3"]}
    assert asked("old.png").url == storages["s3"].url("old.png")


@pytest.mark.parametrize(
    "name", ["nothing.png", "../secret", "paintings", "a/../b", "/etc/passwd", "a//b", "a\0b", "paintings/lamp.png/x"]
)
def test_what_is_not_there_is_not_found(gallery, bridged, name):
    put(gallery, "paintings/lamp.png")
    put(gallery.parent, "secret")
    with pytest.raises(Http404):
        asked(name)


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "page.xhtml", "data.xml", "no-ending", "page.html.gz"])
def test_scripts_in_uploads_do_not_run_under_the_name_of_the_site(gallery, bridged, name):
    put(gallery, name, b"<script>alert(document.cookie)</script>")
    assert "sandbox" in asked(name)["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["lamp.png", "film.mp4", "manual.pdf", "notes.txt"])
def test_what_cannot_hold_scripts_is_shown_as_ever(gallery, bridged, name):
    put(gallery, name)
    assert "Content-Security-Policy" not in asked(name)


def test_nothing_but_reading(gallery, bridged):
    assert asked("old.png", method="post").status_code == 405


def test_a_new_storage_that_gives_out_the_same_address_is_read_here(gallery, settings):
    bridge = {
        "BACKEND": "shop.stateless.bridge.storage.BridgingStorage",
        "OPTIONS": {"old": {"BACKEND": FILES}, "new": "elsewhere"},
    }
    settings.STORAGES = {**settings.STORAGES, "default": bridge}
    put(gallery.parent / "elsewhere", "a.txt", b"on the network")
    assert content(asked("a.txt")) == b"on the network"
    settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES["elsewhere"]}
    assert content(asked("a.txt")) == b"on the network"


def test_without_the_new_storage_the_old_files_are_still_served(gallery, settings):
    bridge = {
        "BACKEND": "shop.stateless.bridge.storage.BridgingStorage",
        "OPTIONS": {"old": {"BACKEND": FILES}, "new": s3(settings, endpoint_url="http://127.0.0.1:1")},
    }
    settings.STORAGES = {**settings.STORAGES, "default": bridge}
    put(gallery, "old.png", b"old")
    os.utime(gallery / "old.png", (1, 1))
    assert content(asked("old.png")) == b"old"
    response = asked("new.png")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
