"""Set up Django for a project of others, also when one of its apps cannot be imported."""

import os
import sys
from collections.abc import Iterable

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shop.stateless.project import Problem


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
    if isinstance(error, ModuleNotFoundError) and error.name and settings_module.startswith(error.name):
        return f"There is no module {error.name!r} on the path. Start in the project's directory, or set PYTHONPATH."
    if isinstance(error, KeyError):
        return f"{settings_module} asks for {error}, which is not there. Is it a variable of the environment? Set it."
    if isinstance(error, ImproperlyConfigured):
        return f"{settings_module} cannot be used: {error}"
    return f"{settings_module} cannot be imported: {error!r}"


def _configs(entries: Iterable[str]) -> list[Problem]:
    """The first half of what apps.populate() does, each app by itself."""
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
