"""Read EMAIL_URL: how mail leaves the store."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote


@dataclass(frozen=True)
class Outgoing:
    """What Django's EMAIL_* settings say. `directory` is for a backend that writes files, the rest for SMTP."""

    backend: str
    directory: str | None = None
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    starttls: bool = False


def outgoing(url: SplitResult) -> Outgoing:
    """Read smtp:// or smtps://user:password@host:port, or eml:///directory (one file a mail)."""
    if url.scheme == "eml":
        return Outgoing("config.local.eml.EmailBackend", directory=unquote(url.path))
    tls = url.scheme == "smtps"
    return Outgoing(
        "shop.notifications.smtp.EmailBackend",
        host=url.hostname or "127.0.0.1",
        port=url.port or (465 if tls else 25),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
        starttls=not tls and bool(url.username),
    )
