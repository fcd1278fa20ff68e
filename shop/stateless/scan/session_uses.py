"""Who reads and who writes a session: request.session in the code of the project."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from shop.stateless.scan.findings import last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

WRITES = {"pop", "setdefault", "update", "clear", "flush", "cycle_key", "set_expiry", "create", "save", "delete"}


@dataclass(frozen=True)
class SessionUse:
    """One place; `writes` is true for an assignment and for the methods that change a session."""

    place: str
    writes: bool


def uses(module: Module) -> list[SessionUse]:
    """A fact of a module."""
    return list(find(module))


def find(module: Module) -> Iterator[SessionUse]:
    for node in walk(module.tree):
        if isinstance(node, ast.Subscript) and _is_session(node.value):
            yield SessionUse(f"{module.shown}:{node.lineno}", not isinstance(node.ctx, ast.Load))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_session(node.func.value):
            yield SessionUse(f"{module.shown}:{node.lineno}", node.func.attr in WRITES)


def _is_session(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "session" and "request" in last_name(node.value)
