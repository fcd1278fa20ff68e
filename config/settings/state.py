"""Where state lives: PostgreSQL, Redis, S3. ARCHITECTURE.md says what is lost when one of them is."""

from config import databases, env
from config.caches import redis_cache
from config.settings.process import BASE_DIR, POD_NAME, PUBLIC_URL, SHOP_SHOW_POD, is_https

# PostgreSQL: the one hard dependency of a request. The commands of a restore drill are given their own database, which
# wins over what files and secrets say of the store's.
_is_drill = env.raw("RESTORED_DATABASE_URL") is not None
DATABASES = {
    "default": databases.postgres(
        env.url("RESTORED_DATABASE_URL" if _is_drill else "DATABASE_URL", schemes=("postgres", "postgresql")),
        role=env.text("SHOP_ROLE", "command"),
        pod=POD_NAME,
        user="" if _is_drill else env.text("DATABASE_USER", ""),
        password="" if _is_drill else env.text("DATABASE_PASSWORD", ""),
        authority="" if _is_drill else env.text("DATABASE_CA", ""),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Backups: the private bucket for dumps, the server that drills restore on (empty: the store's own), and the directory
# of pg_dump and pg_restore (empty: found on the path)
BACKUP_BUCKET = env.text("BACKUP_BUCKET", "")
DRILL_DATABASE_URL = env.text("DRILL_DATABASE_URL", "")
POSTGRES_PROGRAMS = env.text("POSTGRES_PROGRAMS", "")

# Redis: cache and sessions apart, so that an evicted page never evicts a shopper
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_SESSIONS_URL = env.text("REDIS_SESSIONS_URL", REDIS_URL.rpartition("/")[0] + "/1")
_prefix = env.text("REDIS_KEY_PREFIX", "shop")
CACHES = {
    "default": redis_cache(REDIS_URL, prefix=_prefix, timed=SHOP_SHOW_POD),
    "sessions": redis_cache(REDIS_SESSIONS_URL, prefix=_prefix, timed=SHOP_SHOW_POD),
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False  # GuardedRedis logs an outage once, not once a call

SESSION_ENGINE = "shop.platform.sessions"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = is_https
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# S3: uploads and their renditions. Static files are in the image.
AWS_REGION = env.text("AWS_REGION", "eu-central-1")
MEDIA_BUCKET = env.text("MEDIA_BUCKET", "shop-media")
MEDIA_URL = env.text("MEDIA_URL", PUBLIC_URL + "/media/").rstrip("/") + "/"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {
        "BACKEND": "shop.platform.storage.MediaStorage",
        "OPTIONS": {"bucket_name": MEDIA_BUCKET, "region_name": AWS_REGION},
    },
    "staticfiles": {
        "BACKEND": env.text("STATICFILES_STORAGE", "whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False  # the admin's own pages name some files unhashed

FILE_UPLOAD_HANDLERS = ["shop.platform.uploads.InMemory"]  # nothing is written to the pod's disk
UPLOAD_MAX_BYTES = 50 * 1024 * 1024  # of all files of a request: four pictures at their limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a product with many variants in the admin
IMAGE_MAX_BYTES = 12 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
