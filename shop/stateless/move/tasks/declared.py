"""What tasks say of themselves: when they are acknowledged, how long they may take, whether they bear a repetition."""

import ast
from collections.abc import Iterator

from shop.stateless.move.tasks.findings import Finding, argument, calls, found, number, tasks
from shop.stateless.move.tasks.topics import ACKS, DELAY, LONG, PRIORITY, TWICE, Level
from shop.stateless.move.tasks.waiting import LONGEST
from shop.stateless.scan.findings import Function, dotted, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

VISIBLE_AGAIN = 30 * 60  # seconds, what Celery asks SQS for
POSTS = {"requests.post", "httpx.post", "requests.put", "requests.request", "urlopen"}
MAILS = {"send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMessage", "EmailMultiAlternatives"}
KEYS = ("idempoten", "get_or_create", "update_or_create", "select_for_update")


def find(module: Module, *, late: bool) -> Iterator[Finding]:
    """`late`: whether the settings acknowledge all tasks after they are done."""
    early = []
    for function, decorator in tasks(module):
        options = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
        if not _is_late(options, default=late):
            early.append(function)
        yield from _options(module, function, options)
        yield from _repeated(module, function)
    if early:
        names = ", ".join(f"{function.name}()" for function in early[:4]) + (" …" if len(early) > 4 else "")
        yield found(ACKS, Level.CHANGE, module, early[0], f"{len(early)} tasks: {names}")


def _is_late(options: ast.Call, *, default: bool) -> bool:
    value = argument(options, "acks_late")
    return default if value is None else not (isinstance(value, ast.Constant) and not value.value)


def _options(module: Module, function: Function, options: ast.Call) -> Iterator[Finding]:
    limits = [number(argument(options, name)) or 0 for name in ("time_limit", "soft_time_limit")]
    if max(limits) > VISIBLE_AGAIN:
        text = f"{function.name}() may take {max(limits) / 60:g} minutes"
        yield found(LONG, Level.CHANGE, module, function, text)
    delay = number(argument(options, "default_retry_delay"))
    if delay is not None and delay > LONGEST:
        text = f"{function.name}() is tried again after {delay / 60:g} minutes"
        yield found(DELAY, Level.CHANGE, module, function, text)
    if argument(options, "priority") is not None:
        yield found(PRIORITY, Level.CHANGE, module, function, f"{function.name}() has a priority")


def _repeated(module: Module, function: Function) -> Iterator[Finding]:
    """Name what a second run would do again, unless the task seems to look before."""
    if any(key in ast.unparse(function).lower() for key in KEYS):
        return
    hints = sorted({hint for node in walk(function) if (hint := _hint(node))})
    if hints:
        yield found(TWICE, Level.LOOK, module, function, f"{function.name}() {' and '.join(hints)}")


def _hint(node: ast.AST) -> str:
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute):
        return "adds to a stored value"
    if not isinstance(node, ast.Call):
        return ""
    made = dotted(node.func).endswith(".objects.create")
    return leaves_for_elsewhere(node) or ("creates rows" if made else "")


def leaves_for_elsewhere(call: ast.Call) -> str:
    """Return what this call does that no rollback undoes, "" for anything else."""
    if last_name(call.func) in MAILS:
        return "sends mail"
    return "posts to another service" if dotted(call.func) in POSTS else ""


def sleeping(module: Module) -> Iterator[Finding]:
    """Yield tasks that sleep: they hold a worker and a message meanwhile."""
    for function, _ in tasks(module):
        for call in calls(function):
            if dotted(call.func) in {"time.sleep", "sleep"}:
                yield found(LONG, Level.LOOK, module, call, f"{function.name}() sleeps")
