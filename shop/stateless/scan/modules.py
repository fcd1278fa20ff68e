"""Which modules serve requests: found by who imports whom.

A module that only management commands, migrations or tests import keeps its state for one command, which is no state
of a pod.
"""

import ast
import functools
import importlib.util
import re
import site
import sysconfig
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.stateless.scan.changes import bound
from shop.stateless.scan.module import Module, base_of
from shop.stateless.scan.walking import walk

TESTS = re.compile(r"(^|\.)(tests?|testing|conftest|factories)(\.|$)|(^|\.)test_")
COMMANDS = re.compile(r"(^|\.)(management|migrations|__main__|setup|manage)(\.|$)")
# Inside an app, Django, Celery and servers find these by name: they serve, whoever else imports them.
SERVING = {
    "models", "admin", "views", "urls", "tasks", "signals", "receivers", "handlers", "middleware", "forms", "wsgi",
    "serializers", "api", "apps", "consumers", "context_processors", "templatetags", "asgi", "celery",
}  # fmt: skip
SETTINGS = {"INSTALLED_APPS", "DATABASES", "ALLOWED_HOSTS", "ROOT_URLCONF", "MIDDLEWARE"}
SKIPPED = {"node_modules", "__pycache__", ".git", ".venv", "venv", "site-packages", ".tox", "build"}


@dataclass
class Sources:
    """All modules that were read.

    `packages` are the apps, `named` the modules that settings name; `unread` holds (file, reason) of those that could
    not be.
    """

    modules: dict[str, Module]
    settings_module: str
    packages: set[str]
    named: set[str] = field(default_factory=set)
    unread: list[tuple[str, str]] = field(default_factory=list)

    def own(self) -> list[Module]:
        return list(self.modules.values())

    def settings_modules(self) -> list[Module]:
        """Return the settings module and those of its own package that it imports."""
        found = self._closure([self.settings_module])
        near = self.settings_module.rpartition(".")[0]
        return [
            self.modules[name]
            for name in sorted(found)
            if name == self.settings_module or (near and name.startswith(f"{near}."))
        ]

    def online(self) -> list[Module]:
        """Return the modules that a request or a task may run, without the settings and tests."""
        commands = {name for name in self.modules if COMMANDS.search(name)}
        tests = {name for name in self.modules if TESTS.search(name)}
        serving = {name for name in self.modules if self._serves(name)} | self.named
        roots = (set(self.modules) - self._closure(commands, stop=tests)) | serving
        wanted = self._closure(roots - commands - tests, stop=commands | tests)
        configured = {module.name for module in self.settings_modules()}
        settings_of_others = {name for name in wanted - serving if _holds_settings(self.modules[name], configured)}
        return [self.modules[name] for name in sorted(wanted - configured - settings_of_others)]

    def _serves(self, name: str) -> bool:
        parts = name.split(".")
        return any(part in SERVING and ".".join(parts[:index]) in self.packages for index, part in enumerate(parts))

    def _closure(self, roots: Iterable[str], stop: Iterable[str] = ()) -> set[str]:
        known, waiting, closed = set[str](), deque(roots), set(stop)
        while waiting:
            name = waiting.popleft()
            if name in known or name not in self.modules or name in closed:
                continue
            known.add(name)
            waiting.extend(self.modules[name].imports)
        return known


def _holds_settings(module: Module, configured: set[str]) -> bool:
    """Return whether these are settings, of other environments than the one that is audited."""
    if SETTINGS & {name for name, _ in bound(module.tree.body)}:
        return True
    taken = [node for node in module.tree.body if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    return any(base_of(module, node) in configured for node in taken)


def sources_of(settings_module: str, root_package: str, *, packages: bool) -> Sources:
    """Read the project's own packages: that of the settings and every installed app that is not a library.

    With `packages`, installed apps that are libraries are read too.
    """
    return read(_roots(settings_module, root_package, packages=packages), settings_module)


def read(roots: dict[str, Path], settings_module: str) -> Sources:
    """Parse every module below {dotted name: directory or file} and find out who imports whom."""
    sources = Sources({}, settings_module, set(roots) | {config.name for config in apps.get_app_configs()})
    for name, path in _files(roots):
        _read(sources, name, path)
    for module in sources.modules.values():
        module.imports, module.known = set(_imports(module, sources.modules)), sources.modules
    sources.named = _named(sources.modules)
    return sources


def _roots(settings_module: str, root_package: str, *, packages: bool) -> dict[str, Path]:
    """Return {dotted name: directory or file} without those inside another."""
    found = {config.name: Path(config.path) for config in apps.get_app_configs()}
    found = {name: path for name, path in found.items() if packages or not is_library(path)}
    urls = str(getattr(settings, "ROOT_URLCONF", "") or "").partition(".")[0]
    for name in {root_package or settings_module, urls} - {""}:
        spec = importlib.util.find_spec(name)
        if spec and spec.origin and not is_library(Path(spec.origin)):
            origin = Path(spec.origin)
            found[name] = origin.parent if origin.name == "__init__.py" else origin
    return {
        name: path for name, path in found.items() if not _inside(name, found) and not name.startswith("shop.stateless")
    }


def _inside(name: str, others: dict[str, Path]) -> bool:
    return any(name != other and name.startswith(f"{other}.") for other in others)


@functools.cache
def _library_paths() -> tuple[Path, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple(Path(sysconfig.get_path(name)).resolve() for name in names) + tuple(
        Path(path).resolve() for path in site.getsitepackages()
    )


def is_library(path: Path) -> bool:
    """Return whether a file belongs to Python or to an installed package."""
    resolved = path.resolve()
    return (
        "site-packages" in resolved.parts
        or "dist-packages" in resolved.parts
        or any(resolved.is_relative_to(library) for library in _library_paths())
    )


def _files(roots: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    for name, root in sorted(roots.items()):
        if root.is_file():
            yield name, root
            continue
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if not SKIPPED & set(parts):
                yield ".".join([name, *(part for part in parts if part != "__init__")]), path


def _read(sources: Sources, name: str, path: Path) -> None:
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except (OSError, SyntaxError, ValueError) as error:
        sources.unread.append((str(path), str(error)))
        return
    sources.modules[name] = Module(name, path, tree, _shown(path))


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _imports(module: Module, known: dict[str, Module]) -> Iterator[str]:
    """Yield the known modules that this one imports, at its top or inside functions, and their packages."""
    for node in walk(module.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = base_of(module, node)
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name in known)


def _named(known: dict[str, Module]) -> set[str]:
    """Return the modules that a setting names, such as middleware and handlers."""
    found = set[str]()
    for name in dir(settings):
        if name.isupper():
            for text in _strings(_setting(name)):
                found |= {part for part in (text, text.rpartition(".")[0]) if part in known}
    return found


def _setting(name: str) -> Any:
    """Return None for an empty SECRET_KEY, which Django refuses to tell: pods may get theirs from elsewhere."""
    try:
        return getattr(settings, name, None)
    except ImproperlyConfigured:
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _strings(inner)
