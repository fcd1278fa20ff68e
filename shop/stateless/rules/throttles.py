"""Throttles: how often somebody may try, counted for all pods or for each alone."""

from collections.abc import Iterator

from shop.stateless.places import CACHE_SERVICE, POD_MEMORY
from shop.stateless.project import Project
from shop.stateless.rows import Question, Row
from shop.stateless.rules import caches

REST, SIGN_IN = 110, 111
LOST = "A limit of 5 becomes 5 for each pod, and starts anew with each pod: guessing passwords gets cheaper."


def rows(project: Project) -> Iterator[Row]:
    if _rest_throttles(project):
        yield _counted(project, "API throttles (REST framework)", REST, "default")
    for what, alias in _sign_in(project):
        yield _counted(project, what, SIGN_IN, alias)


def _rest_throttles(project: Project) -> bool:
    settings = project.setting("REST_FRAMEWORK") or {}
    rates = settings.get("DEFAULT_THROTTLE_RATES") or {}
    return project.has_app("rest_framework") and bool(settings.get("DEFAULT_THROTTLE_CLASSES") or any(rates.values()))


def _sign_in(project: Project) -> Iterator[tuple[str, str]]:
    """Yield (what counts, cache alias) for the packages that count attempts in a cache."""
    if project.has_app("allauth.account") and project.setting("ACCOUNT_RATE_LIMITS", True) is not False:
        yield "Sign-in limits (allauth)", "default"
    if project.has_app("axes") and "cache" in str(project.setting("AXES_HANDLER", "")):
        yield "Sign-in limits (axes)", str(project.setting("AXES_CACHE") or "default")
    if project.is_set("RATELIMIT_USE_CACHE") or project.has_app("django_ratelimit"):
        yield "Limits of django-ratelimit", str(project.setting("RATELIMIT_USE_CACHE") or "default")
    if project.has_app("defender") and not project.setting("DEFENDER_REDIS_URL"):
        yield "Sign-in limits (defender)", str(project.setting("DEFENDER_REDIS_NAME") or "default")


def _counted(project: Project, what: str, number: int, alias: str) -> Row:
    asked = Question(what, "whoever tries too often")
    if caches.is_local(project, alias):
        where, remedy = f"cache “{alias}” of one pod", caches.REMEDY.format(alias=alias)
        return asked.weak(number, where, POD_MEMORY, LOST, remedy)
    return asked.shared(number, f"cache “{alias}”", CACHE_SERVICE, "Nothing; counts start anew if the cache is lost.")
