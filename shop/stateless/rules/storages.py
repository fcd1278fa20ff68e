"""Files that people upload: every storage of STORAGES and every FileField with a storage of its own; and the
directories that a FilePathField chooses from.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, FilePathField

from shop.stateless.places import FILE_STORE, POD_DISK, POD_MEMORY, shared_mount
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row

DEFAULT, OTHER, OWN, STRANGE, CHOSEN_FROM = 30, 31, 32, 33, 34
FILE_SYSTEM = "django.core.files.storage.filesystem.FileSystemStorage"
OLD_FILE_SYSTEM = "django.core.files.storage.FileSystemStorage"
IN_MEMORY = "django.core.files.storage.memory.InMemoryStorage"
KNOWN = (
    "storages.",
    "google.cloud",
    "cloudinary_storage",
    "azure",
    "minio_storage",
    "django_minio_backend",
    "dbbackup",
)
LOST = "Uploaded pictures and documents: seen by visitors of one pod only, gone with it."
NOT_THERE = "A file that came to one pod only is named in the database, and missing in all others."
REMEDY = (
    'STORAGES["{alias}"] = {{"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {{"bucket_name": "<bucket>"}}}}'
)


def rows(project: Project) -> Iterator[Row]:
    fields = _fields(FileField)
    for alias, storage in _aliases(project):
        users = [_name(field) for field in fields if type(field.storage) is type(storage) and field.storage == storage]
        if alias == "default" and (field_names := [_name(f) for f in fields if f.storage is default_storage]):
            users = field_names
        yield storage_row(project, alias, storage, users)
    yield from _own(project, fields)
    yield from (directory_row(project, field) for field in _fields(FilePathField))


def _fields(kind: type) -> list[Any]:
    """Return each field once: a model that is built on another one has the fields of that table, too."""
    found = (field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, kind))
    return list(dict.fromkeys(found))


def _aliases(project: Project) -> Iterator[tuple[str, Any]]:
    """Yield the storages that keep uploads; static files have rules of their own."""
    for alias in sorted(project.setting("STORAGES", {"default": {}})):
        if alias != "staticfiles":
            storage = project.tried(f'STORAGES["{alias}"]', partial(_instance, alias))
            if storage is not None:
                yield alias, storage


def _instance(alias: str) -> Any:
    from django.core.files.storage import storages

    return storages[alias]


def storage_row(project: Project, alias: str, storage: Any, users: list[str]) -> Row:
    """Return the row of one alias. A local default storage that no model uses holds nothing that is known."""
    number = DEFAULT if alias == "default" else OTHER
    asked = Question(f"Uploads, storage “{alias}”", "whoever uploaded: staff, customers")
    row = place_of(asked, number, storage, REMEDY.format(alias=alias), ", ".join(users))
    if row.verdict == "pod-local" and alias == "default" and not users:
        lost = "Nothing that is known: no model keeps files here. Code that saves to the default storage would."
        return asked.unknown(number, row.where, row.place, lost, row.remedy)
    return row


def place_of(asked: Question, number: int, storage: Any, remedy: str, used_by: str = "") -> Row:
    """Return whether a storage object keeps files in the pod."""
    cls = storage.__class__  # which a lazy object takes from what it stands for; its type() is its own
    if is_kind(cls, IN_MEMORY):
        return asked.broken(number, "memory", POD_MEMORY, LOST, remedy, used_by=used_by)
    if is_kind(cls, FILE_SYSTEM, OLD_FILE_SYSTEM):
        network = shared_mount(storage.location)
        if network:
            return asked.shared(number, f"{storage.location} ({network})", FILE_STORE, used_by=used_by)
        return asked.broken(number, f"directory {storage.location}", POD_DISK, LOST, remedy, used_by=used_by)
    name = f"{cls.__module__}.{cls.__qualname__}"
    if any(base.__module__.startswith(KNOWN) for base in cls.__mro__):
        bucket = getattr(storage, "bucket_name", None) or getattr(storage, "azure_container", None)
        return asked.shared(number, f"bucket {bucket}" if bucket else name, FILE_STORE, used_by=used_by)
    lost = "Not known: this storage is not one that the audit knows."
    return asked.unknown(STRANGE, name, FILE_STORE, lost, remedy, used_by=used_by)


def _own(project: Project, fields: list[Any]) -> Iterator[Row]:
    """Fields whose storage is none of STORAGES."""
    named = [storage for _, storage in _aliases(project)]
    for field in fields:
        own = field.storage
        if own is default_storage or any(type(own) is type(one) and own == one for one in named):
            continue
        if getattr(own, "_wrapped", None) is not None and type(own).__name__ == "DefaultStorage":
            continue
        asked = Question(f"Uploads in {_name(field)}", "whoever uploaded: staff, customers")
        remedy = f"Take the storage= out of {_name(field)}, or give it one that all pods reach"
        yield place_of(asked, OWN, own, remedy, _name(field))


def directory_row(project: Project, field: Any) -> Row:
    """Return whether all pods see the directory of a FilePathField: it may be part of the release."""
    path = str(field.path() if callable(field.path) else field.path)
    asked = Question(f"Files that {_name(field)} names", "whoever chooses them, and whoever looks")
    network = shared_mount(path)
    if network:
        return asked.shared(CHOSEN_FROM, f"{path} ({network})", FILE_STORE)
    media = project.setting("MEDIA_ROOT")
    answer = asked.weak if media and Path(path).is_relative_to(media) else asked.unknown
    return answer(CHOSEN_FROM, f"directory {path}", POD_DISK, NOT_THERE, "A FileField, or files of the release")


def _name(field: Any) -> str:
    return f"{field.model._meta.label}.{field.name}"
