"""Uploads that code looks for on the disk: by the path of a FileField, of a storage, or below MEDIA_ROOT."""

import ast
from collections.abc import Iterator

from django.apps import apps
from django.db.models import FileField

from shop.stateless.scan.findings import Finding, Place, dotted, finding, functions, last_name
from shop.stateless.scan.module import Module
from shop.stateless.scan.walking import walk


def find(module: Module) -> Iterator[Finding]:
    fields = file_fields()
    for place in functions(module):
        for node in walk(place.function):
            name = _path(module, node, fields)
            if name:
                yield from _finding(module, place, node, name)


def _finding(module: Module, place: Place, node: ast.AST, name: str) -> Iterator[Finding]:
    yield from finding(module, node, name, f"{name} in {place.function.name}() of {module.name}", certain=True)


def file_fields() -> set[str]:
    """Return the names under which models keep files."""
    fields = (field for model in apps.get_models() for field in model._meta.get_fields())
    return {field.name for field in fields if isinstance(field, FileField)}


def _path(module: Module, node: ast.AST, fields: set[str]) -> str:
    """Return how the path of an upload is asked for here, "" if it is not."""
    if isinstance(node, ast.Attribute) and node.attr == "path" and isinstance(node.value, ast.Attribute):
        return f"{node.value.attr}.path" if node.value.attr in fields else ""
    if isinstance(node, ast.Attribute) and node.attr == "MEDIA_ROOT":
        return "settings.MEDIA_ROOT" if module.meaning(dotted(node.value)) == "django.conf.settings" else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "path":
        storage = last_name(node.func.value)
        return f"{storage}.path()" if storage in {"storage", "default_storage"} else ""
    return ""
