"""The Celery application. Only the relay sends to it (shop.platform.relay); its tasks handle outbox messages."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_process_shutdown, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from shop.platform import metrics, patience, secret_watch, traces
from shop.platform.heartbeat import Heartbeat
from shop.platform.visibility import KeepHidden
from shop.stateless.guard import tasks as guarded_tasks

app = Celery("shop")
app.conf.update(
    broker_url="sqs://",
    broker_transport="shop.platform.transport:Transport",
    broker_transport_options={
        "region": settings.AWS_REGION,
        "predefined_queues": {
            name: {"url": f"{settings.SQS_QUEUE_BASE_URL}/{settings.SQS_QUEUE_PREFIX}{name}"}
            for name in settings.QUEUES
        },
        "wait_time_seconds": patience.QUEUE_POLL,  # long polling: one request in that time on an empty queue
        "polling_interval": 0,
        # The consumer acknowledges in its only thread: an SQS that hangs must not make it look stuck.
        "client-config": {
            "connect_timeout": 2,
            "read_timeout": 5,
            "retries": {"total_max_attempts": 2},
            "parameter_validation": False,  # of what this code wrote itself: a fifth of the cost of a request
        },
    },
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a broker that is away is waited for
    imports=["shop.platform.worker"],
    task_default_queue="default",
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=False,
    worker_prefetch_multiplier=1,
    worker_consumer="shop.platform.heartbeat:WaitingConsumer",
    worker_enable_remote_control=False,  # SQS has none
    worker_send_task_events=False,
    worker_soft_shutdown_timeout=20,  # seconds; below the pod's grace period
    worker_cancel_long_running_tasks_on_connection_loss=False,
    task_soft_time_limit=50,  # seconds; below the database's limit for an idle transaction, which would end the work
    task_time_limit=75,
    timezone="UTC",
)
# Celery would open a connection to PostgreSQL for each message, which costs more than all the rest of it; the task asks
# instead whether the one that it has still lives, and CONN_MAX_AGE ends it
app.conf.update(CELERY_DB_REUSE_MAX=10**9)
app.steps["consumer"].update({Heartbeat, KeepHidden})


@setup_logging.connect
def _keep_django_logging(**_: object) -> None:
    """Celery leaves the logging set up by Django alone when this signal has a receiver."""


@worker_ready.connect
def _begin_threads(**_: object) -> None:
    """Metrics, the look at secrets, the roll call. Now: processes made before have not inherited their sockets."""
    from shop.platform import roll_call  # models: not before the apps are ready

    metrics.serve_if_wanted("worker")
    secret_watch.watch_if_wanted()
    roll_call.answer_from_now_on("worker")


@worker_process_shutdown.connect
def _send_the_last_spans(**_: object) -> None:
    traces.flush()


guarded_tasks.watch()
app.finalize()
