"""The one settings file: every machine runs it, only addresses and secrets in the environment differ."""

import os
from pathlib import Path
from typing import Any

from config import databases, env, queues
from config.mail import mail_settings
from shop.backoffice.unfold import unfold_settings
from shop.platform import patience, timing
from shop.platform.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
DEBUG = env.flag("DEBUG")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
_public = env.url("PUBLIC_URL", "http://127.0.0.1:8000")
_https = _public.scheme == "https"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [_public.hostname or "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [env.origin("PUBLIC_URL", PUBLIC_URL)]

# The shop
SHOP_NAME = env.text("SHOP_NAME", "Tessel")
SHOP_CURRENCY = env.text("SHOP_CURRENCY", "EUR")
SHOP_COUNTRY = env.text("SHOP_COUNTRY", "DE")
# Customers pay to it: a made-up one is good for a demo alone, and without one bank transfer is not offered
_demo_account = "" if _https else "Tessel GmbH, IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001"
SHOP_BANK_ACCOUNT = env.text("SHOP_BANK_ACCOUNT", _demo_account)
SHOP_SHOW_POD = env.flag("SHOP_SHOW_POD")
WARM_UP = ("/", "/account/login/", "/api/v1/products/")  # a process asks itself for these before it is ready
POD_NAME = env.text("POD_NAME", os.environ.get("HOSTNAME", "pod"))
RELEASE = env.text("RELEASE", "dev")  # shown to operators

INSTALLED_APPS = [
    "shop.backoffice",  # before unfold, whose pages it frames
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "shop.backoffice.admin_config.BackofficeAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "tree_queries",
    "django_countries",
    "django_htmx",
    "csp",
    "shop.storefront",  # before allauth, whose pages it dresses
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "shop.stateless",
    "shop.platform",
    "shop.catalog",
    "shop.inventory",
    "shop.accounts",
    "shop.notifications",
    "shop.information",
    "shop.pricing",
    "shop.cart",
    "shop.orders",
    "shop.payments",
    "shop.checkout",
    "shop.api",
]

MIDDLEWARE = [
    "shop.stateless.guard.middleware.GuardMiddleware",
    "shop.platform.pod.PodMiddleware",
    "shop.platform.metrics.MetricsMiddleware",
    "shop.platform.pages.middleware.PagesMiddleware",  # outside of all that add headers, which are kept with a page
    "django.middleware.security.SecurityMiddleware",
    "shop.platform.static_files.StaticFilesMiddleware",
    "shop.platform.content_policy.ContentPolicyMiddleware",
    "shop.platform.outage.DatabaseOutageMiddleware",
    "shop.platform.pages.personal.SessionMiddleware",  # it and two below let requests for public pages pass
    "shop.platform.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shop.platform.crossorigin.CrossOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shop.platform.pages.personal.AuthenticationMiddleware",
    "shop.platform.pages.personal.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shop.storefront.errors.ShopErrorMiddleware",
]

# Pages that are the same for everybody, and what they read of the query string; the views say the same by themselves
_LIST = {"q", "category", "sort", "cursor"}
PUBLIC_PAGES = [
    {"pattern": r"/$"},
    {"pattern": r"/suggestions/$", "parameters": {"q"}},
    {"pattern": r"/information/"},
    {"pattern": r"/(products|categories)/", "parameters": {*_LIST, "o", "min", "max", "sale", "variant"}},
    {
        "pattern": r"/api/v1/(products|categories)/",
        "parameters": {*_LIST, "option", "min_price", "max_price", "on_sale", "limit"},
        "media_type": "application/json",
    },
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {  # the store's pages
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "shop.storefront.environment.environment"},
    },
    {  # mails, the admin
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# PostgreSQL: the one hard dependency of a request
# A restore drill's commands are told theirs, which wins over what files and secrets say of the store's own.
_restored = env.raw("RESTORED_DATABASE_URL") is not None
_database = env.url("RESTORED_DATABASE_URL" if _restored else "DATABASE_URL", schemes=("postgres", "postgresql"))
DATABASES = {
    "default": databases.postgres(
        _database,
        role=env.text("SHOP_ROLE", "command"),
        pod=POD_NAME,
        user="" if _restored else env.text("DATABASE_USER", ""),
        password="" if _restored else env.text("DATABASE_PASSWORD", ""),
        authority="" if _restored else env.text("DATABASE_CA", ""),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# About how often a process looks whether SECRETS_FROM (shop.platform.secrets) holds something new, in seconds; 0: never
SECRETS_LOOK = env.number("SECRETS_LOOK", 300)

# Seconds for which a web pod that leaves for it says that it is not ready before it stops: balancers' lists lag
SECRETS_NOTICE = env.number("SECRETS_NOTICE", 15)

# Redis: cache and sessions apart, so that an evicted page never evicts a shopper
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
REDIS_SESSIONS_URL = env.text("REDIS_SESSIONS_URL", REDIS_URL.rpartition("/")[0] + "/1")


def _pool(address: str) -> dict[str, Any]:
    own = timing.pool_options(address, timed=SHOP_SHOW_POD)
    return {"CONNECTION_POOL_KWARGS": {"max_connections": 20, **own}}


_redis_options = {
    "REDIS_CLIENT_CLASS": "shop.platform.cache.GuardedRedis",
    "SERIALIZER": "django_redis.serializers.json.JSONSerializer",  # whoever can write Redis must not run code here
    "IGNORE_EXCEPTIONS": True,
    "SOCKET_CONNECT_TIMEOUT": patience.REDIS_CONNECT,
    "SOCKET_TIMEOUT": patience.REDIS_ANSWER,
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": _redis_options | _pool(REDIS_URL),
        "KEY_PREFIX": env.text("REDIS_KEY_PREFIX", "shop"),
    },
    "sessions": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_SESSIONS_URL,
        "OPTIONS": _redis_options | _pool(REDIS_SESSIONS_URL),
        "KEY_PREFIX": env.text("REDIS_KEY_PREFIX", "shop"),
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = False  # GuardedRedis logs an outage once, not once a call

SESSION_ENGINE = "shop.platform.sessions"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
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

# Backups: the private bucket for dumps, the server that drills restore on (empty: the store's own), and the directory
# of pg_dump and pg_restore (empty: found on the path)
BACKUP_BUCKET = env.text("BACKUP_BUCKET", "")
DRILL_DATABASE_URL = env.text("DRILL_DATABASE_URL", "")
POSTGRES_PROGRAMS = env.text("POSTGRES_PROGRAMS", "")

# Background work: the outbox is the only road to SQS
QUEUES = queues.NAMES
QUICK_QUEUES = ("default",)  # for work of some milliseconds: done by the handful, and never behind that of the others
SQS_QUEUE_BASE_URL = env.text("SQS_QUEUE_BASE_URL", "https://sqs.invalid/000000000000").rstrip("/")
SQS_QUEUE_PREFIX = env.text("SQS_QUEUE_PREFIX", "shop-")
# Seconds until the message of a killed worker returns to the others; the queues have to be made with the same
SQS_VISIBILITY = env.number("SQS_VISIBILITY", 30, least=1)
# Seconds until a message that was sent but not done is sent again
OUTBOX_RESEND_AFTER = env.number("OUTBOX_RESEND_AFTER", 60, least=1)
OUTBOX_TOPICS = {  # topic: (queue, handler)
    "notifications.mail": ("mail", "shop.notifications.handlers.send_mail"),
    "media.renditions": ("media", "shop.platform.handlers.make_renditions"),
    "sessions.forget": ("default", "shop.platform.handlers.forget_session"),
    "events.publish": ("default", "shop.platform.handlers.publish_event"),
}
# Their handlers tell others what these would hear twice: no transaction holds more than one of them
TELLING_TOPICS = ("events.publish",)
# The SNS topic that other systems hear of orders from (docs/events.md); empty: nothing is written for them
EVENTS_TOPIC_ARN = env.text("EVENTS_TOPIC_ARN", "")
# Where traces go: OpenTelemetry's own variables say so, and how; nothing of it is loaded without
TRACES = bool(env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "") or env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""))
# Where to tell Prometheus, 0 for nowhere; config/metrics_files.py reads the same variable
METRICS_PORT = env.number("METRICS_PORT", 0)
# The address that Prometheus asks at: all of a pod's; on one machine its own network need not read them
METRICS_BIND = env.text("METRICS_BIND", "0.0.0.0")  # noqa: S104
# Seconds between two lines of metrics for CloudWatch on standard output, 0 for none; needs METRICS_PORT
EMBEDDED_METRICS = env.number("EMBEDDED_METRICS", 0)
HEARTBEAT_FILE = env.text("HEARTBEAT_FILE", "/tmp/heartbeat")  # noqa: S108 - a memory volume in a pod

# The contract of outages, row by row: what everybody sees while it is away. See docs/outages.md
DEPENDENCIES = (
    "shop.platform.dependencies.CACHE",
    "shop.platform.dependencies.SESSIONS",
    "shop.platform.dependencies.SQS",
    "shop.platform.dependencies.S3",
    "shop.platform.dependencies.SNS",
    "shop.notifications.outage.MAIL",
    "shop.payments.outage.PROVIDER",
    "shop.storefront.outage.READ_PATH",
    "shop.platform.dependencies.DATABASE",
)

# Mail
EMAIL_FILE_PATH: str | None = None  # set by eml:// addresses
globals().update(mail_settings(env.url("EMAIL_URL", "smtp://127.0.0.1:25", schemes=("smtp", "smtps", "eml"))))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Tessel <hello@tessel.example>")

# Orders from one network in ten minutes, 0 for any number; a shop whose customers share one address raises it
ORDERS_PER_NETWORK = env.number("ORDERS_PER_NETWORK", 600)

# Mails about orders to one address in an hour, 0 for any number; what comes then is told by one at its end
MAILS_PER_MAILBOX = env.number("MAILS_PER_MAILBOX", 20)

# What requests and tasks write to their own pod: off, count (a metric, and a line in the log) or raise (tests).
# Allowed: the worker's sign of life, mails as files, which one machine alone has, and what the environment names.
STATELESS_GUARD = env.text("STATELESS_GUARD", "count")
STATELESS_GUARD_ALLOWED = [HEARTBEAT_FILE, *filter(None, [EMAIL_FILE_PATH]), *env.words("STATELESS_GUARD_ALLOWED")]

# Payments
CARD_PROVIDER_URL = env.text("CARD_PROVIDER_URL", "")
CARD_PROVIDER_KEY = env.text("CARD_PROVIDER_KEY", "")
CARD_WEBHOOK_SECRET = env.text("CARD_WEBHOOK_SECRET", "")

# How many requests a process of gunicorn serves at once; config/gunicorn.py reads the same variable
WEB_THREADS = env.number("WEB_THREADS", 4, least=1)

# Accounts
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1)  # load balancers in front of a pod, each adding to X-Forwarded-For
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail is unique: by a constraint that ignores capitals
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/orders/"
ACCOUNT_ADAPTER = "shop.storefront.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "shop.storefront.account_forms.Login",
    "signup": "shop.storefront.account_forms.Signup",
    "add_email": "shop.storefront.account_forms.AddEmail",
    "change_password": "shop.storefront.account_forms.ChangePassword",
    "reset_password": "shop.storefront.account_forms.ResetPassword",
    "reset_password_from_key": "shop.storefront.account_forms.ResetPasswordKey",
    "reauthenticate": "shop.storefront.account_forms.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # they refuse everybody while Redis is away; shop.storefront.adapter counts instead
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme

# API
JWT_SIGNING_KEY = env.text("JWT_SIGNING_KEY", "")
JWT_PREVIOUS_KEYS = env.text("JWT_PREVIOUS_KEYS", "")
SIMPLE_JWT = {"ALGORITHM": "ES256", "USER_ID_CLAIM": "sub"}  # keys and lifetimes: shop/accounts/keys.py, tokens.py
# A user pool of Amazon Cognito whose tokens the API takes beside its own (shop.accounts.cognito); empty: none
COGNITO_ISSUER = env.text("COGNITO_ISSUER", "").rstrip("/")
COGNITO_CLIENT_IDS = env.words("COGNITO_CLIENT_IDS")
COGNITO_JWKS_URL = env.text("COGNITO_JWKS_URL", f"{COGNITO_ISSUER}/.well-known/jwks.json")
APP_LINK_SCHEMES = env.words("APP_LINK_SCHEMES")  # of own apps: where a card payment begun in one may return to
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "shop.api.authentication.CognitoAuthentication",
        "shop.api.authentication.AccessTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["shop.api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "shop.api.renderers.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["shop.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "shop.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SHOP_NAME} API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"any_uuid": {"type": "string", "format": "uuid"}},
    "ENUM_NAME_OVERRIDES": {
        "OrderState": "shop.orders.models.Order.State",
        "PaymentState": "shop.payments.models.Payment.State",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "shop.api.schema.with_problems"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "shop" / "locale"]

# Admin
UNFOLD = unfold_settings(SHOP_NAME)

# What a browser is told
_media_origin = env.origin("MEDIA_URL", PUBLIC_URL + "/media/")
_payment_origins = [env.origin("CARD_PROVIDER_URL")] if CARD_PROVIDER_URL else []
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/v1/docs/"],  # its pages carry inline scripts, and nothing of anybody
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", _media_origin],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *_payment_origins],
    },
}
CONTENT_SECURITY_POLICY_ALSO = {  # what else is allowed below an address: the admin theme carries inline scripts
    "/admin/": {
        "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
    }
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = logging_config(level=env.text("LOG_LEVEL", "INFO"), pod=POD_NAME)
