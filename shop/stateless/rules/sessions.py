"""Who is signed in, what is in a session, and what depends on it: messages and the CSRF secret."""

from collections.abc import Callable, Iterator

from shop.stateless.places import BROWSER, CACHE_SERVICE, DATABASE, POD_DISK, POD_MEMORY, shared_mount
from shop.stateless.project import Project, is_kind
from shop.stateless.rows import Question, Row, Verdict
from shop.stateless.rules import caches
from shop.stateless.rules.databases import database

ENGINE, CACHE, STRANGE, MESSAGES, CSRF = 10, 11, 12, 13, 14
BACKENDS = "django.contrib.sessions.backends"
LOST = "Everybody whose next request meets another pod is logged out and loses what the session held, such as a cart."
REMEDY = (
    'SESSION_ENGINE = "django.contrib.sessions.backends.cached_db" with SESSION_CACHE_ALIAS naming a cache on Redis'
)
SESSIONS = Question("Sessions", "each visitor and member of staff")


def rows(project: Project) -> Iterator[Row]:
    if not _used(project):
        return
    row = sessions(project)
    yield row
    yield from _messages(project, row)
    if project.setting("CSRF_USE_SESSIONS"):
        yield _follows(
            Question("CSRF secrets", "each visitor"),
            CSRF,
            row,
            "Forms are refused with 403.",
            "CSRF_USE_SESSIONS = False",
        )


def _used(project: Project) -> bool:
    return any("sessions.middleware" in name for name in project.setting("MIDDLEWARE", [])) or project.has_app(
        "django.contrib.sessions"
    )


def sessions(project: Project) -> Row:
    engine = project.setting("SESSION_ENGINE")
    store = getattr(project.module(engine), "SessionStore", None)
    for kind, answer in KINDS.items():
        if is_kind(store, f"{BACKENDS}.{kind}.SessionStore"):
            return answer(project, engine)
    why = "is not one of Django's or built on one" if store else "cannot be imported here"
    return SESSIONS.unknown(STRANGE, engine, DATABASE, f"Not known: this engine {why}.", REMEDY)


def _file(project: Project, engine: str) -> Row:
    path = project.setting("SESSION_FILE_PATH") or "the system's temporary directory"
    network = shared_mount(path) if project.setting("SESSION_FILE_PATH") else ""
    if network:
        return SESSIONS.shared(ENGINE, f"{path} ({network})", "file store")
    return SESSIONS.broken(ENGINE, f"files in {path}", POD_DISK, LOST, REMEDY)


def _cached_db(project: Project, engine: str) -> Row:
    alias = project.setting("SESSION_CACHE_ALIAS")
    if caches.is_local(project, alias) and not caches.keeps_nothing(project, alias):
        lost = "A pod goes on believing its own old copy: a log-out or a changed cart on one pod is not seen by others."
        where = f"database, with copies in cache “{alias}” of one pod"
        return SESSIONS.broken(CACHE, where, POD_MEMORY, lost, _cache_remedy(alias))
    return _in_database(project, engine, f"database, with copies in cache “{alias}”")


def _cache(project: Project, engine: str) -> Row:
    alias = project.setting("SESSION_CACHE_ALIAS")
    if caches.is_local(project, alias):
        return SESSIONS.broken(CACHE, f"cache “{alias}”", POD_MEMORY, LOST, _cache_remedy(alias))
    lost = "Nothing with a pod; everybody is logged out when the cache server loses its memory."
    return SESSIONS.shared(CACHE, f"cache “{alias}”", CACHE_SERVICE, lost)


def _cache_remedy(alias: str) -> str:
    return f"{caches.REMEDY.format(alias=alias)}; then {REMEDY}"


def _in_database(project: Project, engine: str, where: str = "database") -> Row:
    """As shared as the default database, whose own row says so, unless silenced, as where a proxy is beside the pod."""
    entry = project.setting("DATABASES", {}).get("default") or {}
    if not entry.get("ENGINE"):
        return SESSIONS.unknown(STRANGE, where, DATABASE, "Not known: no default database is configured.", REMEDY)
    below = database(project, "default", entry)
    if below.verdict is Verdict.POD_LOCAL and not below.is_silenced(project.setting("SILENCED_SYSTEM_CHECKS", [])):
        remedy = 'Share DATABASES["default"]: the sessions in it follow.'
        return SESSIONS.broken(ENGINE, f"{where} ({below.where})", below.place, LOST, remedy)
    return SESSIONS.shared(ENGINE, where, below.place)


def _cookie(project: Project, engine: str) -> Row:
    return SESSIONS.shared(ENGINE, "signed cookie", BROWSER, "Nothing; the browser carries it.")


KINDS: dict[str, Callable[[Project, str], Row]] = {
    "file": _file,
    "cached_db": _cached_db,
    "cache": _cache,
    "signed_cookies": _cookie,
    "db": _in_database,
}


def _messages(project: Project, session: Row) -> Iterator[Row]:
    if not project.has_app("django.contrib.messages"):
        return
    asked = Question("Messages shown on the next page", "each visitor")
    storage = str(project.setting("MESSAGE_STORAGE"))
    if is_kind(project.load(storage), "django.contrib.messages.storage.cookie.CookieStorage"):
        yield asked.shared(MESSAGES, "signed cookie", BROWSER)
    else:
        remedy = 'MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage", or share the sessions'
        yield _follows(asked, MESSAGES, session, "A message such as “Order placed” never shows.", remedy)


def _follows(asked: Question, number: int, session: Row, lost: str, remedy: str) -> Row:
    """What is kept in the session is where the session is."""
    if session.verdict is Verdict.POD_LOCAL:
        return asked.weak(number, f"session: {session.where}", session.place, lost, remedy)
    return asked.shared(number, f"session: {session.where}", session.place)
