"""One line a request, as the JSON of all other lines, without what would tell who the shopper is."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from shop.platform import request_id

PROBES = {"/livez", "/readyz", "/metrics"}
# What follows these is a secret in itself: whoever reads the log could open the order or reset the password.
SECRET_AFTER = ("/orders/", "/account/", "/api/v1/orders/", "/api/v1/carts/")


class JsonLogger(Logger):  # type: ignore[misc]
    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Log method, path, status, size in bytes and duration in ms. No address, no query string, no browser."""
        path = environ.get("PATH_INFO", "")
        if path in PROBES:
            return
        self.access_log.info(
            "request",
            extra={
                # not the thread's: a request that is no HTTP has none, and would be logged with that of the one before
                "request_id": environ.get(request_id.KEY, ""),
                "method": environ.get("REQUEST_METHOD"),
                "path": shown(path),
                "status": resp.status_code,
                "bytes": resp.sent,
                "ms": round(request_time.total_seconds() * 1000, 1),
            },
        )


def shown(path: str) -> str:
    """Return the path, cut where a secret begins."""
    for prefix in SECRET_AFTER:
        if path.startswith(prefix) and path != prefix:
            return prefix + "..."
    return path
