"""Session engines by name."""

from importlib import import_module
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from shop.stateless.move.problems import MoveError

DJANGO = "django.contrib.sessions.backends"
SHORT = ("db", "file", "cache", "cached_db", "signed_cookies")
Store = type[SessionBase]


def dotted(name: str) -> str:
    """Return the dotted path of an engine; one of Django's may be named by its last word."""
    return f"{DJANGO}.{name}" if name in SHORT else name


def store_class(name: str) -> Store:
    """Return an engine's SessionStore. Raises MoveError if there is none of that name."""
    try:
        store: Store = import_module(dotted(name)).SessionStore
    except ImportError as error:
        raise MoveError(
            f"The session engine {name!r} cannot be imported: {error}. Use {', '.join(SHORT)}, or the dotted path of a "
            "module that has a class SessionStore, as in SESSION_ENGINE."
        ) from error
    except AttributeError as error:
        raise MoveError(f"{name!r} is no session engine: the module has no class SessionStore.") from error
    if not issubclass(store, SessionBase):
        raise MoveError(f"{name!r} is no session engine: its SessionStore is not built on Django's SessionBase.")
    return store


def is_kind(store: Store, kind: str) -> bool:
    """Tell whether the store is Django's of that name, or built on it: `cached_db` is a kind of `db`."""
    return issubclass(store, store_class(kind))


def table(store: Store) -> Any:
    """Return the model in which the engine keeps its sessions; None if it keeps them elsewhere.

    Raises MoveError if its app is not installed, as where sessions have always been files.
    """
    if not is_kind(store, "db"):
        return None
    try:
        return store.get_model_class()  # type: ignore[attr-defined]
    except RuntimeError as error:
        raise MoveError(
            f"{store.__module__} keeps sessions in a table, and its app is missing: add 'django.contrib.sessions' to "
            "INSTALLED_APPS and run `migrate`."
        ) from error


def share_a_table(one: Store, other: Store) -> bool:
    """Raises MoveError if there should be a table and its app is not installed."""
    tables = {table(one), table(other)}
    return len(tables) == 1 and tables != {None}
