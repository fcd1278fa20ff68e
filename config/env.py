"""Typed reading of the environment.

Every value may be given as NAME, or as NAME_FILE naming a mounted file that holds it; the file wins. Where SECRETS_FROM
names entries of AWS Secrets Manager, what they hold wins over both. A value that cannot be used stops the process with
a sentence that says what to write instead.
"""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from shop.platform import secrets

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def raw(name: str) -> str | None:
    """Return the value from the secrets, of NAME_FILE's content or of NAME, stripped; None if none is set.

    Raises ImproperlyConfigured if the file named by NAME_FILE, or an entry of SECRETS_FROM, cannot be read.
    """
    kept = secrets.value(name)
    if kept is not None:
        return kept
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            reason = f"{name}_FILE names {path}, which cannot be read: {error.strerror}.{_entry(name)}"
            raise ImproperlyConfigured(reason) from error
    value = os.environ.get(name)
    return None if value is None else value.strip()


def text(name: str, default: str | None = None) -> str:
    """Return a string. Raises ImproperlyConfigured when it is missing and has no default."""
    value = raw(name)
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. {_where(name)}")
    return default


def _where(name: str) -> str:
    return f"Set it, or {name}_FILE, in the environment of this process.{_entry(name)}"


def _entry(name: str) -> str:
    named = ", ".join(secrets.names())
    return f" Or give {named} (SECRETS_FROM) the key {name}." if named else ""


def flag(name: str, *, default: bool = False) -> bool:
    value = raw(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: write 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    value = raw(name)
    if not value:
        return default
    try:
        result = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from error
    if result < least:
        raise ImproperlyConfigured(f"{name}={value!r} is too small: at least {least}.")
    return result


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated value as a list without empty parts."""
    return [part.strip() for part in (raw(name) or default).split(",") if part.strip()]


def url(name: str, default: str | None = None, *, schemes: tuple[str, ...] = ("http", "https")) -> SplitResult:
    """Return a split address. Raises ImproperlyConfigured when its scheme is not one of `schemes`."""
    value = text(name, default)
    split = urlsplit(value)
    if split.scheme not in schemes:
        raise ImproperlyConfigured(f"{name} has to begin with {' or '.join(s + '://' for s in schemes)}.")
    return split


def origin(name: str, default: str | None = None) -> str:
    """Return what browsers call the origin of an address: scheme, host and port. Raises as url() does."""
    address = url(name, default)
    return f"{address.scheme}://{address.netloc}"
