"""All nodes of a piece of code."""

import ast
from collections.abc import Iterator, Sequence

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def walk(code: ast.AST) -> Sequence[ast.AST]:
    """As ast.walk(), which a dozen readers would call for each module and function: the node keeps what it found."""
    found: list[ast.AST] | None = code.__dict__.get("walked")
    if found is None:
        found = code.__dict__["walked"] = list(ast.walk(code))
    return found


def forget(tree: ast.Module) -> None:
    """Let go of what walk() kept: each node would hold itself, until Python looks for such circles."""
    for node in tree.__dict__.pop("walked", ()):
        node.__dict__.pop("walked", None)


def statements(code: ast.AST) -> Iterator[ast.stmt]:
    """Yield all statements, also those of functions and classes; a tenth of the nodes that walk() returns."""
    for block in BLOCKS:
        for node in getattr(code, block, ()):
            if isinstance(node, ast.stmt):
                yield node
            yield from statements(node)
