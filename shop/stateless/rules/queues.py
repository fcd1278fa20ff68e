"""Background work without Celery: RQ, Huey, Django Q, Django's own task backends, and the crontab of the machine."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.places import BROKER, POD_DISK, POD_MEMORY, THIS_MACHINE
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules.celery import LOST, WORK
from shop.stateless.rules.local_services import service

OTHER, CRONTAB = 64, 65


def rows(project: Project) -> Iterator[Row]:
    yield from _rq(project)
    yield from _django_q(project)
    yield from _crontab(project)
    for alias, entry in sorted((project.setting("TASKS") or {}).items()):
        if "Immediate" in str(entry.get("BACKEND")) and project.is_set("TASKS"):
            remedy = f'TASKS["{alias}"]: a backend with a queue of its own'
            yield WORK.weak(OTHER, "inside the web process (ImmediateBackend)", POD_MEMORY, LOST, remedy)
    huey = project.setting("HUEY")
    if isinstance(huey, dict):
        yield from _huey(project, huey)


def _rq(project: Project) -> Iterator[Row]:
    for name, queue in sorted((project.setting("RQ_QUEUES") or {}).items()):
        address = queue.get("URL") or queue.get("HOST") or "localhost"
        remedy = f'RQ_QUEUES["{name}"]: a Redis that all pods reach'
        yield service(project, WORK, OTHER, address, place=BROKER, lost=LOST, remedy=remedy)


def _django_q(project: Project) -> Iterator[Row]:
    """Its broker is a database (orm), SQS, or else a Redis, on this machine if nothing is said."""
    cluster = project.setting("Q_CLUSTER")
    if isinstance(cluster, dict) and not cluster.keys() & {"orm", "sqs", "mongo", "broker_class"}:
        remedy = 'Q_CLUSTER["redis"]: a Redis that all pods reach, or "orm": "default"'
        address = cluster.get("redis") or "localhost"
        if isinstance(address, dict):
            address = address.get("host") or "localhost"  # what is beside it may be a password
        yield service(project, WORK, OTHER, address, place=BROKER, lost=LOST, remedy=remedy)


def _crontab(project: Project) -> Iterator[Row]:
    if project.has_app("django_crontab") and project.setting("CRONJOBS"):
        asked = Question("When scheduled work runs", "the business")
        lost = "Work of the night: it is done by as many machines as have that crontab, or by none."
        remedy = "A cron job of the platform for each entry of CRONJOBS"
        yield asked.weak(CRONTAB, "the crontab of this machine (django-crontab)", THIS_MACHINE, lost, remedy)


def _huey(project: Project, huey: dict[str, Any]) -> Iterator[Row]:
    kind = str(huey.get("huey_class") or "huey.RedisHuey")
    remedy = 'HUEY = {"huey_class": "huey.RedisHuey", "url": "redis://<host>"}, immediate off'
    if huey.get("immediate", project.setting("DEBUG")) or "Memory" in kind:
        yield WORK.broken(OTHER, "memory of the process (Huey)", POD_MEMORY, LOST, remedy)
    elif "Sqlite" in kind or "File" in kind:
        yield WORK.broken(OTHER, f"files ({kind})", POD_DISK, LOST, remedy)
    else:
        address = huey.get("url") or (huey.get("connection") or {}).get("host") or "localhost"
        yield service(project, WORK, OTHER, address, place=BROKER, lost=LOST, remedy=remedy)
