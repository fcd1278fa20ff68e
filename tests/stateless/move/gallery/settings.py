"""The gallery as a project of its own, on SQLite; its directory is in the environment."""

import os
from pathlib import Path

HERE = Path(os.environ["GALLERY"])
SECRET_KEY = "a key of the gallery"
USE_TZ = True
INSTALLED_APPS = ["shop.stateless", "tests.stateless.move.gallery"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "db.sqlite3"}}
MEDIA_ROOT = HERE / "media"
FILES = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": FILES},
    "private": {"BACKEND": FILES},
    "elsewhere": {"BACKEND": FILES, "OPTIONS": {"location": HERE / "elsewhere"}},
    "s3": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": os.environ["MEDIA_BUCKET"], "location": os.environ.get("GALLERY_PREFIX", "gallery")},
    },
}
