"""Nothing but what `django-admin startproject` would put around a view that asks for nothing."""

import os

SECRET_KEY = os.environ.get("SECRET_KEY", "a key that signs nothing")
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.bare.site"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"  # never asked: the view reads no session
