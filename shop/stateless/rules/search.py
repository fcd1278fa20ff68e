"""Search indexes: on the pod's disk, on its machine, or on a server for all."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.places import DATABASE, POD_DISK, SEARCH_SERVER, addresses, is_local_service, shared_mount
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules.local_services import service

FILES, LOCAL_SERVER, STRANGE = 120, 121, 122
LOST = "Search finds only what was saved on the same pod; a new pod finds nothing until its index is built."
REMEDY = "{setting}: a search server that all pods reach, or the search of PostgreSQL"
ON_DISK, IN_DATABASE = ("whoosh", "xapian", "tantivy"), ("simple", "wagtail.search.backends.database", ".dummy")
SETTINGS = ("HAYSTACK_CONNECTIONS", "WAGTAILSEARCH_BACKENDS", "ELASTICSEARCH_DSL", "OPENSEARCH_DSL")


def rows(project: Project) -> Iterator[Row]:
    for setting in SETTINGS:
        value = project.setting(setting)
        for alias, entry in sorted(value.items()) if isinstance(value, dict) else ():
            if isinstance(entry, dict):
                yield _index(project, f'{setting}["{alias}"]', entry)


def _index(project: Project, setting: str, entry: dict[str, Any]) -> Row:
    asked, remedy = Question(f"Search index {setting}", "everybody who searches"), REMEDY.format(setting=setting)
    engine = str(entry.get("ENGINE") or entry.get("BACKEND") or "").lower()
    if any(name in engine for name in ON_DISK):
        return _files(asked, entry, remedy)
    if any(name in engine for name in IN_DATABASE):
        return asked.shared(FILES, "database", DATABASE)
    where = [one for key in ("URL", "URLS", "hosts", "HOSTS") for one in addresses(entry.get(key))]
    if not where:
        return asked.unknown(STRANGE, engine or "not said", SEARCH_SERVER, "Not known: no address is given.", remedy)
    bad = next((one for one in where if is_local_service(one)), where[0])
    return service(project, asked, LOCAL_SERVER, bad, place=SEARCH_SERVER, lost=LOST, remedy=remedy)


def _files(asked: Question, entry: dict[str, Any], remedy: str) -> Row:
    path = str(entry.get("PATH") or entry.get("LOCATION") or "memory")
    network = shared_mount(path)
    lost = "The index, once two pods write to it at the same time." if network else LOST
    return asked.broken(FILES, f"directory {path}" + (f" ({network})" if network else ""), POD_DISK, lost, remedy)
