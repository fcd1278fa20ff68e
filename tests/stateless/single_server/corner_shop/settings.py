"""A conventional store on one server, as many are: everything is on that server."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key

BASE_DIR = Path("/srv/corner-shop")
SECRET_KEY = get_random_secret_key()
DEBUG = False
ALLOWED_HOSTS = ["corner-shop.example"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "corner_shop.stock",
    "an_app_that_nobody_installed",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
ROOT_URLCONF = "corner_shop.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
SESSION_ENGINE = "django.contrib.sessions.backends.file"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = BASE_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": BASE_DIR / "whoosh"}
}
CELERY_BROKER_URL = "redis://localhost:6379/3"
CELERY_RESULT_BACKEND = "file:///srv/corner-shop/results"
CELERY_BEAT_SCHEDULE = {"nightly": {"task": "stock.count", "schedule": 86400}}
CELERY_TASK_ALWAYS_EAGER = True
LOGGING = {
    "version": 1,
    "handlers": {
        "file": {"class": "logging.FileHandler", "filename": "/tmp/corner-shop-audit.log", "delay": True},
    },
    "root": {"handlers": ["file"]},
}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"anon": "5/min"}}
PARCEL_SERVICE = "http://localhost:9000/parcels"
AWS_ACCESS_KEY_ID = "a key that never changes"
