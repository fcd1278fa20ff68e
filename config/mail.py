"""Turn EMAIL_URL into Django's mail settings."""

from typing import Any
from urllib.parse import SplitResult, unquote

from shop.platform import patience


def mail_settings(url: SplitResult) -> dict[str, Any]:
    """Return the settings for smtp:// or smtps://user:password@host:port, or eml:///directory (one file a mail)."""
    if url.scheme == "eml":
        return {"EMAIL_BACKEND": "config.local.eml.EmailBackend", "EMAIL_FILE_PATH": unquote(url.path)}
    return {
        "EMAIL_BACKEND": "shop.notifications.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname or "127.0.0.1",
        "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
        "EMAIL_TIMEOUT": patience.MAIL,
    }
