"""Which names of a function hold what some call returned, or something made from it."""

import ast

from shop.stateless.scan.findings import Function, last_name
from shop.stateless.scan.walking import walk


def held(function: Function, calls: set[str]) -> set[str]:
    """Return the names that are bound to what one of these calls returns, or to anything that mentions such a name."""
    found, before = set[str](), -1
    while len(found) > before:
        before = len(found)
        for node in walk(function):
            target, value = _binding(node)
            if value is not None and comes_of(value, found, calls):
                found |= {part.id for part in walk(target) if isinstance(part, ast.Name)}
    return found


def comes_of(value: ast.AST, names: set[str], calls: set[str]) -> bool:
    """Return whether it mentions one of these names, or makes one of these calls."""
    return mentions(value, names) or makes(value, calls)


def mentions(code: ast.AST, names: set[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in walk(code))


def makes(code: ast.AST, calls: set[str]) -> bool:
    return any(isinstance(node, ast.Call) and last_name(node.func) in calls for node in walk(code))


def _binding(node: ast.AST) -> tuple[ast.AST, ast.expr | None]:
    if isinstance(node, ast.Assign):
        return node.targets[0], node.value
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return node.optional_vars, node.context_expr
    return node, None
