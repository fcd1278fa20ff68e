"""A storage that reads from a new place and an old one while the files of a project are carried over.

    STORAGES["default"] = {
        "BACKEND": "shop.stateless.bridge.storage.BridgingStorage",
        "OPTIONS": {"old": {"BACKEND": …, "OPTIONS": {…}}, "new": {"BACKEND": …, "OPTIONS": {…}}},
    }

A file is looked for in the new place, then in the old one. New files go to the new place only, under a name that is
free in both. Addresses stay the old ones (`MEDIA_URL`), without asking anybody whether a file has been carried over:
`shop.stateless.bridge.views.media` answers there, whoever has the file. Files change hands by `manage.py move media`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.utils.deconstruct import deconstructible
from django.utils.encoding import filepath_to_uri
from django.utils.functional import cached_property

Place = dict[str, Any] | str


@deconstructible
class BridgingStorage(Storage):
    """`old` and `new`: an entry as in STORAGES, or an alias of it.

    `urls="new"`: give out addresses of the new place, once all files are there. `overwrite=True`: the new place decides
    alone which name is free, for names that stand for their content.
    """

    def __init__(
        self, old: Place, new: Place, urls: str = "old", overwrite: bool = False, base_url: str | None = None
    ) -> None:
        if urls not in ("old", "new"):
            raise ImproperlyConfigured(f'BridgingStorage: "urls" is {urls!r}; write "old" or "new".')
        self._old, self._new = old, new
        self._urls, self._overwrite, self._base_url = urls, overwrite, base_url

    @cached_property
    def old(self) -> Storage:
        return _storage(self._old)

    @cached_property
    def new(self) -> Storage:
        return _storage(self._new)

    def url(self, name: str | None) -> str:
        if self._urls == "new":
            return self.new.url(name)
        return urljoin(self._base_url or settings.MEDIA_URL, (filepath_to_uri(name) or "").lstrip("/"))

    def exists(self, name: str) -> bool:
        return self.new.exists(name) or self.old.exists(name)

    def holder(self, name: str) -> Storage:
        """Return the place from which a file of this name is read."""
        return self.new if self.new.exists(name) else self.old

    def size(self, name: str) -> int:
        return self.holder(name).size(name)

    def path(self, name: str) -> str:
        """Works only if the new place is a file system, too: code that needs a path has to change before the end."""
        where = self.new.path(name)
        return where if self.new.exists(name) else self.old.path(name)

    def get_accessed_time(self, name: str) -> datetime:
        return self.holder(name).get_accessed_time(name)

    def get_created_time(self, name: str) -> datetime:
        return self.holder(name).get_created_time(name)

    def get_modified_time(self, name: str) -> datetime:
        return self.holder(name).get_modified_time(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Raises FileNotFoundError if neither place has such a directory."""
        found = [listed for place in (self.new, self.old) if (listed := _listed(place, path)) is not None]
        if not found:
            raise FileNotFoundError(path)
        directories = {name for listed in found for name in listed[0]}
        files = {name for listed in found for name in listed[1]}
        return sorted(directories), sorted(files)

    def get_valid_name(self, name: str) -> str:
        return self.new.get_valid_name(name)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        return self.new.get_alternative_name(file_root, file_ext)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        if self._overwrite:
            return self.new.get_available_name(name, max_length=max_length)
        return super().get_available_name(name, max_length=max_length)

    def delete(self, name: str) -> None:
        """Delete in the old place first: what is gone there is not carried over any more."""
        self.old.delete(name)
        self.new.delete(name)

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        """Carry a file over before it is opened to be changed."""
        if "r" in mode and "+" not in mode:
            return self._read(name, mode)
        if "w" not in mode and not self.new.exists(name):
            with self.old.open(name) as content:
                self._save(name, content)
        return self.new.open(name, mode)

    def _read(self, name: str, mode: str) -> "File[Any]":
        try:
            return self.new.open(name, mode)
        except FileNotFoundError:
            return self.old.open(name, mode)

    def _save(self, name: str, content: "File[Any]") -> str:
        save: Callable[[str, Any], str] = self.new._save  # type: ignore[attr-defined]
        return save(name, content)


def _storage(place: Place) -> Storage:
    return storages[place] if isinstance(place, str) else storages.create_storage(place)


def _listed(place: Storage, path: str) -> tuple[list[str], list[str]] | None:
    try:
        return place.listdir(path)
    except FileNotFoundError:
        return None
