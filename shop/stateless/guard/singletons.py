"""Objects that live as long as the process, although no variable of the project refers to them."""

import gc
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string


def kept_by_django() -> Iterator[tuple[object, str]]:
    """Yield (object, a label that tells it from others of its class): middleware, and the admin's objects."""
    yield from _middleware()
    yield from _admins()


def _middleware() -> Iterator[tuple[object, str]]:
    """Only the chain of handlers, made of closures, knows them; the garbage collector knows all that is not frozen."""
    gc.unfreeze()
    found = [import_string(name) for name in settings.MIDDLEWARE]
    classes = [cls for cls in found if isinstance(cls, type)]
    for thing in gc.get_referrers(*classes) if classes else ():
        if type(thing) in classes:
            yield thing, f"{id(thing):x}"


def _admins() -> Iterator[tuple[object, str]]:
    if apps.is_installed("django.contrib.admin"):
        from django.contrib import admin

        for model, thing in admin.site._registry.items():
            yield thing, model.__name__
