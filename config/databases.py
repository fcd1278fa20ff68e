"""Turn DATABASE_URL into Django's DATABASES entry."""

from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

CONNECT_TIMEOUT = 3  # seconds; a pod that cannot connect answers 503 rather than wait
LOCK_TIMEOUT = "3s"  # longer than any transaction of ours holds a row
STATEMENT_TIMEOUT = "10s"  # a slow query must not keep a thread of the pod
IDLE_TIMEOUT = "60s"  # above the mail server's time-out, below a stuck worker's

LIKENESS = 0.45  # how alike a mistyped word has to be to a word of a title; "cusion" finds "cushion", "cosy" does not


def postgres(url: SplitResult) -> dict[str, Any]:
    """Return the DATABASES entry for postgres://user:password@host:port/name?host=/socket/dir."""
    query = {key: values[-1] for key, values in parse_qs(url.query).items()}
    host = query.pop("host", unquote(url.hostname or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": str(url.port or query.pop("port", "")),
        # Threads of gthread live as long as their process, so a connection per thread is a pool of fixed size.
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, "connect_timeout": CONNECT_TIMEOUT, "options": _session_options()},
    }


def _session_options() -> str:
    limits = {
        "lock_timeout": LOCK_TIMEOUT,
        "statement_timeout": STATEMENT_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
        "pg_trgm.word_similarity_threshold": LIKENESS,
    }
    return " ".join(f"-c {name}={value}" for name, value in limits.items())
