"""Secrets straight from AWS Secrets Manager, where SECRETS_FROM names one entry or several, by name or ARN.

An entry is a JSON object: a key for each setting (k8s/base/shop.env), or `username` and `password` as RDS keeps them,
which become DATABASE_USER and DATABASE_PASSWORD. All are read once, when a process begins, and kept for its life. Used
by the settings, so it may not ask for one.
"""

import json
import logging
import os
import threading
import time
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger("shop.secrets")
SETTING = "SECRETS_FROM"
REGION = os.environ.get("AWS_REGION") or "eu-central-1"
LOGIN = {"username": "DATABASE_USER", "password": "DATABASE_PASSWORD"}
PATIENCE = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2})
REREAD = 30  # seconds between two readings that a refused log-in may cause


class Entries:
    """The values of some entries. `values` is replaced as a whole, never changed; settings keep the first."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Raises ImproperlyConfigured with a sentence that says which entry is wrong, and how."""
        self._names = names
        self._client = boto3.client("secretsmanager", region_name=REGION, config=PATIENCE)
        self._lock = threading.Lock()
        self.values = self._first = self._read()
        self._read_at = time.monotonic()

    def changed(self) -> set[str]:
        """Return the names of what is no longer what this process began with.

        Raises ImproperlyConfigured, also if something is missing.
        """
        now = self._read()
        if missing := self._first.keys() - now.keys():
            raise ImproperlyConfigured(f"{SETTING} has lost {', '.join(sorted(missing))}.")
        return {name for name in now if now[name] != self._first.get(name)}

    def reread(self) -> None:
        """Read again, unless somebody did in the last REREAD seconds. Raises ImproperlyConfigured."""
        with self._lock:
            if time.monotonic() < self._read_at + REREAD:
                return
            self._read_at = time.monotonic()
            self.values = self._read()

    def _read(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self._names:
            found |= parse(name, self._fetch(name))
        return found

    def _fetch(self, name: str) -> str:
        try:
            return str(self._client.get_secret_value(SecretId=name).get("SecretString", ""))
        except (BotoCoreError, ClientError) as error:
            raise ImproperlyConfigured(f"{SETTING} names {name}, which cannot be read: {error}") from error


def parse(name: str, text: str) -> dict[str, str]:
    """Return the settings of an entry's text. Raises ImproperlyConfigured, which never repeats any of it."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        raise ImproperlyConfigured(f"{SETTING} names {name}, which is no JSON object with a text for each setting.")
    return {LOGIN.get(str(key), str(key)): "" if value is None else str(value).strip() for key, value in found.items()}


def names() -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(SETTING, "").split(",") if part.strip())


@cache
def entries() -> Entries | None:
    """Return what this process has read; None if SECRETS_FROM is not set. Raises ImproperlyConfigured."""
    named = names()
    return Entries(named) if named else None


def value(name: str) -> str | None:
    """Return a setting's value; None if no entry has it. Raises ImproperlyConfigured."""
    kept = entries()
    return kept.values.get(name) if kept else None


def new_login(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """After PostgreSQL refused a log-in: return the parameters with the password of now.

    None if that is the one that was refused, no entry has it, or the entries cannot be read: it stays refused.
    """
    kept = entries()
    if kept is None:
        return None
    try:
        kept.reread()
    except ImproperlyConfigured as error:
        logger.warning("the password that PostgreSQL wants cannot be looked up", extra={"error": str(error)})
        return None
    now = parameters | _login(kept.values)
    return now if now != parameters else None


def _login(values: dict[str, str]) -> dict[str, str]:
    url = urlsplit(values.get("DATABASE_URL", ""))
    login = {
        "user": values.get("DATABASE_USER") or unquote(url.username or ""),
        "password": values.get("DATABASE_PASSWORD") or unquote(url.password or ""),
    }
    return {name: text for name, text in login.items() if text}
