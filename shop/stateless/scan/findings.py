"""What the readers of source code share: a finding, and what a function is for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from shop.stateless.scan.module import Module

Function = ast.FunctionDef | ast.AsyncFunctionDef
REQUEST_MODULES = {"views", "viewsets", "middleware", "tasks", "context_processors", "consumers", "api", "endpoints"}
# What is in these modules of an app is run by requests, tasks or commands, and seldom at start.
MODEL_MODULES = {
    "models",
    "forms",
    "serializers",
    "signals",
    "receivers",
    "handlers",
    "admin",
    "services",
    "fields",
    "jobs",
}
REQUEST_BASES = ("View", "ViewSet", "Middleware", "MiddlewareMixin", "APIView", "Consumer", "Mixin")
REQUEST_ARGUMENTS = {"request", "http_request", "req"}
TASK_DECORATORS = {"shared_task", "task", "periodic_task", "db_task", "job", "actor", "api_view", "receiver"}
# Remarks that accept a line: its state may belong to one pod; its row is locked by the caller.
ACCEPTED, LOCKED = "per-pod:", "locked:"


@dataclass(frozen=True)
class Finding:
    """One place in source code. `certain`: a request or a task runs it; otherwise it may run once at start."""

    name: str
    text: str
    file: str
    line: int
    certain: bool


@dataclass(frozen=True)
class Place:
    """A function and the class around it, if any."""

    function: Function
    within: ast.ClassDef | None


def functions(module: Module) -> Iterator[Place]:
    """Yield each function that is not inside another one."""
    yield from _functions(module.tree.body, None)


def _functions(body: list[ast.stmt], within: ast.ClassDef | None) -> Iterator[Place]:
    for node in body:
        if isinstance(node, Function):
            yield Place(node, within)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, node)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from _functions([part for part in ast.iter_child_nodes(node) if isinstance(part, ast.stmt)], within)


def serves_requests(module: Module, place: Place) -> bool:
    """Return whether this function runs for a request or a task, as far as it and its module tell."""
    by_place = bool(set(module.name.split(".")[1:]) & REQUEST_MODULES) and not place.function.name.startswith(
        "register"
    )
    return by_place or takes_requests(place)


def may_serve(module: Module, place: Place) -> bool:
    """Return whether a request may run it.

    It serves requests, is among the models, forms or services of an app, or in what views and tasks import.
    """
    near = module.is_asked or bool(set(module.name.split(".")[1:]) & MODEL_MODULES)
    return near or serves_requests(module, place)


def takes_requests(place: Place) -> bool:
    """Return whether its arguments, decorators or class say that it runs for a request or a task."""
    arguments = {argument.arg for argument in all_arguments(place.function)}
    if arguments & REQUEST_ARGUMENTS or TASK_DECORATORS & {last_name(one) for one in place.function.decorator_list}:
        return True
    if place.within is None or place.function.name.startswith("register"):
        return False
    return any(last_name(base).endswith(REQUEST_BASES) for base in place.within.bases)


def is_middleware(place: Place) -> bool:
    """Return whether it is a middleware written as a function: the one inside it runs for each request."""
    return not place.within and "get_response" in {argument.arg for argument in all_arguments(place.function)}


def all_arguments(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def last_name(node: ast.AST | None) -> str:
    """Return "c" for c, a.b.c, and for calls of and subscripts on them; "" for anything else."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST | None) -> str:
    """Return "a.b.c" for such an expression, "" if it begins with something else than a name."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def is_accepted(module: Module, line: int, last: int = 0) -> bool:
    """Return whether one of the lines carries one of the remarks above: somebody has thought about it."""
    remarks = [text.partition("#")[2] for text in module.lines[max(line, 1) - 1 : max(line, last)]]
    return any(word in remark for word in (ACCEPTED, LOCKED) for remark in remarks)


def finding(module: Module, node: ast.AST, name: str, text: str, *, certain: bool) -> Iterator[Finding]:
    """Yield the finding at this node, unless its line, or one of those of a call, is marked as accepted."""
    line = getattr(node, "lineno", 0)
    last = (node.end_lineno or line) if isinstance(node, ast.expr) else line
    if not is_accepted(module, line, last):
        yield Finding(name, text, module.shown, line, certain)
