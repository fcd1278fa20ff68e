"""The audited project: the settings in force, and what could not be loaded."""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import global_settings, settings
from django.utils.module_loading import import_string

from shop.stateless.places import is_loopback
from shop.stateless.scan.modules import Sources, sources_of

TEST_HOSTS = {"testserver"}


@dataclass(frozen=True)
class Problem:
    """Something that kept the audit from looking everywhere, in a sentence."""

    name: str
    reason: str


@dataclass
class Project:
    """What rules ask. `packages` lets the scan of source code include installed packages, not only own code.

    `say` is told what is being done, for a line of progress.
    """

    packages: bool = False
    problems: list[Problem] = field(default_factory=list)
    say: Callable[[str], None] = lambda text: None

    def setting(self, name: str, default: Any = None) -> Any:
        return getattr(settings, name, default)

    def is_set(self, name: str) -> bool:
        """Return whether the project itself says something about this setting."""
        known = hasattr(global_settings, name)
        return bool(settings.is_overridden(name)) if known else hasattr(settings, name)  # type: ignore[misc]

    def names(self) -> list[str]:
        """Return the names of the settings that the project sets itself."""
        return sorted(name for name in dir(settings) if name.isupper() and self.is_set(name))

    def has_app(self, name: str) -> bool:
        return apps.is_installed(name)

    @cached_property
    def serves_this_machine_only(self) -> bool:
        """Whether only this machine is served, so that an address of this machine is not yet wrong."""
        hosts = set(self.setting("ALLOWED_HOSTS") or []) - TEST_HOSTS
        if not hosts:
            return bool(self.setting("DEBUG"))
        return all(is_loopback(host) or host == ".localhost" for host in hosts)

    @property
    def root_package(self) -> str:
        """The package that holds the settings module, "" if that is a single file on the path."""
        module = self.settings_module
        return module.partition(".")[0] if "." in module else ""

    @property
    def settings_module(self) -> str:
        return str(getattr(settings, "SETTINGS_MODULE", None) or os.environ.get("DJANGO_SETTINGS_MODULE", ""))

    def load(self, dotted: object) -> Any:
        """Return the class or function with this dotted path, or None with the problem noted."""
        if not isinstance(dotted, str):
            return dotted
        return self.tried(dotted, lambda: import_string(dotted))

    def module(self, dotted: str) -> Any:
        """Return the module with this dotted path, or None with the problem noted."""
        return self.tried(dotted, lambda: importlib.import_module(dotted))

    def tried(self, name: str, attempt: Callable[[], Any]) -> Any:
        """Return what `attempt` returns, or None with the problem noted."""
        try:
            return attempt()
        except Exception as error:  # noqa: BLE001 - code of others; whatever it raises, the rest goes on
            self.note(name, f"cannot be imported: {error!r}")
            return None

    def note(self, name: str, reason: str) -> None:
        problem = Problem(name, reason)
        if problem not in self.problems:
            self.problems.append(problem)

    @cached_property
    def sources(self) -> Sources:
        """The source code of the project, read once."""
        self.say("Reading the source code")
        return sources_of(self.settings_module, self.root_package, packages=self.packages)


def is_kind(cls: Any, *dotted: str) -> bool:
    """Return whether a class is, or derives from, one of the classes with these dotted paths.

    By name, so that none of them has to be installed.
    """
    mro = getattr(cls, "__mro__", ())
    return bool({f"{base.__module__}.{base.__qualname__}" for base in mro} & set(dotted))
