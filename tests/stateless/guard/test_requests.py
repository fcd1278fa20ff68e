"""What a request writes to its pod is found, and said to be that request's."""

import asyncio
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from shop.stateless.guard import services
from shop.stateless.guard.report import StateWritten
from tests.stateless.guard import views

NEW = ["opens", "appends", "creates", "makes_directory", "links", "sqlite", "moves_in", "in_thread", "later"]
THERE = ["opens", "appends", "renames", "removes", "truncates", "sqlite"]


def line_of(text: str) -> str:
    lines = Path(views.__file__).read_text().splitlines()
    return f"tests/stateless/guard/views.py:{lines.index(text) + 1}"


@pytest.mark.parametrize("view", NEW)
def test_what_is_new(site, counted, view):
    path = site("count") / "new"
    assert Client().get(f"/{view}/?at={path}").status_code == 200
    (write,) = counted
    assert str(path) in write.target
    assert (write.name, write.work) == (f"{view}/", f"GET /{view}/")
    assert write.place.startswith("tests/stateless/guard/views.py:")


@pytest.mark.parametrize("view", THERE)
def test_what_is_there(site, counted, view):
    path = site("count") / "old"
    path.write_text("x")
    Client().get(f"/{view}/?at={path}")
    assert [str(path) in write.target for write in counted] == [True]


def test_a_file_mapped_for_writing(site, counted):
    path = site("count") / "old"
    path.write_text("x")
    for flags, expected in ((os.O_RDWR, 1), (os.O_RDONLY, 0)):
        counted.clear()
        number = os.open(path, flags)
        try:
            Client(raise_request_exception=False).get(f"/maps/{number}/")
        finally:
            os.close(number)
        assert len(counted) == expected


def test_the_error_says_what_where_who_and_what_to_do(site):
    path = site("raise") / "new"
    with pytest.raises(StateWritten) as caught:
        Client().get(f"/opens/?at={path}")
    said = str(caught.value)
    assert said.startswith("GET /opens/ on ")
    assert line_of('    at(request).write_text("x")') in said
    assert f"opened for writing {path}" in said
    assert "STATELESS_GUARD_ALLOWED" in said
    assert not path.exists()


def test_a_process_in_mode_raise_answers_500(site):
    path = site("raise") / "new"
    for view in ("opens", "catches", "later"):
        assert Client(raise_request_exception=False).get(f"/{view}/?at={path}").status_code == 500
    assert not path.exists()


def test_a_stream_is_made_by_its_request(site):
    path = site("raise") / "new"
    with pytest.raises(StateWritten, match="GET /streams/"):
        b"".join(Client().get(f"/streams/?at={path}").streaming_content)


def test_an_asynchronous_server(site, counted):
    path = site("count") / "new"
    for view in ("later", "opens"):
        assert asyncio.run(AsyncClient().get(f"/{view}/?at={path}")).status_code == 200
    assert [write.work for write in counted] == ["GET /later/", "GET /opens/"]


def test_each_is_counted_and_each_place_logged_once(site, counted, caplog):
    path = site("count") / "new"
    with caplog.at_level(logging.WARNING, "stateless.guard"):
        for view in ("opens", "opens", "appends"):
            Client().get(f"/{view}/?at={path}")
    assert len(counted) == 3
    assert [record.message.split(" on ")[0] for record in caplog.records] == ["GET /opens/", "GET /appends/"]


def test_reading_and_devices_are_harmless(site):
    site("raise")
    assert Client().get("/reads/").status_code == 200


def test_temporary_files_that_are_removed_are_harmless(site):
    site("raise")
    assert Client().get("/temporary/").status_code == 200


def test_a_temporary_file_that_stays(site):
    site("raise")
    with pytest.raises(StateWritten, match=r"left behind the temporary file .*forgotten") as caught:
        Client().get("/forgotten/")
    assert line_of('    _number, name = tempfile.mkstemp(prefix="forgotten")') in str(caught.value)


def test_an_upload_on_disk_is_gone_with_its_request(site, settings):
    site("raise")
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    answer = Client().post("/upload/", {"file": SimpleUploadedFile("a.bin", b"more than nothing")})
    assert not Path(answer.content.decode()).exists()


def test_an_upload_that_stays(site, settings):
    site("raise")
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    with pytest.raises(StateWritten, match=r"left behind the temporary file .*/kept"):
        Client().post("/keeps_upload/", {"file": SimpleUploadedFile("a.bin", b"more than nothing")})


def test_what_a_setting_allows(site, settings, monkeypatch):
    disk = site("raise")
    (disk / "metrics").mkdir()
    settings.STATELESS_GUARD_ALLOWED = [str(disk / "mail")]
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(disk / "metrics"))
    for allowed in ("mail", "metrics/a.db"):
        assert Client().get(f"/opens/?at={disk / allowed}").status_code == 200
    with pytest.raises(StateWritten):
        Client().get(f"/opens/?at={disk / 'mailbox'}")


def test_a_service_of_this_machine_that_no_setting_names(site, settings, monkeypatch):
    site("raise")
    monkeypatch.setattr(services, "_known", frozenset())  # other tests name this port in their settings
    with pytest.raises(StateWritten, match=r"connected to the unconfigured service 127\.0\.0\.1:9"):
        Client().get("/connects/?port=9")
    settings.SEARCH_URL = "http://localhost:9/index"
    assert Client().get("/connects/?port=9").status_code == 200


def test_two_requests_at_once_are_told_apart(site, counted, settings):
    disk = site("count")
    turns = 40

    def ask(view: str) -> None:
        client = Client()
        for _ in range(turns):
            client.get(f"/{view}/?at={disk / view}")

    threads = [threading.Thread(target=ask, args=[view]) for view in ("opens", "appends", "in_thread")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 3 * turns
    assert all(write.target.endswith(write.name.rstrip("/")) for write in counted)


def test_nothing_is_recorded_outside_of_a_request(site, counted):
    disk = site("count")
    Client().get("/reads/")
    (disk / "new").write_text("x")
    assert counted == []


def test_off_installs_nothing(tmp_path):
    code = """
import sys, django
from django.conf import settings
settings.configure(ROOT_URLCONF="tests.stateless.guard.views", ALLOWED_HOSTS=["*"], STATELESS_GUARD=sys.argv[1],
                   MIDDLEWARE=["shop.stateless.guard.middleware.GuardMiddleware"])
django.setup()
hooks = []
sys.addaudithook(lambda event, args: hooks.append(event) if event == "sys.addaudithook" else None)
from django.test import Client
client = Client()
client.get("/reads/")
print(len(hooks), client.handler._middleware_chain.__class__.__name__)
"""
    for mode, expected in (("off", "0"), ("count", "1")):
        command = [sys.executable, "-c", code, mode]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        assert done.stdout.split()[0] == expected


def test_a_mode_that_there_is_not(site):
    site("loud")
    with pytest.raises(ImproperlyConfigured, match="write off, count, raise"):
        Client().get("/reads/")
