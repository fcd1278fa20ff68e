"""Which modules serve requests: found by which module imports which.

A module that only management commands, migrations or tests import keeps its state for one command, which is no state
of a pod.
"""

import ast
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.stateless.scan.changes import bound, own_containers
from shop.stateless.scan.findings import REQUEST_MODULES
from shop.stateless.scan.locating import files, roots_of
from shop.stateless.scan.module import Module, base_of
from shop.stateless.scan.objects import own_objects
from shop.stateless.scan.walking import statements

TESTS = re.compile(r"(^|\.)(tests?|testing|conftest|factories|mocks?)(\.|$)|(^|\.)test_")
COMMANDS = re.compile(r"(^|\.)(management|migrations|__main__|setup|manage)(\.|$)")
# Django, Celery and servers find these by name inside an app: they serve, whoever else imports them.
SERVING = {
    "models", "admin", "views", "urls", "tasks", "signals", "receivers", "handlers", "middleware", "forms", "wsgi",
    "serializers", "api", "apps", "consumers", "context_processors", "templatetags", "asgi", "celery",
}  # fmt: skip
SETTINGS = {"INSTALLED_APPS", "DATABASES", "ALLOWED_HOSTS", "ROOT_URLCONF", "MIDDLEWARE"}
Follow = Callable[[Module], set[str]]


@dataclass
class Sources:
    """All modules of the project.

    `packages` are the apps, `named` the modules that settings name; `unread` holds (file, reason) of those that could
    not be read. Tests are known by name only, until somebody asks for their tree.
    """

    modules: dict[str, Module]
    settings_module: str
    packages: set[str]
    named: set[str] = field(default_factory=set)
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def apps_read(self) -> bool:
        """Whether any module was read that is neither settings nor a command."""
        return bool({module.name for module in self.online()} - {module.name for module in self.settings_modules()})

    def own(self) -> list[Module]:
        return list(self.modules.values())

    def settings_modules(self) -> list[Module]:
        """Return the settings module and those that it takes settings from."""
        return [self.modules[name] for name in sorted(self._closure([self.settings_module], _givers_of_settings))]

    def online(self) -> list[Module]:
        """Return the modules that a request or a task may run, without the settings and tests."""
        commands = {name for name in self.modules if COMMANDS.search(name)}
        tests = {name for name in self.modules if TESTS.search(name)}
        serving = {name for name in self.modules if self._serves(name)} | self.named
        roots = (set(self.modules) - self._closure(commands, _imports, stop=tests)) | serving
        wanted = self._closure(roots - commands - tests, _imports, stop=commands | tests)
        configured = self._closure([self.settings_module], lambda module: module.fact(_taken_whole))
        configured |= {name for name in self.modules if self._is_beside_settings(name)}
        settings_of_others = {name for name in wanted - serving if _holds_settings(self.modules[name], configured)}
        return [self.modules[name] for name in sorted(wanted - configured - settings_of_others)]

    def asked(self) -> set[str]:
        """Return the modules that settings name, or that those of views, tasks and the like import, also by others."""
        asking = {name for name in self.modules if set(name.split(".")[1:]) & REQUEST_MODULES}
        asking |= self.named - {self.settings_module}
        stop = [name for name in self.modules if TESTS.search(name) or COMMANDS.search(name)]
        return self._closure(asking, _imports, stop=stop)

    def _is_beside_settings(self, name: str) -> bool:
        """Return whether it is in a package called settings, as they are, or in one that they are."""
        near = self.settings_module.rpartition(".")[0]
        own = near if near.rpartition(".")[2] == "settings" else self.settings_module
        return name.startswith(f"{own}.")

    def _serves(self, name: str) -> bool:
        parts = name.split(".")
        return any(part in SERVING and ".".join(parts[:index]) in self.packages for index, part in enumerate(parts))

    def _closure(self, roots: Iterable[str], follow: Follow, stop: Iterable[str] = ()) -> set[str]:
        known, waiting, closed = set[str](), deque(roots), set(stop)
        while waiting:
            name = waiting.popleft()
            if name in known or name not in self.modules or name in closed:
                continue
            known.add(name)
            waiting.extend(follow(self.modules[name]))
        return known


def _holds_settings(module: Module, configured: set[str]) -> bool:
    """Return whether these are settings, of other environments than the one that is audited."""
    return module.fact(_is_settings) or bool(module.fact(_taken_whole) & configured)


def _is_settings(module: Module) -> bool:
    return bool(SETTINGS & {name for name, _ in bound(module.tree.body)})


def _givers_of_settings(module: Module) -> set[str]:
    """Return the modules from which this one takes names in capitals, or all names."""
    return module.fact(_taken_whole) | {base for base, name in module.fact(_imported) if name.isupper()}


def _taken_whole(module: Module) -> set[str]:
    """Return the modules of which it takes all names: from base import *."""
    return {base for base, name in module.fact(_imported) if name == "*"}


def sources_of(settings_module: str, root_package: str, *, packages: bool) -> Sources:
    """Read the project's own packages: that of the settings and every installed app that is not a library.

    With `packages`, installed apps that are libraries are read too.
    """
    return read(roots_of(settings_module, root_package, packages=packages), settings_module)


def read(roots: dict[str, Path], settings_module: str) -> Sources:
    """Find every module below {dotted name: directory or file}, and find out which imports which."""
    sources = Sources({}, settings_module, set(roots) | {config.name for config in apps.get_app_configs()})
    for name, path in files(roots):
        module = Module(name, path, _shown(path), sources.modules)
        if TESTS.search(name) or _can_be_read(sources, module):
            sources.modules[name] = module
    sources.named = _named(sources.modules)
    for name in sources.asked():
        sources.modules[name].is_asked = True
    return sources


def _can_be_read(sources: Sources, module: Module) -> bool:
    """Find out what is asked of a module while others are looked at; a file for which that fails is noted."""
    try:
        module.tree  # noqa: B018 - parsed once for all of these
        for find in (_imported, _is_settings, own_containers, own_objects):
            module.fact(find)
    except (OSError, SyntaxError, ValueError) as error:
        sources.unread.append((str(module.path), str(error)))
        return False
    finally:
        module.forget()
    return True


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _imported(module: Module) -> set[tuple[str, str]]:
    """Return (module, name taken from it, "" if none) of all imports, at the top or inside functions."""
    found = set[tuple[str, str]]()
    for node in statements(module.tree):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {(base_of(module, node), alias.name) for alias in node.names}
    return found


def _imports(module: Module) -> set[str]:
    """Return the known modules that this one imports, and their packages."""
    pairs = module.fact(_imported)
    return {name for base, taken in pairs for name in (base, f"{base}.{taken}") if name in module.known}


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
