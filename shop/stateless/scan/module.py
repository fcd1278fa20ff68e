"""One parsed file, and what its names stand for."""

import ast
import functools
from dataclasses import dataclass, field
from pathlib import Path

from shop.stateless.scan.walking import walk


@dataclass
class Module:
    """One parsed file. `shown` is its path as people want to read it, `known` are all modules that were read."""

    name: str
    path: Path
    tree: ast.Module
    shown: str
    imports: set[str] = field(default_factory=set)
    known: dict[str, "Module"] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def lines(self) -> list[str]:
        try:
            return self.path.read_text(errors="replace").splitlines()
        except OSError:
            return []

    @functools.cached_property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """All functions and methods by their name; of several with one name the last."""
        nodes = walk(self.tree)
        return {node.name: node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}

    @functools.cached_property
    def meanings(self) -> dict[str, str]:
        """What names stand for that were imported: {"mp": "multiprocessing", "Thread": "threading.Thread"}."""
        found = dict[str, str]()
        for node in walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.asname: alias.name for alias in node.names if alias.asname}
            elif isinstance(node, ast.ImportFrom):
                base = base_of(self, node)
                found |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
        return found

    def meaning(self, name: str) -> str:
        """Return the full name of a dotted one, as its first part was imported; "" for ""."""
        first, dot, rest = name.partition(".")
        return f"{self.meanings.get(first, first)}{dot}{rest}"


def base_of(module: Module, node: ast.ImportFrom) -> str:
    """Return the dotted name from which this takes its names, also of a relative import."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    drop = node.level - 1 if module.path.name == "__init__.py" else node.level
    return ".".join([*parts[: len(parts) - drop], *([node.module] if node.module else [])])
