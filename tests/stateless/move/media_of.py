"""Files for the tests of the move."""

import json
import os
import secrets
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection

from tests.stateless.move.interrupts import hear_interrupts

ROOT = Path(__file__).resolve().parents[3]
FILES = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"


@pytest.fixture
def gallery(settings, tmp_path, db):
    """The site's media directory; "private" and "elsewhere" are directories beside it, "s3" is a bucket's prefix."""
    media = tmp_path / "media"
    for name in ("media", "private", "elsewhere"):
        (tmp_path / name).mkdir()
    settings.MEDIA_ROOT, settings.MEDIA_URL = str(media), "/media/"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": FILES},
        "private": {"BACKEND": FILES, "OPTIONS": {"location": tmp_path / "private"}},
        "elsewhere": {"BACKEND": FILES, "OPTIONS": {"location": tmp_path / "elsewhere"}},
        "s3": s3(settings),
    }
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.stateless.move.gallery.apps.GalleryConfig"]
    from tests.stateless.move.gallery.models import Deed, Painting

    with connection.schema_editor() as editor:
        editor.create_model(Painting)
        editor.create_model(Deed)
    Deed._meta.get_field("scan").storage = storages["private"]  # fields keep the storage of the first test
    return media


def s3(settings, **options):
    prefix = f"gallery-{secrets.token_hex(4)}"
    return {
        "BACKEND": S3,
        "OPTIONS": {"bucket_name": settings.MEDIA_BUCKET, "location": prefix, "querystring_auth": False, **options},
    }


def put(directory, name, content=b"a picture"):
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def painting(name):
    from tests.stateless.move.gallery.models import Painting

    return Painting.objects.create(picture=name)


def got(alias, name):
    """Return the content of a file; None if it is not there."""
    storage = storages[alias]
    if not storage.exists(name):
        return None
    with storage.open(name) as content:
        return content.read()


def names(alias, directory=""):
    """All names in a storage."""
    directories, files = storages[alias].listdir(directory)
    prefix = f"{directory}/" if directory else ""
    below = [name for one in directories for name in names(alias, prefix + one)]
    return sorted([prefix + name for name in files] + below)


def move(*arguments):
    """Return the exit code and what is written."""
    written = StringIO()
    try:
        call_command("move", "media", "--workers", "2", *arguments, stdout=written)
    except SystemExit as ended:
        return ended.code, written.getvalue()
    return 0, written.getvalue()


def moved(tmp_path, *arguments):
    """Return the exit code and what the report says of the first storage."""
    path = tmp_path / "report.json"
    code, _ = move(*arguments, "--report", str(path))
    return code, json.loads(path.read_text())["storages"][0]


def in_a_process(directory, *arguments, **environment):
    """Start manage.py of the gallery as a project of its own in that directory."""
    own = {"DJANGO_SETTINGS_MODULE": "tests.stateless.move.gallery.settings", "GALLERY": str(directory)}
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **own, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - it makes one system call
    )
