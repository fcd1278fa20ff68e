"""A small site whose views write to the pod in every way the guard knows of. `?at=` says where."""

import mmap
import os
import shutil
import sqlite3
import tempfile
import threading
from pathlib import Path

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path


def at(request):
    return Path(request.GET["at"])


def reads(_request):
    Path(__file__).read_text()
    with Path(os.devnull).open("w") as nowhere, Path("/dev/stderr").open("w") as errors:
        nowhere.write("x")
        errors.write("")
    return HttpResponse()


def opens(request):
    at(request).write_text("x")
    return HttpResponse()


def appends(request):
    with at(request).open("a") as file:
        file.write("x")
    return HttpResponse()


def creates(request):
    os.close(os.open(at(request), os.O_CREAT | os.O_WRONLY))
    return HttpResponse()


def makes_directory(request):
    at(request).mkdir()
    return HttpResponse()


def renames(request):
    at(request).rename(at(request).with_name("renamed"))
    return HttpResponse()


def moves_in(request):
    """A file that was made as a temporary one and then kept."""
    number, name = tempfile.mkstemp()
    os.close(number)
    shutil.move(name, at(request))
    return HttpResponse()


def removes(request):
    at(request).unlink()
    return HttpResponse()


def truncates(request):
    os.truncate(at(request), 0)
    return HttpResponse()


def links(request):
    at(request).symlink_to("/")
    return HttpResponse()


def sqlite(request):
    sqlite3.connect(at(request)).close()
    return HttpResponse()


def maps(_request, number):
    mapped = mmap.mmap(number, 1)
    mapped.close()
    return HttpResponse()


def in_thread(request):
    thread = threading.Thread(target=opens, args=[request])
    thread.start()
    thread.join()
    return HttpResponse()


def catches(request):
    try:
        opens(request)
    except Exception:  # noqa: BLE001
        return HttpResponse("as if nothing had been")
    return HttpResponse()


def streams(request):
    def parts():
        yield b"a"
        opens(request)
        yield b"b"

    return StreamingHttpResponse(parts())


def temporary(_request):
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as directory:
        file.write(b"x")
        Path(directory, "a").write_text("x")
        Path(directory, "a").rename(Path(directory, "b"))
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    return HttpResponse()


def forgotten(_request):
    _number, name = tempfile.mkstemp(prefix="forgotten")
    return HttpResponse(name)


def upload(request):
    return HttpResponse(request.FILES["file"].temporary_file_path())


def keeps_upload(request):
    """The link keeps the content of the upload after Django has removed its name."""
    os.link(request.FILES["file"].temporary_file_path(), Path(tempfile.gettempdir(), "kept"))
    return HttpResponse()


def connects(request):
    import socket

    with socket.socket() as connection:
        connection.connect_ex(("127.0.0.1", int(request.GET["port"])))
    return HttpResponse()


async def later(request):
    at(request).write_text("x")
    return HttpResponse()


VIEWS = (
    reads, opens, appends, creates, makes_directory, renames, moves_in, removes, truncates, links, sqlite, in_thread,
    catches, streams, temporary, forgotten, upload, keeps_upload, connects, later,
)  # fmt: skip
urlpatterns = [path(f"{view.__name__}/", view) for view in VIEWS] + [path("maps/<int:number>/", maps)]
