"""One file of source code, parsed when it is looked at, and what its names stand for."""

import ast
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from shop.stateless.scan.walking import forget, walk

T = TypeVar("T")


@dataclass
class Module:
    """One file. `shown` is its path as people want to read it, `known` are all modules of the project.

    `is_asked`: views, tasks or the like import it, directly or by way of others.
    A large project has thousands: of each, only what `fact()` found out stays when the next one is looked at.
    """

    name: str
    path: Path
    shown: str
    known: dict[str, "Module"] = field(default_factory=dict, repr=False)
    is_asked: bool = False
    _facts: dict[Any, Any] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def tree(self) -> ast.Module:
        """Raises OSError, SyntaxError or ValueError."""
        return ast.parse(self.path.read_bytes(), filename=str(self.path))

    def fact(self, find: "Callable[[Module], T]") -> T:
        """Return what `find` says of this module. It is asked once, and must keep no piece of the tree."""
        if find not in self._facts:
            parsed = "tree" in self.__dict__
            self._facts[find] = find(self)
            if not parsed:
                self.forget()
        return cast(T, self._facts[find])

    def forget(self) -> None:
        """Let go of the tree and of the text; they are made again when they are asked for."""
        if "tree" in self.__dict__:
            forget(self.tree)
        for name in ("tree", "text", "lines", "functions"):
            self.__dict__.pop(name, None)

    @functools.cached_property
    def text(self) -> str:
        try:
            return self.path.read_text(errors="replace")
        except OSError:
            return ""

    @functools.cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @functools.cached_property
    def functions(self) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
        """All functions and methods by name; if several have the same name, the last."""
        nodes = walk(self.tree)
        return {node.name: node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}

    def meaning(self, name: str) -> str:
        """Return the full name of a dotted one, as its first part was imported; "" for ""."""
        first, dot, rest = name.partition(".")
        return f"{self.fact(_meanings).get(first, first)}{dot}{rest}"


def in_turn(modules: Iterable[Module]) -> Iterator[Module]:
    """Yield each, and forget its tree when the next one is asked for."""
    for module in modules:
        try:
            yield module
        finally:
            module.forget()


def _meanings(module: Module) -> dict[str, str]:
    """Return what imported names stand for: {"mp": "multiprocessing", "Thread": "threading.Thread"}."""
    found = dict[str, str]()
    for node in walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom):
            base = base_of(module, node)
            found |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names}
    return found


def base_of(module: Module, node: ast.ImportFrom) -> str:
    """Return the dotted name from which this takes its names, also of a relative import."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    drop = node.level - 1 if module.path.name == "__init__.py" else node.level
    return ".".join([*parts[: len(parts) - drop], *([node.module] if node.module else [])])
