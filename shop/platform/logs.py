"""One JSON object a line on standard output, from our code, Django's, gunicorn's and Celery's alike."""

from typing import Any

import structlog


def logging_config(*, level: str, pod: str) -> dict[str, Any]:
    """Return a dictConfig. `pod` is added to each line so that lines of many pods can be told apart."""

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
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_request,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "botocore": {"level": "WARNING"},
            "boto3": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
        },
    }


def _without_request(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop the request object that Django attaches: its repr says nothing that `path` and `status_code` do not."""
    event.pop("request", None)
    return event
