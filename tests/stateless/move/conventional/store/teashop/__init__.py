"""A tea shop on one server, as many are. See docs/move for how it gets to run in pods."""

from teashop.celery import app

__all__ = ["app"]
