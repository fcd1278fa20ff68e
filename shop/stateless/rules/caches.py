"""Caches, one by one: in the process, on its disk, on its machine, or for all."""

from collections.abc import Iterator
from typing import Any

from django.utils.module_loading import import_string

from shop.stateless.places import (
    CACHE_SERVICE,
    DATABASE,
    NOWHERE,
    POD_DISK,
    POD_MEMORY,
    addresses,
    is_local_service,
    shared_mount,
)
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row, Verdict
from shop.stateless.rules.databases import database
from shop.stateless.rules.local_services import service

MEMORY, FILES, LOCAL_SERVER, STRANGE = 20, 21, 22, 23
LOCMEM = "django.core.cache.backends.locmem.LocMemCache"
FILE_BASED = "django.core.cache.backends.filebased.FileBasedCache"
DUMMY = "django.core.cache.backends.dummy.DummyCache"
IN_DATABASE = "django.core.cache.backends.db.DatabaseCache"
LOST = "Pods disagree: a page changed on one stays old on another, counters and locks count for one pod only."
REMEDY = (
    'CACHES["{alias}"] = {{"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://<host>"}}'
)


def rows(project: Project) -> Iterator[Row]:
    for alias in sorted(project.setting("CACHES", {})):
        yield cache(project, alias)


def is_local(project: Project, alias: str) -> bool:
    """Return whether what is put into this cache is not seen by other pods; a cache that is missing counts too."""
    if alias not in project.setting("CACHES", {}):
        return True
    return cache(project, alias).verdict is Verdict.POD_LOCAL or keeps_nothing(project, alias)


def keeps_nothing(project: Project, alias: str) -> bool:
    return is_kind(_class(project.setting("CACHES", {}).get(alias, {})), DUMMY)


def cache(project: Project, alias: str) -> Row:
    asked = Question(f"Cache “{alias}”", "everybody; copies, counters and locks")
    entry = project.setting("CACHES", {})[alias]
    name, remedy, cls = str(entry.get("BACKEND", "")), REMEDY.format(alias=alias), _class(entry)
    if is_kind(cls, LOCMEM) or name == LOCMEM:
        return asked.weak(MEMORY, name, POD_MEMORY, LOST, remedy)
    if is_kind(cls, FILE_BASED) or name == FILE_BASED:
        return _files(asked, str(entry.get("LOCATION", "")), remedy)
    if is_kind(cls, DUMMY):
        return asked.shared(MEMORY, "nowhere: nothing is kept", NOWHERE, "Nothing: it holds nothing.")
    if is_kind(cls, IN_DATABASE):
        return _in_database(project, asked, entry)
    return _server(project, asked, entry, remedy)


def _class(entry: dict[str, Any]) -> Any:
    try:
        return import_string(str(entry.get("BACKEND", "")))
    except Exception:  # noqa: BLE001 - its driver may be missing here; then the name has to do
        return None


def _files(asked: Question, location: str, remedy: str) -> Row:
    network = shared_mount(location)
    if network:
        return asked.shared(FILES, f"{location} ({network})", CACHE_SERVICE, "Some speed.")
    return asked.weak(FILES, location, POD_DISK, LOST, remedy)


def _in_database(project: Project, asked: Question, entry: dict[str, Any]) -> Row:
    """A table of the default database is as shared as that is."""
    databases = project.setting("DATABASES", {})
    if "default" not in databases or database(project, "default", databases["default"]).verdict is not Verdict.SHARED:
        return asked.unknown(STRANGE, f"table {entry.get('LOCATION')}", DATABASE, LOST, "Share the database first.")
    return asked.shared(MEMORY, f"table {entry.get('LOCATION')}", DATABASE, "Some speed.")


def _server(project: Project, asked: Question, entry: dict[str, Any], remedy: str) -> Row:
    where = addresses(entry.get("LOCATION"))
    if not where:
        lost = "Not known: its place is not said in LOCATION."
        return asked.unknown(STRANGE, str(entry.get("BACKEND")), CACHE_SERVICE, lost, remedy)
    bad = next((address for address in where if is_local_service(address)), where[0])
    row = service(project, asked, LOCAL_SERVER, bad, place=CACHE_SERVICE, lost=LOST, remedy=remedy)
    return row if row.is_finding else asked.shared(LOCAL_SERVER, row.where, CACHE_SERVICE, "Some speed.")
