"""A project with the kinds of columns that are hard to move. It knows nothing of the store's own packages."""

import os

SECRET_KEY = "a key for a test of moving rows"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "books", "shop.stateless"]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BOOKSHOP_SQLITE"]},
    "other": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BOOKSHOP_SQLITE"]},
}
USE_TZ = os.environ.get("BOOKSHOP_USE_TZ", "1") == "1"
TIME_ZONE = "Europe/Berlin"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
