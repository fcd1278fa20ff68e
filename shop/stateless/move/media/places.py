"""Which storages hold the files of the project, and which one they go to."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage, default_storage, storages
from django.db.models import FileField
from django.utils.functional import LazyObject
from django.utils.module_loading import import_string

from shop.stateless.bridge.storage import BridgingStorage
from shop.stateless.move.problems import MoveError


@dataclass
class Origin:
    """A storage whose files are carried, what people call it, and the fields whose rows name its files."""

    storage: Storage
    title: str
    fields: list[Any] = field(default_factory=list)


def fields() -> Iterator[Any]:
    """Yield every FileField once, where its column is."""
    for model in apps.get_models(include_auto_created=True):
        yield from (one for one in model._meta.local_fields if isinstance(one, FileField))


def origins(named: str | None) -> list[Origin]:
    """Return the storages to carry: of all fields and the default one, or the one that --from names."""
    if named:
        return [_named(named)]
    found = {identity(storage := old(default_storage)): Origin(storage, title(storage))}
    for one in fields():
        storage = old(one.storage)
        found.setdefault(identity(storage), Origin(storage, title(storage))).fields.append(one)
    return list(found.values())


def _named(named: str) -> Origin:
    """A directory that no field uses any more belongs to the fields of the default storage."""
    storage = _source(named)
    own = [one for one in fields() if identity(old(one.storage)) == identity(storage)]
    followers = [one for one in fields() if one.storage is default_storage]
    return Origin(storage, title(storage), own or followers)


def _source(named: str) -> Storage:
    labels = {f"{one.model._meta.label}.{one.name}": one for one in fields()}
    if named in storages.backends:
        return old(_instance(named))
    if named in labels:
        return old(labels[named].storage)
    if Path(named).is_dir():
        return FileSystemStorage(location=named)
    raise MoveError(
        f"--from {named}: this is no alias of STORAGES ({', '.join(storages.backends)}), no directory and no field "
        f"({', '.join(labels) or 'there is none'})."
    )


def target(named: str | None) -> Storage:
    """Return the storage that --to names; without it, the new one of the bridging storage."""
    if named is None:
        bridge = _real(default_storage)
        if not isinstance(bridge, BridgingStorage):
            raise MoveError("Name the new storage with --to: an alias of STORAGES, or the dotted path of a class.")
        return bridge.new
    storage = _instance(named)
    return storage.new if isinstance(storage, BridgingStorage) else storage


def _instance(named: str) -> Storage:
    try:
        if named in storages.backends:
            return storages[named]
        if "." in named:
            created: Storage = import_string(named)()
            return created
    except (ImportError, ImproperlyConfigured, TypeError, ValueError) as error:
        raise MoveError(f"The storage {named} cannot be used: {error}") from error
    raise MoveError(
        f"STORAGES has no {named!r}, only {', '.join(storages.backends)}. Add it to the settings, as in "
        f'STORAGES[{named!r}] = {{"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {{"bucket_name": "…"}}}}.'
    )


def old(storage: Any) -> Storage:
    """Return the storage that holds the files now."""
    real = _real(storage)
    return real.old if isinstance(real, BridgingStorage) else real


def _real(storage: Any) -> Storage:
    if isinstance(storage, LazyObject):
        dir(storage)  # makes it create what it stands for
        return storage._wrapped  # type: ignore[no-any-return]
    return storage  # type: ignore[no-any-return]


def identity(storage: Storage) -> tuple[Any, ...]:
    """Return the same for two storages that hold the same files."""
    if isinstance(storage, FileSystemStorage):
        return ("directory", os.path.realpath(storage.location))
    bucket = getattr(storage, "bucket_name", None)
    if bucket:
        return ("bucket", getattr(storage, "endpoint_url", None), bucket, getattr(storage, "location", ""))
    return ("object", id(storage))


def title(storage: Storage) -> str:
    kind, *_, name = identity(storage)
    if kind == "directory":
        return f"directory {name}"
    return f"bucket {storage.bucket_name}" if kind == "bucket" else type(storage).__qualname__  # type: ignore[attr-defined]


def check(origin: Origin, target: Storage) -> None:
    """Raises MoveError if it makes no sense or would be dangerous to carry these files."""
    if identity(origin.storage) == identity(target):
        raise MoveError(f"The files are in the {origin.title} already, which is also the target.")
    if isinstance(origin.storage, FileSystemStorage):
        if not str(origin.storage.base_location):
            raise MoveError("MEDIA_ROOT is empty, which means the directory you are in. Set it, or use --from.")
        if not Path(origin.storage.location).is_dir():
            raise MoveError(f"The {origin.title} is not there. Set MEDIA_ROOT, or name the directory with --from.")


def outside_media(origin: Origin) -> bool:
    """Tell whether files come from a directory that MEDIA_URL does not show: they may be meant for nobody's eyes."""
    kind, *_, place = identity(origin.storage)
    return kind == "directory" and not Path(place).is_relative_to(os.path.realpath(settings.MEDIA_ROOT or "/nowhere"))
