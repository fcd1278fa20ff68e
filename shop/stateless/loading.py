"""Set up Django for somebody else's project, even if some of its apps cannot be imported."""

import os
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.stateless.project import Problem
from shop.stateless.scan.locating import is_library


class UnusableSettings(Exception):
    """The settings cannot be read; the text says why."""


def load(settings_module: str) -> list[Problem]:
    """Read the settings and import every app that can be imported; return those that could not be.

    Django's own setup() stops at the first app that fails. Raises UnusableSettings.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    try:
        entries = list(settings.INSTALLED_APPS)
    except Exception as error:
        raise UnusableSettings(_sentence(settings_module, error)) from error
    if not any(name.isupper() for name in vars(sys.modules[settings_module])):
        raise UnusableSettings(
            f"{settings_module} has no settings in it. Name the module that has, as in site.settings."
        )
    return [*_configs(entries), *_models(), *_ready()]


def _sentence(settings_module: str, error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _not_there(settings_module, error.name) + _line_of(error)
    if isinstance(error, KeyError):
        asked = f"{settings_module} asks for {error}, which is not there{_line_of(error)}."
        return f"{asked} Is it a variable of the environment? Set it."
    if isinstance(error, ImproperlyConfigured):
        return f"{settings_module} cannot be used: {error}"
    return f"{settings_module} cannot be imported: {error!r}{_line_of(error)}"


def _not_there(settings_module: str, missing: str) -> str:
    """Say what to do about a module that is missing: the settings, a part of the project, or a package."""
    if f"{settings_module}.".startswith(f"{missing}."):
        return f"There is no module {missing!r} on the path. Start in the project's directory, or set PYTHONPATH."
    if settings_module.partition(".")[0] == missing.partition(".")[0]:
        return f"{settings_module} needs {missing!r}, a part of the project that is not there. Make it as on a server"
    need = f"{settings_module} needs {missing!r}, which {sys.executable} does not have."
    return f"{need} Use the Python of the project, such as .venv/bin/python, or install its requirements"


def _line_of(error: Exception) -> str:
    """Return " (FILE, line N)" of the last line that is not a library's, "" if there is none."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<") and Path(frame.filename).resolve() != Path(__file__).resolve()
        if not is_library(Path(frame.filename))
    ]
    return f" ({own[-1].filename}, line {own[-1].lineno})" if own else ""


def _configs(entries: Iterable[str]) -> list[Problem]:
    """Do the first half of what apps.populate() does, for each app by itself."""
    problems = []
    for entry in entries:
        try:
            config = AppConfig.create(entry)
        except Exception as error:  # noqa: BLE001 - an app of others
            problems.append(Problem(entry, f"app cannot be imported: {error!r}"))
            continue
        apps.app_configs.setdefault(config.label, config)
        config.apps = apps
    apps.apps_ready = True
    return problems


def _models() -> list[Problem]:
    problems = []
    for config in list(apps.app_configs.values()):
        try:
            config.import_models()
        except Exception as error:  # noqa: BLE001 - an app of others
            problems.append(Problem(config.name, f"models cannot be imported: {error!r}"))
    apps.clear_cache()
    apps.models_ready = True
    return problems


def _ready() -> list[Problem]:
    problems = []
    for config in list(apps.app_configs.values()):
        try:
            config.ready()
        except Exception as error:  # noqa: BLE001 - an app of others
            problems.append(Problem(config.name, f"app does not start: {error!r}"))
    apps.ready = True
    apps.ready_event.set()
    return problems
