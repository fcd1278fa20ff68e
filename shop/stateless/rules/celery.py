"""Background work by Celery: broker, results, schedule, and work that is done inside the web process."""

import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

from shop.stateless.places import BROKER, DATABASE, POD_DISK, POD_MEMORY, addresses
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules import caches
from shop.stateless.rules.local_services import service
from shop.stateless.scan.module import in_turn

BEAT = ("beat_scheduler", "beat_schedule_filename")
BROKERS, RESULTS, SCHEDULE, EAGER = 60, 61, 62, 63
WORK = Question("Background work that waits", "whoever caused it")
LOST = "Work that was promised and not done: mails, exports, pictures."
REMEDY = "broker_url: a broker that all pods reach, such as sqs:// or redis://<host>"
REPLACED = {"broker_url": "BROKER_URL", "result_backend": "RESULT_BACKEND", "task_always_eager": "ALWAYS_EAGER"}


def rows(project: Project) -> Iterator[Row]:
    conf = configuration(project)
    if conf is not None:
        yield from _broker(project, conf)
        yield from _results(project, conf)
        yield from _schedule(conf)
        yield from _eager(conf)


def configuration(project: Project) -> Any:
    """Return what get("broker_url") and so on answer: the project's Celery application, or its CELERY_ settings."""
    application = _application(project)
    if application is not None:
        return application.conf
    prefix = {name: project.setting(name) for name in project.names() if name.startswith("CELERY_")}
    if not prefix:
        return None
    return {
        key: value
        for name, value in prefix.items()
        for key in {name.removeprefix("CELERY_").lower(), *_old(name.removeprefix("CELERY_"))}
    }


def _old(name: str) -> list[str]:
    return [new for new, old in REPLACED.items() if old == name]


def _application(project: Project) -> Any:
    """Return the Celery application: in <package>.celery by custom, else in a module of the project that is loaded."""
    root = project.root_package
    if not root or importlib.util.find_spec("celery") is None:
        return None
    if importlib.util.find_spec(f"{root}.celery") is not None:
        project.module(f"{root}.celery")
    loaded = [module for name, module in sorted(sys.modules.items()) if name.partition(".")[0] == root]
    found = [one for module in loaded for one in list(vars(module).values()) if _is_application(one)]
    return found[0] if found else None


def _is_application(one: object) -> bool:
    return not isinstance(one, type) and type(one).__name__ == "Celery" and hasattr(one, "conf")


def _broker(project: Project, conf: Any) -> Iterator[Row]:
    url = conf.get("broker_url") or conf.get("broker_write_url") or "amqp://localhost//"  # Celery's own default
    for address in addresses(url):
        kind = str(address).partition(":")[0]
        if kind == "memory":
            yield WORK.broken(BROKERS, "memory of the process", POD_MEMORY, LOST, REMEDY)
        elif kind == "filesystem" or "sqlite" in kind:
            yield WORK.broken(BROKERS, f"files ({address})", POD_DISK, LOST, REMEDY)
        elif kind in {"sqs", "gcpubsub", "azureservicebus"}:
            yield WORK.shared(BROKERS, kind, BROKER)
        else:
            yield service(project, WORK, BROKERS, address, place=BROKER, lost=LOST, remedy=REMEDY)


def _results(project: Project, conf: Any) -> Iterator[Row]:
    asked = Question("Results of background work", "whoever waits for them")
    url, lost = str(conf.get("result_backend") or ""), "Results: a page waits for an answer that another pod has."
    remedy = "result_backend: None if nobody reads results, otherwise one that all pods reach"
    scheme, _, rest = url.partition("://")
    if not url or url.startswith(("disabled", "rpc")):
        return
    if url.startswith("file:") or "sqlite" in scheme:
        yield asked.broken(RESULTS, url, POD_DISK, lost, remedy)
    elif url.startswith(("cache+memory", "django-cache")) or rest == "memory":
        yield _cached_results(project, asked, conf, lost, remedy)
    elif url == "django-db":
        yield asked.shared(RESULTS, "database", DATABASE)
    else:
        address = url.removeprefix("db+").removeprefix("cache+")
        yield service(project, asked, RESULTS, address, place=BROKER, lost=lost, remedy=remedy)


def _cached_results(project: Project, asked: Question, conf: Any, lost: str, remedy: str) -> Row:
    alias = str(conf.get("cache_backend") or "default")
    named = str(conf.get("result_backend")).startswith("django-cache") and alias in project.setting("CACHES", {})
    if named and not caches.is_local(project, alias):
        return asked.shared(RESULTS, f"cache “{alias}”", "cache server")
    return asked.broken(RESULTS, "memory of the process", POD_MEMORY, lost, remedy)


def _schedule(conf: Any) -> Iterator[Row]:
    """Beat is in use if there is a schedule; its default scheduler notes in a file what ran when."""
    asked = Question("When scheduled work last ran", "the business")
    scheduler = str(conf.get("beat_scheduler") or "celery.beat:PersistentScheduler")
    if "PersistentScheduler" in scheduler and conf.get("beat_schedule"):
        lost = "Work of the night runs twice or not at all; a second beat runs everything twice."
        remedy = "A cron job of the platform instead of beat, or beat_scheduler with its state in the database"
        yield asked.weak(
            SCHEDULE, f"file {conf.get('beat_schedule_filename') or 'celerybeat-schedule'}", POD_DISK, lost, remedy
        )
    elif "DatabaseScheduler" in scheduler:
        yield asked.shared(SCHEDULE, "database", DATABASE)


def told_by_code(project: Project) -> Iterator[Row]:
    """Yield the schedule of beat where only add_periodic_task() of the project's code tells it."""
    conf = configuration(project)
    if conf is None or conf.get("beat_schedule"):
        return
    for module in in_turn(project.sources.online()):
        if "add_periodic_task(" in module.text:
            yield from _schedule({**{name: conf.get(name) for name in BEAT}, "beat_schedule": True})
            return


def _eager(conf: Any) -> Iterator[Row]:
    if conf.get("task_always_eager"):
        asked = Question("Background work that is being done", "whoever caused it")
        lost = "Work under way, with no second try; and the visitor waits for it."
        remedy = "task_always_eager = False, with a broker and a worker"
        yield asked.weak(EAGER, "inside the web process (task_always_eager)", POD_MEMORY, lost, remedy)
