"""What a send asks of the queue: delays, priorities, results, groups, remote control, broadcast."""

import ast
from collections.abc import Iterator

from shop.stateless.move.tasks.findings import Finding, argument, calls, found, number, shown
from shop.stateless.move.tasks.sending import LATER, NOW, Known, sendings
from shop.stateless.move.tasks.topics import (
    BROADCAST,
    CANVAS,
    CONTROL,
    DELAY,
    PRIORITY,
    RESULT,
    Level,
    Topic,
)
from shop.stateless.scan.findings import Function, dotted, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

LONGEST = 15 * 60  # seconds, of SQS
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
RESULT_CLASSES = {"AsyncResult", "GroupResult", "ResultSet", "EagerResult"}
READS = {"get", "ready", "successful", "failed", "wait", "join", "result", "status", "state"}
CANVASES = {"chord": Level.CHANGE, "group": Level.LOOK, "chain": Level.FINE}


def find(module: Module, known: Known) -> Iterator[Finding]:
    imported = _from_celery(module)
    for call in calls(module.tree):
        yield from _delays(module, call)
        yield from _of_name(module, call, imported)
    yield from _priorities(module, known)
    yield from _results(module, known)


def _delays(module: Module, call: ast.Call) -> Iterator[Finding]:
    if last_name(call.func) not in {"apply_async", "send_task", "retry", "apply_async_on_commit"}:
        return
    for name in ("countdown", "eta"):
        value = argument(call, name)
        if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield _delay(module, value, name, number(value) if name == "countdown" else _until(value))


def _delay(module: Module, value: ast.expr, name: str, seconds: float | None) -> Finding:
    if seconds is None:
        return found(DELAY, Level.LOOK, module, value, f"{name}={shown(value)}: may be over 15 minutes")
    level = Level.CHANGE if seconds > LONGEST else Level.FINE
    return found(DELAY, level, module, value, f"{name}={shown(value)}: {seconds / 60:g} minutes")


def _until(value: ast.expr) -> float | None:
    """Return the seconds of now() + timedelta(hours=1)."""
    for call in calls(value):
        if last_name(call.func) == "timedelta" and call.keywords and not call.args:
            parts = [(UNITS.get(keyword.arg or ""), number(keyword.value)) for keyword in call.keywords]
            known = [unit * amount for unit, amount in parts if unit is not None and amount is not None]
            return sum(known) if len(known) == len(parts) else None
    return None


def _from_celery(module: Module) -> set[str]:
    return {
        alias.asname or alias.name
        for node in walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {"celery", "kombu"}
        for alias in node.names
    }


def _of_name(module: Module, call: ast.Call, imported: set[str]) -> Iterator[Finding]:
    name, path = last_name(call.func), dotted(call.func)
    if name in CANVASES and (name in imported or path == f"celery.{name}"):
        yield found(CANVAS, CANVASES[name], module, call, f"{name}(…)")
    elif name in RESULT_CLASSES and _is_celerys(call, imported):
        yield found(RESULT, Level.CHANGE, module, call, shown(call))
    elif _is_control(call.func):
        yield found(CONTROL, Level.CHANGE, module, call, shown(call))
    elif (name == "Broadcast" and name in imported) or (
        name == "Exchange" and _is_text(argument(call, "type"), "fanout")
    ):
        yield found(BROADCAST, Level.CHANGE, module, call, shown(call))


def _is_celerys(call: ast.Call, imported: set[str]) -> bool:
    """AsyncResult(id) of Celery, or task.AsyncResult(id)."""
    return last_name(call.func) in imported or isinstance(call.func, ast.Attribute)


def _is_control(func: ast.expr) -> bool:
    """app.control.revoke(), current_app.control.inspect(), inspect().active(), result.revoke(terminate=True)."""
    path = dotted(func).split(".")
    if len(path) > 2 and path[-2] == "control":
        return True
    return path[-1] == "revoke" and any(word in ".".join(path[:-1]) for word in ("result", "task", "celery"))


def _is_text(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _priorities(module: Module, known: Known) -> Iterator[Finding]:
    for sending in sendings(module, known):
        value = argument(sending.call, "priority") if sending.method != "delay" else None
        if value is not None:
            yield found(PRIORITY, Level.CHANGE, module, value, f"{shown(sending.call.func)}(… priority={shown(value)})")


def _results(module: Module, known: Known) -> Iterator[Finding]:
    """task.delay().get(), and names that hold what delay() gave back."""
    sent = [sending for sending in sendings(module, known) if sending.method in NOW - LATER]
    nodes = {sending.call for sending in sent}
    for within in {sending.within for sending in sent}:
        scope: ast.AST = within or module.tree
        yield from _used_results(module, scope, nodes, RESULT)


def _used_results(module: Module, scope: ast.AST, sent: set[ast.Call], topic: Topic) -> Iterator[Finding]:
    names = {
        target.id
        for node in walk(scope)
        if isinstance(node, ast.Assign) and node.value in sent
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in _outermost(scope):
        if isinstance(node, ast.Attribute) and node.attr in READS:
            held = isinstance(node.value, ast.Name) and node.value.id in names
            if held or node.value in sent:
                yield found(topic, Level.CHANGE, module, node, shown(node))
        elif isinstance(node, ast.Attribute) and node.attr in {"id", "task_id"} and node.value in sent:
            yield found(topic, Level.LOOK, module, node, f"{shown(node)}: somebody may ask for the result")


def _outermost(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope itself: of a module without those of its functions."""
    for child in ast.iter_child_nodes(scope):
        if not (isinstance(scope, ast.Module) and isinstance(child, Function)):
            yield child
            yield from walk(child)
