"""Thumbnails: small copies of pictures, and the record of which exist."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.places import CACHE_SERVICE, DATABASE, POD_DISK, POD_MEMORY
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row, Verdict
from shop.stateless.rules import caches
from shop.stateless.rules.local_services import service
from shop.stateless.rules.storages import place_of

FILES, NOTES = 130, 131
LOST = "Pictures in lists: a pod knows of a small copy that only another pod has."
REMEDY = 'STORAGES["default"] on S3, and {setting} left out or naming the same storage'
# app: (setting that names the storage of the copies, its default)
APPS = {
    "sorl.thumbnail": ("THUMBNAIL_STORAGE", None),
    "easy_thumbnails": ("THUMBNAIL_DEFAULT_STORAGE", "easy_thumbnails.storage.ThumbnailFileSystemStorage"),
    "imagekit": ("IMAGEKIT_DEFAULT_FILE_STORAGE", None),
}


def rows(project: Project) -> Iterator[Row]:
    for app, (setting, default) in APPS.items():
        if project.has_app(app):
            yield from _copies(project, app, setting, default)
    if project.has_app("sorl.thumbnail"):
        yield from _sorl_notes(project)
    if project.has_app("imagekit"):
        yield from _imagekit_notes(project)


def _copies(project: Project, app: str, setting: str, default: str | None) -> Iterator[Row]:
    storage = _storage(project, project.setting(setting) or default)
    if storage is not None:
        asked = Question(f"Thumbnails ({app})", "everybody who looks at a list")
        row = place_of(asked, FILES, storage, REMEDY.format(setting=setting))
        broken = row.verdict is Verdict.POD_LOCAL
        yield asked.weak(FILES, row.where, row.place, LOST, row.remedy) if broken else row


def _storage(project: Project, name: str | None) -> Any:
    """Return the storage named by alias or dotted path, or the default one."""
    from django.core.files.storage import storages

    alias = name or "default"
    if alias in project.setting("STORAGES", {}):
        return project.tried(f'STORAGES["{alias}"]', lambda: storages[alias])
    cls = project.load(alias)
    return None if cls is None else project.tried(alias, cls)


def _sorl_notes(project: Project) -> Iterator[Row]:
    asked = Question("Which thumbnails exist (sorl)", "everybody who looks at a list")
    store = str(project.setting("THUMBNAIL_KVSTORE", ""))
    if "redis" in store:
        address = project.setting("THUMBNAIL_REDIS_URL") or project.setting("THUMBNAIL_REDIS_HOST") or "localhost"
        remedy = 'THUMBNAIL_REDIS_URL = "redis://<a name all pods reach>"'
        yield service(project, asked, NOTES, address, place=CACHE_SERVICE, lost=LOST, remedy=remedy)
    elif "dbm" in store:
        remedy = 'THUMBNAIL_KVSTORE = "sorl.thumbnail.kvstores.cached_db_kvstore.KVStore"'
        yield asked.weak(NOTES, "a file of the pod", POD_DISK, LOST, remedy)
    else:
        yield asked.shared(NOTES, "database", DATABASE)


def _imagekit_notes(project: Project) -> Iterator[Row]:
    asked = Question("Which thumbnails exist (imagekit)", "everybody who looks at a list")
    alias = project.setting("IMAGEKIT_CACHE_BACKEND") or "default"
    if alias in project.setting("CACHES", {}) and caches.is_local(project, alias):
        remedy = f"{caches.REMEDY.format(alias=alias)}, which IMAGEKIT_CACHE_BACKEND names"
        yield asked.weak(NOTES, f"cache “{alias}” of one pod", POD_MEMORY, LOST, remedy)
    else:
        yield asked.shared(NOTES, f"cache “{alias}”", CACHE_SERVICE)
