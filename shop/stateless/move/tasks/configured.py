"""What the settings of Celery ask for: beat, results, eager tasks, priorities, events."""

import ast
from collections.abc import Iterator
from typing import Any

from shop.stateless.move.tasks.findings import Finding, argument, calls, found, shown
from shop.stateless.move.tasks.topics import BEAT, CONTROL, EAGER, PRIORITY, RESULT, Level, Topic
from shop.stateless.project import Project
from shop.stateless.rules.celery import configuration
from shop.stateless.scan.findings import last_name
from shop.stateless.scan.module import Module, in_turn
from shop.stateless.scan.walking import walk

NO_BACKEND = {"", "disabled", "disabled://", "none"}
BEAT_APP = "django_celery_beat"


def is_late(project: Project) -> bool:
    return bool(_setting(configuration(project), "task_acks_late"))


def find(project: Project, modules: list[Module]) -> Iterator[Finding]:
    conf = configuration(project)
    for name in _setting(conf, "beat_schedule") or {}:
        yield _at(modules, "beat_schedule", str(name), BEAT, Level.CHANGE, f"schedule “{name}”")
    if project.has_app(BEAT_APP):
        text = f"{BEAT_APP}: its schedule is rows of the database; list them with PeriodicTask.objects.all()"
        yield _at(modules, "INSTALLED_APPS", BEAT_APP, BEAT, Level.CHANGE, text)
    backend = str(_setting(conf, "result_backend") or "")
    if backend.lower() not in NO_BACKEND and not _setting(conf, "task_ignore_result"):
        kind = backend.partition(":")[0]
        yield _at(modules, "result_backend", "", RESULT, Level.LOOK, f"result_backend is {kind}")
    if _setting(conf, "task_always_eager"):
        yield _at(modules, "always_eager", "", EAGER, Level.CHANGE, "task_always_eager is on")
    if _setting(conf, "task_queue_max_priority") or _setting(conf, "task_default_priority"):
        yield _at(modules, "priority", "", PRIORITY, Level.CHANGE, "tasks have priorities")
    if _setting(conf, "worker_send_task_events"):
        yield _at(modules, "send_task_events", "", CONTROL, Level.LOOK, "workers send events")


def _setting(conf: Any, name: str) -> Any:
    return conf.get(name) if conf is not None else None


def _at(modules: list[Module], setting: str, text: str, topic: Topic, level: Level, what: str) -> Finding:
    """Place the finding where the setting is assigned, at `text` inside of it if that is written there."""
    written = (module for module in modules if setting.lower() in module.text.lower())
    for module in in_turn(written):
        for node in walk(module.tree):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if target is not None and last_name(target).lower().endswith(setting.lower()):
                inner = [one for one in walk(node) if isinstance(one, ast.Constant) and one.value == text]
                return found(topic, level, module, inner[0] if inner else node, what)
    return Finding(topic, level, "settings", 0, what)


def in_code(module: Module) -> Iterator[Finding]:
    """Yield what beat is told by code: add_periodic_task(), @periodic_task, and rows of django-celery-beat."""
    for call in calls(module.tree):
        name = last_name(call.func)
        if name in {"add_periodic_task", "periodic_task"} or (
            "PeriodicTask.objects" in ast.unparse(call.func) and argument(call, "task") is not None
        ):
            yield found(BEAT, Level.CHANGE, module, call, shown(call))
