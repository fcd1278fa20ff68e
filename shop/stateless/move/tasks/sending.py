"""Where tasks are sent, and whether that waits for the commit."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shop.stateless.move.tasks.findings import Finding, argument, calls, found, shown, tasks
from shop.stateless.move.tasks.topics import AFTER_COMMIT, SENDING, Level
from shop.stateless.scan.findings import Function, dotted, last_name
from shop.stateless.scan.module import Module, in_turn
from shop.stateless.scan.modules import COMMANDS
from shop.stateless.scan.walking import statements, walk

NOW = {"delay", "apply_async"}
LATER = {"delay_on_commit", "apply_async_on_commit"}
SIGNATURES = {"s", "si", "signature", "subtask"}
APPLICATIONS = {"app", "current_app", "celery", "celery_app"}
CELERY_MODULES = ("celery", "task")


@dataclass(frozen=True)
class Sending:
    """A call that sends, or prepares to send, a task. `method` is delay, apply_async, send_task, s, ..."""

    call: ast.Call
    method: str
    within: Function | None

    @cached_property
    def arguments(self) -> list[ast.expr]:
        """What the task will be called with."""
        if self.method in {"delay", "delay_on_commit", "s", "si"}:
            return [*self.call.args, *(keyword.value for keyword in self.call.keywords)]
        listed = self.call.args[1:] if self.method == "send_task" else self.call.args
        parts = [*listed[:2], argument(self.call, "args"), argument(self.call, "kwargs")]
        return [inner for part in parts if part is not None for inner in _items(part)]


def _items(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.List | ast.Tuple):
        return list(node.elts)
    return list(node.values) if isinstance(node, ast.Dict) else []


@dataclass(frozen=True)
class Known:
    """The names of the tasks of the project, and of those whose class waits for the commit by itself."""

    names: set[str]
    waiting: set[str]


@dataclass(frozen=True)
class _Declared:
    """A function that is a task, with the class that its decorator names; or a class, with those it derives from."""

    name: str
    bases: frozenset[str]
    is_class: bool = False
    waits: bool = False


def known_tasks(modules: list[Module]) -> Known:
    declared = [one for module in in_turn(modules) for one in _declared(module)]
    waiting = _waiting_classes([one for one in declared if one.is_class])
    return Known(
        {one.name for one in declared if not one.is_class or any(base.endswith("Task") for base in one.bases)},
        waiting | {one.name for one in declared if not one.is_class and one.bases & waiting},
    )


def _declared(module: Module) -> Iterator[_Declared]:
    for function, decorator in tasks(module):
        yield _Declared(function.name, frozenset({_base(decorator)}))
    for node in statements(module.tree):
        if isinstance(node, ast.ClassDef):
            bases = frozenset(last_name(base) for base in node.bases)
            yield _Declared(node.name, bases, is_class=True, waits=_waits(node))


def _base(decorator: ast.expr) -> str:
    return last_name(argument(decorator, "base")) if isinstance(decorator, ast.Call) else ""


def _waiting_classes(classes: list[_Declared]) -> set[str]:
    """Return the classes of tasks whose apply_async() sends from on_commit(), and those that inherit from them."""
    waiting: set[str] = set()
    while True:
        more = {one.name for one in classes if one.waits or one.bases & waiting}
        if more <= waiting:
            return waiting
        waiting |= more


def _waits(node: ast.ClassDef) -> bool:
    senders = [method for method in node.body if isinstance(method, Function) and method.name in NOW]
    return any(last_name(call.func) == "on_commit" for method in senders for call in calls(method))


def sendings(module: Module, known: Known) -> Iterator[Sending]:
    names = known.names | _imported(module)
    for call, within in _with_functions(module.tree, None):
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if _is_sending(call, method, names):
            yield Sending(call, method, within)
        elif last_name(call.func) == "partial" and call.args and last_name(call.args[0]) in NOW:
            sent = ast.Call(call.args[0], call.args[1:], call.keywords)
            yield Sending(ast.copy_location(sent, call), last_name(call.args[0]), within)


def _is_sending(call: ast.Call, method: str, names: set[str]) -> bool:
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    if method == "send_task":
        return last_name(receiver) in APPLICATIONS
    if method in LATER or method == "apply_async":
        return "pool" not in last_name(receiver).lower()  # of processes, not of Celery
    if method not in NOW | SIGNATURES:
        return False
    return last_name(receiver) in names or (isinstance(receiver, ast.Call) and method == "delay")


def _imported(module: Module) -> set[str]:
    """Return the names that come from a module called tasks, or from Celery."""
    return {
        alias.asname or alias.name
        for node in walk(module.tree)
        if isinstance(node, ast.ImportFrom) and any(part in (node.module or "") for part in CELERY_MODULES)
        for alias in node.names
    }


def _with_functions(node: ast.AST, within: Function | None) -> Iterator[tuple[ast.Call, Function | None]]:
    """Yield each call with the outermost function around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, within
        yield from _with_functions(child, within or (child if isinstance(child, Function) else None))


def find(module: Module, known: Known) -> Iterator[Finding]:
    waiting = after_commit(module.tree)
    own = {function for function, _ in tasks(module)}
    for sending in sendings(module, known):
        if sending.method in SIGNATURES:
            continue
        what = f"{shown(sending.call.func)}(…)"
        if _waits_for_commit(sending, waiting, known):
            yield found(AFTER_COMMIT, Level.FINE, module, sending.call, what)
            continue
        apart = sending.within in own or bool(COMMANDS.search(module.name))
        where = f" in {sending.within.name}()" if sending.within else ""
        yield found(SENDING, Level.LOOK if apart else Level.CHANGE, module, sending.call, what + where)


def _waits_for_commit(sending: Sending, waiting: set[ast.AST], known: Known) -> bool:
    """(A partial is another node than the call that it stands for; their func is the same.)"""
    receiver = sending.call.func.value if isinstance(sending.call.func, ast.Attribute) else None
    by_class = sending.method in NOW and last_name(receiver) in known.waiting
    return sending.method in LATER or sending.call.func in waiting or by_class


def after_commit(tree: ast.AST) -> set[ast.AST]:
    """Return every node that runs after the commit: inside what is given to on_commit()."""
    named = {node.name: node for node in walk(tree) if isinstance(node, Function)}
    result = set[ast.AST]()
    for call in calls(tree):
        if last_name(call.func) == "on_commit":
            for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
                result |= set(walk(given)) - {given if isinstance(given, ast.Name) else call}
                inner = named.get(given.id) if isinstance(given, ast.Name) else None
                result |= set(walk(inner)) if inner else set()
    for node in named.values():
        if any(dotted(decorator).endswith("on_commit") for decorator in node.decorator_list):
            result |= set(walk(node))
    return result
