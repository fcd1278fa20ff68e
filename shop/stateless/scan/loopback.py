"""Addresses of this machine that are written into the code."""

import ast
import re
from collections.abc import Iterator

from shop.stateless.places import LOOPBACK_ADDRESS, without_password
from shop.stateless.scan.changes import assigned
from shop.stateless.scan.findings import Finding, finding, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk

DESCRIPTIONS = {"help", "help_text", "description", "verbose_name"}
LISTS = re.compile(r"prefix|origin|allow|trusted", re.IGNORECASE)  # of what others may be called
INSTEAD = re.compile(r"(^|_)(default|fallback|dev|debug|example|sample)(_|s$|s_|$)", re.IGNORECASE)
COMPARES = {"startswith", "endswith", "replace", "removeprefix"}


def find(module: Module) -> Iterator[Finding]:
    harmless, unsure = set(_harmless(module.tree)), set(_unsure(module.tree))
    for node in walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in harmless:
            value = node.value
            if LOOPBACK_ADDRESS.match(value) or ("://" in value[:20] and LOOPBACK_ADDRESS.search(value)):
                shown = without_password(value)
                text = f"{shown}, written into {module.name}"
                yield from finding(module, node, shown, text, certain=node not in unsure)


def _unsure(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is named as a default or as for development: something else may replace it."""
    for node in walk(tree):
        if any(INSTEAD.search(last_name(target)) for target in assigned(node)[0]):
            yield from walk(node)


def _harmless(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the texts that are no address in use: doc strings, help texts, comparisons, defaults of the environment."""
    for node in walk(tree):
        if _is_harmless(node):
            yield from walk(node)


def _is_harmless(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare) or any(LISTS.search(last_name(target)) for target in assigned(node)[0]):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg in DESCRIPTIONS
    return isinstance(node, ast.Call) and (_reads_environment(node) or last_name(node.func) in COMPARES)


def _reads_environment(node: ast.Call) -> bool:
    """os.environ.get("REDIS_URL", "redis://localhost"): a name in capitals comes first."""
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.isupper()
