"""Any number of pods: what the shop keeps is in services, whose addresses come from the environment.

SECRET_KEY keeps its value: with another one everybody would be signed out.
"""

from teashop.settings.before import *  # noqa: F403
from teashop.settings.before import INSTALLED_APPS, Path, os

INSTALLED_APPS = [*INSTALLED_APPS, "shop.stateless"]  # the commands of the move, and checks for the pipeline
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["DB_HOST"],
        "PORT": os.environ.get("DB_PORT", "5432"),
        "NAME": os.environ.get("DB_NAME", "teashop"),
        "USER": os.environ["DB_USER"],
        "PASSWORD": os.environ["DB_PASSWORD"],
    }
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "KEY_PREFIX": "teashop",
        "OPTIONS": {
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # the default, pickle, trusts what it reads
            "IGNORE_EXCEPTIONS": True,  # without Redis: slower, and nobody is signed out
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
        },
    }
}

# Sessions: read from Redis, kept in the database
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Files: one private bucket; their addresses are signed
BUCKET = {"bucket_name": os.environ["MEDIA_BUCKET"], "file_overwrite": False}
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**BUCKET, "location": "teashop/media"}},
    "private": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**BUCKET, "location": "teashop/private"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
STATIC_ROOT = Path(__file__).parents[2] / "static"  # in the image, with the code

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ["EMAIL_HOST"]
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))

# Work: SQS, and a cron job of the platform for each night (manage.py what_to_buy)
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BEAT_SCHEDULE = {}
CELERY_BROKER_URL = "sqs://"
CELERY_TASK_DEFAULT_QUEUE = "teashop"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "region": os.environ["AWS_REGION"],
    "predefined_queues": {"teashop": {"url": os.environ["SQS_QUEUE_URL"]}},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a worker that dies gives its message back
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # SQS has none

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"output": {"class": "logging.StreamHandler"}},
    "loggers": {"botocore": {"level": "WARNING"}},
    "root": {"handlers": ["output"], "level": "INFO"},
}
