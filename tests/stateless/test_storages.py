from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.db import models
from django.test.utils import isolate_apps
from django.utils.functional import LazyObject
from storages.backends.s3 import S3Storage

from shop.stateless import places
from shop.stateless.rows import Question
from shop.stateless.rules import storages
from tests.stateless.audits import configured, rows

ASKED = Question("Uploads", "customers")
LOCAL = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/srv/media"}}
S3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": "pictures"}}


class Remote:
    """A storage that nobody knows."""


def answer(storage):
    row = storages.place_of(ASKED, 30, storage, "")
    return row.id.removeprefix("stateless."), row.verdict, row.where


def test_places():
    assert answer(FileSystemStorage("/srv/media")) == ("E030", "pod-local", "directory /srv/media")
    assert answer(InMemoryStorage()) == ("E030", "pod-local", "memory")
    assert answer(S3Storage(bucket_name="pictures", region_name="eu-west-1"))[1:] == ("shared", "bucket pictures")
    assert answer(Remote())[:2] == ("I033", "unknown")


class Named(LazyObject):
    """A storage that an address in a setting stands for."""

    def _setup(self):
        self._wrapped = S3Storage(bucket_name="pictures", region_name="eu-west-1")


def test_a_lazy_storage_is_what_it_stands_for():
    assert answer(Named())[1:] == ("shared", "bucket pictures")


@isolate_apps("shop.catalog")
def test_a_field_of_a_model_that_others_are_built_on_is_named_once(monkeypatch):
    class Upload(models.Model):  # noqa: DJ008 - nobody looks at it
        file = models.FileField()

        class Meta:
            app_label = "catalog"

    class Picture(Upload):  # noqa: DJ008 - the same
        class Meta:
            app_label = "catalog"

    monkeypatch.setattr(storages.apps, "get_models", lambda: [Upload, Picture])
    (row,) = rows(storages.rows, STORAGES={"default": LOCAL, "staticfiles": LOCAL})
    assert row.used_by == "catalog.Upload.file"


def test_every_alias_is_asked():
    found = rows(storages.rows, STORAGES={"default": S3, "invoices": LOCAL, "staticfiles": LOCAL})
    assert [(row.what, row.verdict) for row in found] == [
        ("Uploads, storage “default”", "shared"),
        ("Uploads, storage “invoices”", "pod-local"),
    ]


def test_a_local_default_storage_that_no_model_uses_is_unknown():
    assert [row.id for row in rows(storages.rows, STORAGES={"default": LOCAL})] == ["stateless.I030"]


@isolate_apps("shop.catalog")
def test_a_directory_that_files_are_chosen_from_is_that_of_one_pod_or_of_the_release():
    class Page(models.Model):  # noqa: DJ008 - nobody looks at it
        upload = models.FilePathField(path="/srv/media/pages")
        template = models.FilePathField(path=lambda: "/app/pages")

        class Meta:
            app_label = "catalog"

    with configured(MEDIA_ROOT="/srv/media") as project:
        found = [storages.directory_row(project, Page._meta.get_field(name)) for name in ("upload", "template")]
    assert [row.id for row in found] == ["stateless.W034", "stateless.I034"]
    assert (found[0].what, found[1].where) == ("Files that catalog.Page.upload names", "directory /app/pages")


def test_a_network_file_system_is_shared(tmp_path, monkeypatch):
    table = tmp_path / "mounts"
    table.write_text("server:/media /srv/media nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n")
    monkeypatch.setattr(places, "MOUNTS", table)
    assert answer(FileSystemStorage("/srv/media/photos"))[1:] == ("shared", "/srv/media/photos (nfs4 at /srv/media)")
    assert answer(FileSystemStorage("/srv/other"))[1] == "pod-local"
