"""Locks that hold back one process, or one machine, around what all pods share."""

import ast
from collections.abc import Iterator

from shop.stateless.scan.changes import bound, changed, own_containers
from shop.stateless.scan.findings import (
    Finding,
    Place,
    dotted,
    finding,
    functions,
    last_name,
    may_serve,
    serves_requests,
)
from shop.stateless.scan.memoised import reads_database
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

MAKERS = {"Lock", "RLock", "Semaphore", "BoundedSemaphore"}
OF_FILES = {"fcntl.flock", "fcntl.lockf", "filelock.FileLock", "portalocker.Lock", "fasteners.InterProcessLock"}
SAVES = {
    "save", "bulk_update", "refresh_from_db", "delete", "update", "create", "bulk_create", "get_or_create",
    "update_or_create",
}  # fmt: skip


def find(module: Module) -> Iterator[Finding]:
    made = {
        name for name, value in bound(module.tree.body) if isinstance(value, ast.Call) and last_name(value) in MAKERS
    }
    for place in (one for one in functions(module) if may_serve(module, one)):
        for node in walk(place.function):
            name = _lock(module, node, made)
            if name:
                yield from _finding(module, place, node, name)


def _finding(module: Module, place: Place, node: ast.AST, name: str) -> Iterator[Finding]:
    text = f"{name} in {place.function.name}() of {module.name}"
    yield from finding(module, node, name, text, certain=serves_requests(module, place))


def _lock(module: Module, node: ast.AST, made: set[str]) -> str:
    """Return the lock that is taken here: on a file, or one of the module around work on the database; "" if none."""
    if isinstance(node, ast.Call) and module.meaning(dotted(node.func)) in OF_FILES:
        return f"{dotted(node.func)}()"
    if isinstance(node, ast.With | ast.AsyncWith):
        taken = [name for item in node.items if (name := dotted(item.context_expr)) in made]
        if taken and any(_is_work(module, line) for line in node.body) and not _remembers(module, node):
            return taken[0]
    return ""


def _is_work(module: Module, code: ast.AST) -> bool:
    return _saves(code) or reads_database(module, code)


def _saves(code: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAVES
        for node in walk(code)
    )


def _remembers(module: Module, code: ast.AST) -> bool:
    """Return whether it only puts what it reads into a container of the module, which has a finding of its own."""
    own = module.fact(own_containers)
    return not _saves(code) and any(dotted(changed(node)) in own for node in walk(code))
