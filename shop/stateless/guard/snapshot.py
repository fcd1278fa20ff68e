"""What a request changed in the memory of its process: variables of modules and classes, compared before and after.

Looked at are the project's loaded modules: containers and plain values at their top, attributes of their classes,
default arguments, the sizes of `lru_cache`, what hangs on objects of the project's own classes, and those objects that
Django keeps: middleware and admins. Not: what libraries keep for themselves.
"""

import functools
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from shop.stateless.guard.singletons import kept_by_django
from shop.stateless.scan.findings import ACCEPTED
from shop.stateless.scan.locating import is_library
from shop.stateless.scan.modules import TESTS

PLAIN = (int, float, complex, str, bytes, bool, type(None))
CONTAINERS = (Mapping, Set, list, tuple, deque)
DESCRIPTORS = (property, staticmethod, classmethod)
DEPTH = 6
SHOWN = 80  # characters of a value
FOUND = "The next request does not find on another pod what this one left in its process"
REMEDY = (
    "Keep it in the database, the session or the cache; or say on its line why each pod may have its own: "
    f'"# {ACCEPTED} a reason"'
)


@dataclass(frozen=True)
class Change:
    """`name`: "shop.cart.SEEN['a']". `before`, `after`: values, sizes, or "nothing"."""

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before} before, {self.after} after"


class StateChanged(AssertionError):
    """A request left something in the memory of its process."""

    def __init__(self, changes: list[Change]) -> None:
        lines = "\n".join(f"  {change}" for change in changes)
        super().__init__(f"{FOUND}:\n{lines}\n{REMEDY}.")
        self.changes = changes


@dataclass
class Snapshot:
    """`values`: what is compared, by name. `roots`: the modules and objects whose parts are compared, by name, and the
    module of each. `kept`: objects, so that no other one gets their id while they are compared by it.
    """

    values: dict[str, str] = field(default_factory=dict)
    roots: dict[str, ModuleType] = field(default_factory=dict)
    kept: list[object] = field(default_factory=list)

    def changes(self, after: "Snapshot", accepted: Iterable[str] = ()) -> list[Change]:
        """Return what differs, the outermost name of each. `accepted`: patterns of names, such as "shop.*.request"."""
        found: list[Change] = []
        patterns = tuple(accepted)
        for name in self._differing(after):
            change = Change(name, self.values.get(name, "nothing"), after.values.get(name, "nothing"))
            if any(_is_part(name, known.name) for known in found):
                continue
            if not any(fnmatchcase(name, pattern) for pattern in patterns) and not self._is_accepted(name):
                found.append(change)
        return found

    def _differing(self, after: "Snapshot") -> list[str]:
        names = self.values.keys() | after.values.keys()
        differ = [name for name in names if self.values.get(name) != after.values.get(name)]
        return sorted(name for name in differ if self._module(name) is not None)

    def _module(self, name: str) -> ModuleType | None:
        """Return the module of a variable; None if its root was not there yet, so that all of it is new."""
        if (found := re.match(r"[\w.]+\(\w+\)", name)) and found.group() in self.roots:
            return self.roots[found.group()]
        parts = re.split(r"[\[(]", name, maxsplit=1)[0].split(".")
        names = (".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
        return next((self.roots[module] for module in names if module in self.roots), None)

    def _is_accepted(self, name: str) -> bool:
        """Return whether a line of the module that names the variable carries "# per-pod: reason"."""
        module = self._module(name)
        rest = name.removeprefix(f"{getattr(module, '__name__', '')}.")
        words = {word for word in re.split(r"\W+", re.sub(r"\[.*?\]", "", rest)) if word}
        for line in _lines(module):
            code, _, comment = line.partition("#")
            if ACCEPTED in comment and words & set(re.findall(r"\w+", code)):
                return True
        return False


def take(packages: Iterable[str] = ()) -> Snapshot:
    """Return what the loaded modules of these packages hold; without any, all that are neither libraries nor tests."""
    wanted = tuple(packages)
    modules = {name: module for name, module in sorted(sys.modules.items()) if _is_own(name, module, wanted)}
    walk = _Walk(Snapshot(roots=modules), tuple({name.partition(".")[0] for name in modules}))
    things = [(thing, label) for thing, label in kept_by_django() if type(thing).__module__ in modules]
    walk.seen.update(id(thing) for thing, _label in things)
    for name, module in list(modules.items()):
        for variable, value in list(vars(module).items()):
            if not variable.startswith("__"):
                walk.look(f"{name}.{variable}", value)
    for thing, label in things:
        walk.look_into(f"{type(thing).__module__}.{type(thing).__qualname__}({label})", thing)
    return walk.snapshot


def check(
    action: Callable[[], object], *, warm_up: int = 2, packages: Iterable[str] = (), accepted: Sequence[str] = ()
) -> None:
    """Do it `warm_up` times, then once more. Raises StateChanged if that changed anything."""
    for _ in range(warm_up):
        action()
    before = take(packages)
    action()
    if changes := before.changes(take(packages), accepted):
        raise StateChanged(changes)


class _Walk:
    """Goes through objects, each once."""

    def __init__(self, snapshot: Snapshot, roots: tuple[str, ...]) -> None:
        self.snapshot = snapshot
        self.roots = roots
        self.seen: set[int] = set()

    def look(self, name: str, value: Any, depth: int = DEPTH) -> None:
        if _is(value, PLAIN):
            self.snapshot.values[name] = repr(value)[:SHOWN]
        elif _is(value, (ModuleType,)) or (depth < DEPTH and self._is_class(value)):
            return
        elif id(value) in self.seen:
            self._same(name, value)
        else:
            self.seen.add(id(value))
            self.snapshot.kept.append(value)
            self._describe(name, value)
            if depth:
                for part, inner in self._parts(value):
                    self.look(f"{name}{part}", inner, depth - 1)

    def look_into(self, name: str, thing: object) -> None:
        """Look at the attributes of an object that may be replaced by another: a new one is no change."""
        self.snapshot.roots[name] = self.snapshot.roots[type(thing).__module__]
        self.snapshot.kept.append(thing)
        for part, inner in self._attributes(thing):
            self.look(f"{name}{part}", inner, DEPTH - 1)

    def _describe(self, name: str, value: Any) -> None:
        if _is(value, CONTAINERS):
            self.snapshot.values[name] = f"{len(value)} entries"
        elif hasattr(type(value), "cache_info"):
            self.snapshot.values[name] = f"{value.cache_info().currsize} answers"
        else:
            self._same(name, value)

    def _same(self, name: str, value: Any) -> None:
        """A value that is compared by identity: an object that replaces another is a change."""
        if not _is(value, CONTAINERS):
            self.snapshot.values[name] = f"a {type(value).__qualname__} at {id(value):x}"

    def _parts(self, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield ("[0]" or ".name", what is there)."""
        if _is(value, (Mapping,)):
            yield from ((f"[{_key(key)}]", inner) for key, inner in list(value.items()))
        elif _is(value, (Set,)):
            yield from ((f"[{_key(inner)}]", True) for inner in list(value))
        elif _is(value, CONTAINERS):
            yield from ((f"[{index}]", inner) for index, inner in enumerate(list(value)))
        elif _is(value, (FunctionType,)):
            yield from ((f"(default {index})", inner) for index, inner in enumerate(value.__defaults__ or ()))
            if not hasattr(value, "__wrapped__"):  # otherwise they are copies of what it wraps
                yield from self._attributes(value)
        elif self._is_class(value) or self._is_own(type(value)):
            yield from self._attributes(value)

    def _attributes(self, value: Any) -> Iterator[tuple[str, Any]]:
        for name, inner in list(getattr(value, "__dict__", {}).items()):
            if not name.startswith("__") and not _is(inner, DESCRIPTORS):
                yield f".{name}", inner

    def _is_class(self, value: Any) -> bool:
        return _is(value, (type,)) and self._is_own(value)

    def _is_own(self, cls: type) -> bool:
        """Return whether the class, or one that it derives from, is the project's."""
        return any(str(base.__module__).partition(".")[0] in self.roots for base in cls.__mro__)


def _is(value: Any, kinds: tuple[type, ...]) -> bool:
    """Like isinstance(), without asking the object: a lazy one would be evaluated."""
    return issubclass(type(value), kinds)


def _key(key: Any) -> str:
    """Show a key without asking it: the repr of a query set would read the database."""
    if _is(key, PLAIN):
        return repr(key)[:SHOWN]
    name = getattr(key, "__name__", "") if _is(key, (type,)) else type(key).__qualname__
    return f"{name} at {id(key):x}"


def _is_part(name: str, whole: str) -> bool:
    return name.startswith((f"{whole}.", f"{whole}[", f"{whole}("))


def _is_own(name: str, module: ModuleType, packages: tuple[str, ...]) -> bool:
    if packages:
        return name.startswith(tuple(f"{package}." for package in packages)) or name in packages
    file = getattr(module, "__file__", None)
    return bool(file) and not TESTS.search(name) and not _is_library(str(file))


@functools.cache
def _is_library(file: str) -> bool:
    return is_library(Path(file))


def _lines(module: ModuleType | None) -> list[str]:
    try:
        return Path(str(getattr(module, "__file__", ""))).read_text(errors="replace").splitlines()
    except OSError:
        return []
