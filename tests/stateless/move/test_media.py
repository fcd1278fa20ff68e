"""Carrying files to S3: the files, the rows and the bucket are real."""

import os
import socket
import unicodedata

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError
from django.db import DatabaseError

from shop.stateless.move.media import probe
from shop.stateless.move.problems import MoveError
from tests.stateless.move.media_of import FILES, S3, gallery, got, move, moved, names, painting, put, s3

__all__ = ["gallery"]


def test_every_file_is_there_with_its_name_content_and_type(gallery):
    painting(put(gallery, "paintings/lamp.png", b"\x89PNG"))
    put(gallery, "loose/notes.txt", b"no row names this")
    code, said = move("--to", "s3")
    assert code == 0, said
    assert names("s3") == ["loose/notes.txt", "paintings/lamp.png"]
    assert got("s3", "paintings/lamp.png") == b"\x89PNG"
    key = storages["s3"].bucket.Object(f"{storages['s3'].location}/paintings/lamp.png")
    assert key.content_type == "image/png"
    assert sorted(path.name for path in gallery.rglob("*.*")) == ["lamp.png", "notes.txt"]


def test_files_that_may_be_private_are_pointed_out(gallery):
    put(gallery.parent / "private", "deed.pdf", b"secret")
    code, said = move("--from", "private", "--to", "s3")
    assert (code, got("s3", "deed.pdf")) == (0, b"secret")
    assert "may be private" in said


@pytest.mark.parametrize("is_over", [False, True])
def test_files_that_may_be_private_do_not_come_to_those_that_everybody_may_see(gallery, settings, is_over):
    put(gallery.parent / "private", "deed.pdf", b"secret")
    if is_over:
        settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES["s3"]}
    assert "a place of its own for this one" in refused("--to", "default" if is_over else "s3")
    assert names("s3") == []


def test_a_folder_of_the_bucket_that_everybody_may_see_is_no_place_of_its_own(gallery, settings):
    put(gallery.parent / "private", "deed.pdf", b"secret")
    place = settings.STORAGES["s3"]["OPTIONS"]["location"]
    beneath = {"BACKEND": S3, "OPTIONS": {**settings.STORAGES["s3"]["OPTIONS"], "location": f"{place}/private"}}
    settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES["s3"], "beneath": beneath}
    assert "a place of its own for this one" in refused("--to", "beneath")


def test_files_of_a_field_with_a_storage_of_its_own_go_too(gallery, settings):
    settings.MEDIA_ROOT = str(gallery.parent)  # shown with all below it
    from tests.stateless.move.gallery.models import Deed

    Deed.objects.create(scan=put(gallery.parent / "private", "deed.pdf"))
    assert move("--to", "s3")[0] == 0
    assert "deed.pdf" in names("s3")


def test_one_storage_alone(gallery):
    put(gallery, "a.txt")
    put(gallery.parent / "private", "deed.pdf")
    assert move("--from", "default", "--to", "s3")[0] == 0
    assert names("s3") == ["a.txt"]
    assert move("--from", "gallery.Deed.scan", "--to", "s3")[0] == 0
    assert move("--from", str(gallery.parent / "private"), "--to", "elsewhere")[0] == 0
    assert names("s3") == ["a.txt", "deed.pdf"]
    assert names("elsewhere") == ["deed.pdf"]


def test_orphans_and_missing_files_are_listed(gallery, tmp_path):
    painting(put(gallery, "paintings/here.png"))
    painting("paintings/gone.png")
    painting("../../etc/passwd")
    put(gallery, "loose.txt")
    code, report = moved(tmp_path, "--to", "s3")
    assert report["orphans"] == ["loose.txt"]
    assert {name: row.partition(" of ")[0] for name, row in report["missing"].items()} == {
        "paintings/gone.png": "gallery.Painting.picture",
        "../../etc/passwd": "gallery.Painting.picture",
    }
    assert code == 0
    assert (tmp_path / "report.json").stat().st_mode & 0o077 == 0


def test_a_file_that_was_uploaded_to_the_new_storage_already_is_not_missing(gallery, tmp_path):
    painting(storages["s3"].save("paintings/new.png", ContentFile(b"new")))
    assert moved(tmp_path, "--to", "s3")[1]["missing"] == {}


def test_a_dry_run_counts_files_and_bytes_and_writes_nothing(gallery):
    put(gallery, "a.txt", b"12345")
    put(gallery, "b.txt", b"123")
    code, said = move("--to", "elsewhere", "--dry-run")
    assert (code, names("elsewhere")) == (0, [])
    assert "2  to copy (8 bytes)" in said


def test_verify_finds_what_is_absent_and_what_differs(gallery, tmp_path):
    for name in ("same.txt", "absent.txt", "differs.txt"):
        put(gallery, name, b"right")
    for name, content in {"same.txt": b"right", "differs.txt": b"wrong"}.items():
        storages["elsewhere"].save(name, ContentFile(content))
    code, report = moved(tmp_path, "--to", "elsewhere", "--verify")
    assert code == 1
    assert report["names"] == {
        "already there, the same": ["same.txt"],
        "not at the target": ["absent.txt"],
        "different at the target": ["differs.txt"],
    }
    assert got("elsewhere", "differs.txt") == b"wrong"


def test_a_second_run_writes_nothing_twice_and_finishes_the_job(gallery, tmp_path):
    put(gallery, "a.txt")
    move("--to", "elsewhere")
    put(gallery, "b.txt")
    assert moved(tmp_path, "--to", "elsewhere")[1]["files"] == {"already there, the same": 1, "copied": 1}


def test_a_file_that_changed_after_the_copy_is_copied_again(gallery):
    put(gallery, "a.txt", b"first")
    move("--to", "s3")
    put(gallery, "a.txt", b"second")
    later = storages["s3"].get_modified_time("a.txt").timestamp() + 60
    os.utime(gallery / "a.txt", (later, later))
    assert move("--to", "s3")[0] == 0
    assert got("s3", "a.txt") == b"second"


def test_a_newer_file_of_that_name_at_the_target_is_kept_unless_one_says_otherwise(gallery):
    put(gallery, "a.txt", b"old")
    os.utime(gallery / "a.txt", (1, 1))
    storages["elsewhere"].save("a.txt", ContentFile(b"uploaded since"))
    code, said = move("--to", "elsewhere")
    assert (code, got("elsewhere", "a.txt")) == (1, b"uploaded since")
    assert "a.txt has another file of its name at the target" in said
    assert move("--to", "elsewhere", "--overwrite")[0] == 0
    assert got("elsewhere", "a.txt") == b"old"


@pytest.mark.parametrize("options", [{"file_overwrite": False}, {"gzip": True}])
def test_the_name_is_kept_whatever_the_bucket_is_set_to(gallery, settings, options):
    settings.STORAGES = {**settings.STORAGES, "s3": s3(settings, **options)}
    put(gallery, "a.css", b"body {}" * 100)
    os.utime(gallery / "a.css", (1, 1))
    assert move("--to", "s3")[0] == 0
    put(gallery, "a.css", b"html {}" * 100)
    assert move("--to", "s3", "--overwrite")[0] == 0
    assert (names("s3"), got("s3", "a.css")) == (["a.css"], b"html {}" * 100)
    assert "1  already there, the same" in move("--to", "s3")[1]


ODD = [
    "with space.txt",
    "a#b?c=1&d%20.txt",
    "Zoë.txt",
    unicodedata.normalize("NFD", "Zoë2.txt"),
    "日本.txt",
    "'\"<>.txt",
    ".hidden",
]


@pytest.mark.parametrize("target", ["s3", "elsewhere"])
def test_odd_names_and_empty_files(gallery, target):
    for name in ODD:
        put(gallery, f"odd/{name}", name.encode())
    put(gallery, "empty.txt", b"")
    code, said = move("--to", target)
    assert code == 0, said
    assert {name: got(target, f"odd/{name}") for name in ODD} == {name: name.encode() for name in ODD}
    assert got(target, "empty.txt") == b""


def test_what_cannot_be_carried_is_one_sentence_and_the_rest_goes_on(gallery, tmp_path):
    put(gallery, "good.txt")
    put(gallery, "back\\slash.txt")
    put(tmp_path, "secret", b"not for the web")
    (gallery / "out.txt").symlink_to(tmp_path / "secret")
    (gallery / "outside").symlink_to(tmp_path / "private")
    (gallery / "dangling.txt").symlink_to(gallery / "nothing")
    (gallery / "inside.txt").symlink_to(gallery / "good.txt")
    (gallery / "loop").symlink_to(gallery)
    os.mkfifo(gallery / "pipe")
    (gallery / os.fsdecode(b"latin-\xe9.txt")).write_bytes(b"x")
    code, report = moved(tmp_path, "--from", "default", "--to", "s3")
    assert code == 1
    assert names("s3") == ["good.txt", "inside.txt"]
    said = {name: sentence[:28] for name, sentence in report["problems"].items()}
    assert said == {
        "back\\slash.txt": "has a name that storages wri",
        "out.txt": "is a symbolic link that lead",
        "outside": "is a symbolic link that lead",
        "dangling.txt": "is a symbolic link to someth",
        "pipe": "is no regular file",
        "latin-\udce9.txt": "has a name that is no proper",
    }


def test_a_file_that_nobody_may_read(gallery, monkeypatch):
    put(gallery, "good.txt")
    put(gallery, "locked.txt")
    opened = storages["default"].open

    def guarded(name, mode="rb"):
        if name == "locked.txt":  # root may read everything, so the refusal is made here
            raise PermissionError(13, "Permission denied", name)
        return opened(name, mode)

    monkeypatch.setattr(storages["default"], "open", guarded)
    code, said = move("--to", "elsewhere")
    assert (code, names("elsewhere")) == (1, ["good.txt"])
    assert "locked.txt cannot be read or written: Permission denied." in said


def test_a_target_that_is_full_is_finished_by_the_next_run(gallery, monkeypatch):
    put(gallery, "a.txt")
    put(gallery, "film.mp4")
    save = storages["elsewhere"]._save

    def room_for_little(name, content):
        if "film" in name:
            raise OSError(28, "No space left on device", name)
        return save(name, content)

    with monkeypatch.context() as full:
        full.setattr(storages["elsewhere"], "_save", room_for_little)
        code, said = move("--to", "elsewhere")
    assert (code, names("elsewhere")) == (1, ["a.txt"])
    assert "film.mp4 finds no room: the target is full." in said
    assert move("--to", "elsewhere")[0] == 0
    assert names("elsewhere") == ["a.txt", "film.mp4"]


def test_a_file_that_vanishes_during_the_run_does_not_stay_at_the_target(gallery, monkeypatch):
    put(gallery, "a.txt")
    put(gallery, "b.txt")
    target = storages["s3"]
    save = target._save

    def deleted_meanwhile(name, content):
        given = save(name, content)
        (gallery / name).unlink(missing_ok=True)
        return given

    monkeypatch.setattr(target, "_save", deleted_meanwhile)
    code, said = move("--to", "s3")
    assert (code, names("s3")) == (0, []), said
    assert "2  gone meanwhile" in said


def test_large_files_are_sent_in_parts_and_compared_in_pieces(gallery):
    put(gallery, "film.mp4", os.urandom(20 * 1024 * 1024))
    assert move("--to", "s3")[0] == 0
    assert got("s3", "film.mp4") == (gallery / "film.mp4").read_bytes()
    assert "1  already there" in move("--to", "s3")[1]


def test_damage_at_the_target_is_seen(gallery, monkeypatch):
    put(gallery, "a.txt", b"right")
    target = storages["elsewhere"]
    save = target._save
    monkeypatch.setattr(target, "_save", lambda name, _content: save(name, ContentFile(b"wrong")))
    code, said = move("--to", "elsewhere")
    assert code == 1
    assert "does not come back from the target as it was written" in said


def refused(*arguments):
    with pytest.raises(CommandError) as error:
        move(*arguments)
    assert error.value.returncode == 2
    return str(error.value)


def test_refusals(gallery, settings, tmp_path):
    put(gallery, "a.txt")
    assert "STORAGES has no 's4'" in refused("--to", "s4")
    assert "No bridging storage says" in refused()
    assert "cannot be used" in refused("--to", "no.such.Storage")
    assert "no alias of STORAGES" in refused("--to", "s3", "--from", "nothing")
    assert "which is also the target" in refused("--to", "default")
    assert "name at least one" in refused("--to", "s3", "--workers", "0")
    assert "/nowhere/report" in refused("--to", "s3", "--report", "/nowhere/report")
    assert names("s3") == []
    settings.MEDIA_ROOT = str(tmp_path / "not there")
    assert "is not there" in refused("--to", "s3")
    settings.MEDIA_ROOT = ""
    assert "MEDIA_ROOT is empty" in refused("--to", "s3")


def test_rows_that_cannot_be_read_are_one_sentence(gallery, monkeypatch):
    picture = painting(put(gallery, "lamp.png"))._meta.get_field("picture")
    closed = psycopg.errors.InvalidCursorName("cursor does not exist")
    closed.__context__ = DatabaseError('relation "gallery_painting" does not exist\nLINE 1: …')
    for error, reason in [(closed, 'relation "gallery_painting" does not exist'), (ValueError(), "ValueError()")]:

        def unreadable(*_, error=error):
            raise error

        monkeypatch.setattr(picture, "get_prep_value", unreadable)
        assert f"cannot be read: {reason}. Nothing was copied." in refused("--to", "s3")


def test_a_target_that_cannot_be_used_is_one_sentence_at_the_start(gallery, settings):
    put(gallery, "a.txt")

    def target(**options):
        settings.STORAGES = {**settings.STORAGES, "s3": s3(settings, **options)}
        return refused("--to", "s3")

    assert "does not answer; look at its address" in target(endpoint_url="http://127.0.0.1:1")
    assert "access keys are wrong" in target(access_key="nobody", secret_key="wrong")
    assert "no such bucket" in target(bucket_name="nowhere-to-be-found")
    settings.STORAGES = {**settings.STORAGES, "s3": {"BACKEND": FILES, "OPTIONS": {"location": "/proc/nowhere"}}}
    assert "cannot be read or written" in refused("--to", "s3")
    assert S3 in refused("--to", "s5")


def test_a_target_that_is_silent_is_given_up_after_a_while(gallery, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings.STORAGES = {**settings.STORAGES, "s3": s3(settings, endpoint_url=address)}
        for ask in (probe.can_be_read, probe.can_be_written):
            with pytest.raises(MoveError, match="does not answer"):
                ask(storages["s3"], patience=0.5)


def test_a_default_storage_that_nobody_uses_is_no_hindrance(gallery, settings):
    put(gallery.parent / "private", "deed.pdf")
    settings.MEDIA_ROOT = ""
    from tests.stateless.move.gallery.models import Painting

    field = Painting._meta.get_field("picture")
    before, field.storage = field.storage, storages["private"]
    try:
        assert move("--to", "elsewhere")[0] == 0
    finally:
        field.storage = before
    assert names("elsewhere") == ["deed.pdf"]


def test_what_is_at_the_target_already_is_left_out(gallery, settings):
    put(gallery.parent / "private", "deed.pdf")
    settings.MEDIA_ROOT = str(gallery.parent)
    settings.STORAGES = {**settings.STORAGES, "default": settings.STORAGES["s3"]}
    assert move("--to", "default")[0] == 0
    assert names("s3") == ["deed.pdf"]


def test_a_target_that_goes_away_in_the_middle_ends_the_run_soon(gallery, tmp_path, monkeypatch):
    for number in range(40):
        put(gallery, f"{number:02}.txt")
    target = storages["elsewhere"]
    save, calls = target._save, []

    def until_it_goes(name, content):
        calls.append(name)
        if len(calls) > 10:
            raise ConnectionResetError(104, "Connection reset by peer")
        return save(name, content)

    monkeypatch.setattr(target, "_save", until_it_goes)
    code, report = moved(tmp_path, "--from", "default", "--to", "elsewhere")
    assert (code, report["stopped"], report["files"]["copied"]) == (1, True, 9)
    assert report["files"]["failed"] in {3, 4}  # two at a time: the last that it takes may come after one it refuses
    monkeypatch.undo()
    code, report = moved(tmp_path, "--from", "default", "--to", "elsewhere")
    assert (code, report["files"]) == (0, {"already there, the same": 9, "copied": 31})
    assert len(names("elsewhere")) == 40
