"""Static files, uploads on their way, thumbnails, logs."""

import pytest

from shop.stateless.project import Project
from shop.stateless.rules import logs, static_files, thumbnails, uploads
from tests.stateless.audits import findings

DJANGO = "django.contrib.staticfiles.storage."
S3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": "pictures"}}
LOCAL = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/srv/media"}}


@pytest.fixture
def with_app(monkeypatch):
    """Claim that an app is installed, without having it."""

    def claim(name):
        original = Project.has_app
        monkeypatch.setattr(Project, "has_app", lambda self, asked: asked == name or original(self, asked))

    return claim


@pytest.mark.parametrize(
    ("backend", "ids"),
    [
        (DJANGO + "StaticFilesStorage", ["I040"]),
        (DJANGO + "ManifestStaticFilesStorage", []),
        ("whitenoise.storage.CompressedManifestStaticFilesStorage", []),
        ("storages.backends.s3.S3StaticStorage", []),
    ],
)
def test_static_files(backend, ids):
    assert findings(static_files.rows, STORAGES={"default": LOCAL, "staticfiles": {"BACKEND": backend}}) == ids


def test_style_sheets_that_are_compressed_on_request(with_app):
    with_app("compressor")
    hashed = {"staticfiles": {"BACKEND": DJANGO + "ManifestStaticFilesStorage"}}
    assert findings(static_files.rows, STORAGES=hashed) == ["W041"]
    assert findings(static_files.rows, STORAGES=hashed, COMPRESS_OFFLINE=True) == []


def test_an_upload_that_lasts_for_one_request_is_no_state():
    assert findings(uploads.rows) == []


def test_an_upload_handler_of_its_own_is_unknown():
    assert findings(uploads.rows, FILE_UPLOAD_HANDLERS=["app.uploads.ResumingHandler"]) == ["I050"]
    assert findings(uploads.rows, FILE_UPLOAD_HANDLERS=["shop.platform.uploads.InMemory"]) == []


def test_an_import_that_waits_for_confirm(with_app):
    with_app("import_export")
    assert findings(uploads.rows) == ["E051"]
    media = "import_export.tmp_storages.MediaStorage"
    assert findings(uploads.rows, IMPORT_EXPORT_TMP_STORAGE_CLASS=media) == []


@pytest.mark.parametrize(("storage", "ids"), [(LOCAL, ["W130"]), (S3, [])])
@pytest.mark.parametrize("app", ["sorl.thumbnail", "imagekit"])
def test_thumbnails_lie_where_the_storage_is(with_app, app, storage, ids):
    with_app(app)
    redis = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache"}}
    assert findings(thumbnails.rows, STORAGES={"default": storage}, CACHES=redis) == ids


def test_notes_about_thumbnails(with_app):
    with_app("sorl.thumbnail")
    dbm = "sorl.thumbnail.kvstores.dbm_kvstore.KVStore"
    redis = "sorl.thumbnail.kvstores.redis_kvstore.KVStore"
    assert findings(thumbnails.rows, STORAGES={"default": S3}, THUMBNAIL_KVSTORE=dbm) == ["W131"]
    assert findings(thumbnails.rows, STORAGES={"default": S3}, THUMBNAIL_KVSTORE=redis) == ["E131"]
    there = {"THUMBNAIL_REDIS_HOST": "cache.internal"}
    assert findings(thumbnails.rows, STORAGES={"default": S3}, THUMBNAIL_KVSTORE=redis, **there) == []


def test_notes_about_thumbnails_in_a_cache(with_app):
    with_app("imagekit")
    locmem = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert findings(thumbnails.rows, STORAGES={"default": S3}, CACHES=locmem) == ["W131"]


@pytest.mark.parametrize(
    ("handler", "ids"),
    [
        ({"class": "logging.FileHandler", "filename": "/var/log/shop.log"}, ["W070"]),
        ({"class": "logging.handlers.RotatingFileHandler", "filename": "shop.log"}, ["W070"]),
        ({"class": "logging.FileHandler", "filename": "/dev/stdout"}, []),
        ({"class": "logging.StreamHandler"}, []),
        ({"class": "logging.handlers.SysLogHandler", "address": "/dev/log"}, ["W071"]),
        ({"class": "logging.handlers.SysLogHandler", "address": ("logs.internal", 514)}, []),
    ],
)
def test_logs(handler, ids):
    assert findings(logs.rows, LOGGING_CONFIG=None, LOGGING={"version": 1, "handlers": {"one": handler}}) == ids
