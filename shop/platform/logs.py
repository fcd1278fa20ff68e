"""One JSON object a line on standard output, from our code, Django's, gunicorn's and Celery's alike.

No line tells who a customer is. Our own lines name rows, not people; what PostgreSQL, a mail server or a library puts
into an error is cut here.
"""

import re
from typing import Any

import structlog

_PART = r"[^\s<>()\[\]'\"=,;:@/]{1,64}"  # bounded: a line of any length is read in one go
MAIL_ADDRESS = re.compile(rf"{_PART}@{_PART}\.{_PART}")
# What follows opens an order, a cart or an account. Django names the path of a request that fails, the guard another's.
SECRET_PATH = re.compile(r"((?:https?://[^/\s]{1,255}|(?<!\w))(?:/api/v1)?/(?:orders|carts|account)/)[^\s\"'<>(),;]+")
ROW = re.compile(r"DETAIL:.*")  # PostgreSQL quotes the values of a refused row
PLAIN = (bool, int, float, type(None))


def logging_config(*, level: str, pod: str) -> dict[str, Any]:
    """Return a dictConfig. `pod` is added to each line so that lines of many pods can be told apart."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": _json(pod)},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": _loggers(level),
    }


def _json(pod: str) -> dict[str, Any]:
    """Return the formatter that makes a line of JSON of each record."""

    def add_pod(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event["pod"] = pod
        return event

    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=None),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_pod,
    ]
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_request,
            structlog.processors.format_exc_info,
            _without_personal_data,
            structlog.processors.JSONRenderer(default=str),
        ],
    }


def _loggers(level: str) -> dict[str, Any]:
    return {
        "django": {"handlers": [], "level": level, "propagate": True},
        "django.server": {"handlers": [], "level": level, "propagate": True},
        "celery.app.trace": {"level": "WARNING"},  # the outbox says of each message what came of it
        "celery.worker.strategy": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "opentelemetry": {"level": "ERROR"},  # else each try to reach a collector that is away
    }


def _without_request(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop the request object that Django attaches: its repr says nothing that `path` and `status_code` do not."""
    event.pop("request", None)
    return event


def _without_personal_data(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: _cut(value) for key, value in event.items()}


def _cut(value: Any) -> Any:
    """Return the value without addresses of e-mail, rows and secret paths; of what is no plain JSON, its text."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, dict):
        return {str(key): _cut(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(item) for item in value]
    return without_personal_data(str(value))


def without_personal_data(text: str) -> str:
    """Return the text with what tells who a customer is cut out of it."""
    if "DETAIL:" in text:
        text = ROW.sub("DETAIL: <row>", text)
    if "@" in text:
        text = MAIL_ADDRESS.sub("<e-mail>", text)
    return SECRET_PATH.sub(r"\1...", text) if "/" in text else text
