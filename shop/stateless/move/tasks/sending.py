"""Where tasks are sent, and whether that waits for the commit."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shop.stateless.move.tasks import transactions
from shop.stateless.move.tasks.findings import Finding, argument, calls, found, shown, tasks
from shop.stateless.move.tasks.topics import AFTER_COMMIT, ALONE, SENDING, Level, Topic
from shop.stateless.scan.findings import Function, functions, last_name, takes_requests
from shop.stateless.scan.module import Module, in_turn
from shop.stateless.scan.modules import COMMANDS
from shop.stateless.scan.walking import statements, walk

NOW = {"delay", "apply_async"}
LATER = {"delay_on_commit", "apply_async_on_commit"}
SIGNATURES = {"s", "si", "signature", "subtask"}
APPLICATIONS = {"app", "current_app", "celery", "celery_app"}
CELERY_MODULES = ("celery", "task")
SENDS = re.compile(rf"\.({'|'.join(sorted(NOW | LATER | SIGNATURES))}|send_task)\b")


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
    """The names of the tasks of the project, and of those whose class waits for the commit by itself.

    `called_inside`: functions that are called inside a transaction.
    """

    names: set[str]
    waiting: set[str]
    called_inside: set[str]
    requests_are_transactions: bool


@dataclass(frozen=True)
class _Declared:
    """A function that is a task, with the class that its decorator names; or a class, with those it derives from."""

    name: str
    bases: frozenset[str]
    is_class: bool = False
    waits: bool = False


def known_tasks(modules: list[Module]) -> Known:
    for module in in_turn(modules):
        for find_out in (_declared, transactions.calling):
            module.fact(find_out)  # both while its tree is there
    declared = [one for module in modules for one in module.fact(_declared)]
    waiting = _waiting_classes([one for one in declared if one.is_class])
    return Known(
        {one.name for one in declared if not one.is_class or any(base.endswith("Task") for base in one.bases)},
        waiting | {one.name for one in declared if not one.is_class and one.bases & waiting},
        transactions.called_inside(modules),
        transactions.requests_are(),
    )


def _declared(module: Module) -> list[_Declared]:
    classes = [node for node in statements(module.tree) if isinstance(node, ast.ClassDef)]
    return [
        *(_Declared(function.name, frozenset({_base(decorator)})) for function, decorator in tasks(module)),
        *(
            _Declared(node.name, frozenset(map(last_name, node.bases)), is_class=True, waits=_waits(node))
            for node in classes
        ),
    ]


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
    if not SENDS.search(module.text):
        return
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
    around: _Around | None = None
    for sending in sendings(module, known):
        if sending.method in SIGNATURES:
            continue
        around = around or _Around.of(module)
        what = f"{shown(sending.call.func)}(…)"
        if _waits_for_commit(sending, around.later, known):
            yield found(AFTER_COMMIT, Level.FINE, module, sending.call, what)
            continue
        topic, level, why = _judged(module, sending, around, known)
        where = f" in {sending.within.name}()" if sending.within else ""
        yield found(topic, level, module, sending.call, what + where + why)


@dataclass(frozen=True)
class _Around:
    """Nodes of a module: those that run after a commit, those inside a transaction, and where work begins."""

    later: set[ast.AST]
    inside: set[ast.AST]
    entrances: set[ast.AST]

    @classmethod
    def of(cls, module: Module) -> "_Around":
        first = {place.function for place in functions(module) if takes_requests(place)}
        if COMMANDS.search(module.name):
            first |= {place.function for place in functions(module) if place.function.name == "handle"}
        own = {function for function, _ in tasks(module)}
        return cls(transactions.after_commit(module.tree), transactions.within(module), first | own)


def _judged(module: Module, sending: Sending, around: _Around, known: Known) -> tuple[Topic, Level, str]:
    """Return what to say of a send that waits for nothing: (topic, level, reason if it is not to be seen there)."""
    apart = bool(COMMANDS.search(module.name)) or sending.within in {function for function, _ in tasks(module)}
    if sending.call.func in around.inside or (known.requests_are_transactions and not apart):
        return SENDING, Level.CHANGE, ""
    if sending.within and sending.within.name in known.called_inside:
        return SENDING, Level.CHANGE, ", which is called inside a transaction"
    if sending.within in around.entrances:
        return ALONE, Level.FINE, ""
    return SENDING, Level.LOOK, ": no transaction is seen around it"


def _waits_for_commit(sending: Sending, waiting: set[ast.AST], known: Known) -> bool:
    """(A partial is another node than the call that it stands for; their func is the same.)"""
    receiver = sending.call.func.value if isinstance(sending.call.func, ast.Attribute) else None
    by_class = sending.method in NOW and last_name(receiver) in known.waiting
    return sending.method in LATER or sending.call.func in waiting or by_class
