"""Turn DATABASE_URL into Django's DATABASES entry."""

import os
from functools import cache
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

from shop.platform import patience

LIKENESS = 0.3  # how alike a mistyped word has to be to one of the catalogue; "cusion" finds "cushion", "cosy" does not
LONGEST_NAME = 63  # characters of application_name that PostgreSQL keeps
# TCP keepalives, in seconds. With them a long wait, as of a migration or a listener, notices that the server vanished,
# and the server frees the locks of a lost node after half a minute rather than hours.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
# Seconds that a thread keeps a connection: its own to PostgreSQL, and one to a pooler, which is cheap and has to go
# before a pooler that stops is killed (k8s/components/pgbouncer).
AGE, POOLED_AGE = 300, 30


def postgres(
    url: SplitResult, *, role: str = "command", pod: str = "", user: str = "", password: str = "", authority: str = ""
) -> dict[str, Any]:
    """Return the DATABASES entry for postgres://user:password@host:port/name?host=/socket/dir.

    `role` is that of `python -m config <role>`; PostgreSQL is told it with the pod's name, for pg_stat_activity. `user`
    and `password` win over those of the address, which need not have any then. The server's certificate has to be
    signed by `authority` (PEM, any number of them) unless the address says something else. With ?pooled=1 a pooler
    lends a connection for a transaction: it checks the server and sets the session's limits itself, and a cursor of the
    server, or a plan that it keeps, would be gone with the transaction.
    """
    query = {key: values[-1] for key, values in parse_qs(url.query).items()}
    pooled = query.pop("pooled", "") == "1"
    host = query.pop("host", unquote(url.hostname or ""))
    port = str(url.port or query.pop("port", ""))
    trust = _trust(authority) if authority and not pooled else {}
    return {
        "ENGINE": "shop.platform.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": user or unquote(url.username or ""),
        "PASSWORD": password or unquote(url.password or ""),
        "HOST": host,
        "PORT": port,
        # Threads of gthread live as long as their process, so a connection per thread is a pool of fixed size.
        "CONN_MAX_AGE": POOLED_AGE if pooled else AGE,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "OPTIONS": {**_session(role, pod), **trust, **query, **_limits(role), **_plans(role, pooled=pooled)},
    }


def _session(role: str, pod: str) -> dict[str, Any]:
    return {"application_name": f"shop {role} {pod}".strip()[:LONGEST_NAME], **KEEPALIVE}


def _limits(role: str) -> dict[str, Any]:
    return {"connect_timeout": patience.DATABASE_CONNECT, "answer_timeout": patience.silence(role)}


def _plans(role: str, *, pooled: bool) -> dict[str, Any]:
    """5 lets shop.platform.postgresql.planned prepare its statements; Django's own cursors prepare nothing."""
    return {"prepare_threshold": None} if pooled else {"prepare_threshold": 5, "options": _session_options(role)}


@cache
def _trust(authority: str) -> dict[str, str]:
    """libpq wants a file: this one is in memory and ends with the process. Children, such as pg_dump, can read it."""
    file = os.memfd_create("database-ca")
    os.write(file, authority.encode())
    return {"sslmode": "verify-full", "sslrootcert": f"/proc/{os.getpid()}/fd/{file}"}


def _session_options(role: str) -> str:
    """One plan for all parameters of a prepared statement: PostgreSQL would otherwise plan again, to compare."""
    options = {**session_limits(role), "plan_cache_mode": "force_generic_plan"}
    return " ".join(f"-c {name}={value}" for name, value in options.items())


def session_limits(role: str) -> dict[str, object]:
    """Return what the server is told at the beginning of a session, by the store or by a pooler.

    JIT is off, as in the embedded server: from about two million products on PostgreSQL would compile each search, to
    read a few hundred rows.
    """
    return {
        "lock_timeout": _milliseconds(patience.LOCK),
        "statement_timeout": _milliseconds(patience.statement(role)),
        "idle_in_transaction_session_timeout": _milliseconds(patience.IDLE_IN_TRANSACTION),
        **{f"tcp_{name}": value for name, value in KEEPALIVE.items()},
        "pg_trgm.similarity_threshold": LIKENESS,
        "jit": "off",
    }


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}ms"
