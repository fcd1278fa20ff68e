"""Channel layers: who hears what was said on another pod's web socket."""

from collections.abc import Iterator
from typing import Any

from shop.stateless.places import BROKER, POD_MEMORY, addresses, is_local_service
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules.local_services import service

MEMORY, LOCAL_SERVER = 140, 141
LOST = "Live messages reach only those who are connected to the same pod."
REMEDY = (
    'CHANNEL_LAYERS["{alias}"] = {{"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {{"hosts": [...]}}}}'
)


def rows(project: Project) -> Iterator[Row]:
    for alias, entry in sorted((project.setting("CHANNEL_LAYERS") or {}).items()):
        yield _layer(project, alias, entry)


def _layer(project: Project, alias: str, entry: dict[str, Any]) -> Row:
    asked, remedy = Question(f"Channel layer “{alias}”", "everybody connected"), REMEDY.format(alias=alias)
    if "InMemory" in str(entry.get("BACKEND")):
        return asked.broken(MEMORY, "memory", POD_MEMORY, LOST, remedy)
    hosts = addresses((entry.get("CONFIG") or {}).get("hosts")) or ["localhost:6379"]  # the default of channels_redis
    bad = next((host for host in hosts if is_local_service(host)), hosts[0])
    return service(project, asked, LOCAL_SERVER, bad, place=BROKER, lost=LOST, remedy=remedy)
