"""All nodes of a piece of code."""

import ast
from collections.abc import Sequence


def walk(code: ast.AST) -> Sequence[ast.AST]:
    """As ast.walk(), which a dozen readers would call for each module and function: the node keeps what it found."""
    found: list[ast.AST] | None = code.__dict__.get("walked")
    if found is None:
        found = code.__dict__["walked"] = list(ast.walk(code))
    return found
