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
from shop.stateless.move.media.listing import entries
from shop.stateless.move.problems import MoveError


@dataclass
class Origin:
    """A storage whose files are carried, and the fields whose rows name its files.

    `new`: where the bridging storage in front of it takes them.
    """

    storage: Storage
    new: Storage | None = None
    fields: list[Any] = field(default_factory=list)

    @property
    def title(self) -> str:
        return title(self.storage)


def fields() -> Iterator[Any]:
    """Yield every FileField once, where its column is."""
    for model in apps.get_models(include_auto_created=True):
        yield from (one for one in model._meta.local_fields if isinstance(one, FileField))


def origins(named: str | None) -> list[Origin]:
    """Return the storages to carry: of all fields and the default one, or the one that --from names."""
    if named:
        return [_named(named)]
    found: dict[tuple[Any, ...], Origin] = {}
    for storage, one in [(default_storage, None), *((one.storage, one) for one in fields())]:
        origin = _origin(storage)
        users = found.setdefault(identity(origin.storage), origin).fields
        users.extend([one] if one else [])
    return list(found.values())


def _origin(storage: Any) -> Origin:
    real = _real(storage)
    return Origin(real.old, real.new) if isinstance(real, BridgingStorage) else Origin(real)


def _named(named: str) -> Origin:
    """A directory that no field uses any more belongs to the fields of the default storage."""
    origin = _source(named)
    own = [one for one in fields() if identity(_origin(one.storage).storage) == identity(origin.storage)]
    origin.fields = own or [one for one in fields() if one.storage is default_storage]
    return origin


def _source(named: str) -> Origin:
    labels = {f"{one.model._meta.label}.{one.name}": one for one in fields()}
    if named in storages.backends:
        return _origin(_instance(named))
    if named in labels:
        return _origin(labels[named].storage)
    if Path(named).is_dir():
        return Origin(FileSystemStorage(location=named))
    raise MoveError(
        f"--from {named}: this is no alias of STORAGES ({', '.join(storages.backends)}), no directory and no field "
        f"({', '.join(labels) or 'there is none'})."
    )


def target(named: str) -> Storage:
    """Return the storage that --to names; the new one if that is a bridging storage."""
    storage = _instance(named)
    return storage.new if isinstance(storage, BridgingStorage) else storage


def goal(origin: Origin, named: Storage | None, *, alone: bool) -> Storage:
    """Return where to take the files. Raises MoveError if nobody says it, or the bridging storage says otherwise.

    `alone`: it was named, so whoever named it wants it to go there.
    """
    if named is None and origin.new is None:
        raise MoveError(
            f"No bridging storage says where the files of the {origin.title} go. Name the new storage with --to: an "
            "alias of STORAGES, or the dotted path of a class."
        )
    if named and origin.new and not alone and identity(named) != identity(origin.new):
        raise MoveError(
            f"A bridging storage takes the {origin.title} to the {title(origin.new)}, not to the {title(named)}. "
            "Leave out --to, or name the storage to carry with --from."
        )
    return named or origin.new  # type: ignore[return-value]  # one of them is there


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


def require_apart(ways: list[tuple[Origin, Storage]]) -> None:
    """Raises MoveError if files that MEDIA_URL does not show would come to those that it does.

    There whoever knows a name gets the file: from the bucket, or from the view that answers at the old addresses.
    """
    default = _real(default_storage)
    shown = {identity(default.new if isinstance(default, BridgingStorage) else default)}
    shown |= {identity(target) for origin, target in ways if not outside_media(origin)}
    for origin, target in ways:
        if _may_be_private(origin) and any(_is_beneath(identity(target), place) for place in shown):
            raise MoveError(
                f"The {origin.title} is not beneath MEDIA_ROOT, so its files may be private; the {title(target)} takes "
                "those that everybody may see. Name each storage with --from, and a place of its own for this one "
                "with --to. Nothing was copied."
            )


def _may_be_private(origin: Origin) -> bool:
    return outside_media(origin) and any(True for _ in entries(origin.storage))


def _is_beneath(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Tell by identities whether the files of one storage are among those of the other."""
    *kind, place = one
    *others_kind, others_place = other
    if kind != others_kind or kind == ["object"]:
        return one == other
    return Path("/", str(place)).is_relative_to(Path("/", str(others_place)))


def needs_nothing(origin: Origin, target: Storage) -> bool:
    """Tell whether the files are in the target bucket already, or this is a default storage that nobody uses."""
    if not isinstance(origin.storage, FileSystemStorage):
        return identity(origin.storage) == identity(target)
    return not origin.fields and not Path(origin.storage.base_location or "/nowhere/").is_dir()


def outside_media(origin: Origin) -> bool:
    """Tell whether files come from a directory that MEDIA_URL does not show: they may be meant for nobody's eyes."""
    kind, *_, place = identity(origin.storage)
    return kind == "directory" and not Path(place).is_relative_to(os.path.realpath(settings.MEDIA_ROOT or "/nowhere"))
