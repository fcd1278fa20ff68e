"""What operators see: logs, metrics, traces, writes to a pod's own disk, and what is promised for outages."""

from config import env
from config.settings.process import HEARTBEAT_FILE, POD_NAME
from config.settings.work import EMAIL_FILE_PATH
from shop.platform.logs import logging_config

LOGGING = logging_config(level=env.text("LOG_LEVEL", "INFO"), pod=POD_NAME)

# The port and address at which Prometheus asks; port 0: none. config/metrics_files.py reads the port, too.
METRICS_PORT = env.number("METRICS_PORT", 0)
METRICS_BIND = env.text("METRICS_BIND", "0.0.0.0")  # noqa: S104 - a pod's own; `make run` takes 127.0.0.1
# Seconds between two lines of metrics for CloudWatch on standard output, 0 for none; needs METRICS_PORT
EMBEDDED_METRICS = env.number("EMBEDDED_METRICS", 0)
# OpenTelemetry's own variables say where traces go, and how; without one of these nothing of it is loaded
TRACES = bool(env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "") or env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""))

# What to do when a request or task writes to its own pod: off, count (a metric and a log line) or raise (tests).
# Allowed are the worker's heartbeat, mails as files (one machine only), and what the environment names.
STATELESS_GUARD = env.text("STATELESS_GUARD", "count")
STATELESS_GUARD_ALLOWED = [HEARTBEAT_FILE, *filter(None, [EMAIL_FILE_PATH]), *env.words("STATELESS_GUARD_ALLOWED")]

# What everybody sees while it is away, one row each: docs/outages.md
DEPENDENCIES = (
    "shop.platform.dependencies.CACHE",
    "shop.platform.dependencies.SESSIONS",
    "shop.platform.dependencies.SQS",
    "shop.platform.dependencies.S3",
    "shop.platform.dependencies.SNS",
    "shop.platform.webhooks.outage.WEBHOOKS",
    "shop.notifications.outage.MAIL",
    "shop.payments.outage.PROVIDER",
    "shop.storefront.outage.READ_PATH",
    "shop.platform.dependencies.DATABASE",
)
