"""Addresses of this machine that are written into the code."""

import ast
from collections.abc import Iterator

from shop.stateless.places import LOOPBACK_ADDRESS, without_password
from shop.stateless.scan.findings import Finding, finding
from shop.stateless.scan.modules import Module


def find(module: Module) -> Iterator[Finding]:
    harmless = set(_harmless(module.tree))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in harmless:
            value = node.value
            if LOOPBACK_ADDRESS.match(value) or ("://" in value[:20] and LOOPBACK_ADDRESS.search(value)):
                shown = without_password(value)
                yield from finding(module, node, shown, f"{shown}, written into {module.name}", certain=True)


def _harmless(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the texts that are no address in use: doc strings, help texts, comparisons, defaults of the environment."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Compare):
            if isinstance(node, ast.Compare) or isinstance(node.value, ast.Constant):
                yield from ast.walk(node)
        elif (isinstance(node, ast.Call) and (_reads_environment(node) or _compares(node))) or (
            isinstance(node, ast.keyword) and node.arg in {"help", "help_text", "description", "verbose_name"}
        ):
            yield from ast.walk(node)


def _reads_environment(node: ast.Call) -> bool:
    """os.environ.get("REDIS_URL", "redis://localhost"): a name in capitals comes first."""
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.isupper()


def _compares(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in {
        "startswith",
        "endswith",
        "replace",
        "removeprefix",
    }
