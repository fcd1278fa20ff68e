"""Session engines by name."""

from importlib import import_module
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from shop.stateless.move.problems import MoveError

DJANGO = "django.contrib.sessions.backends"
SHORT = ("db", "file", "cache", "cached_db", "signed_cookies")
Store = type[SessionBase]


def dotted(name: str) -> str:
    """Return the dotted path of an engine, which may be called by its last word if it is Django's."""
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
    """Return the model in which the engine keeps its sessions; None if it keeps them elsewhere."""
    return store.get_model_class() if is_kind(store, "db") else None  # type: ignore[attr-defined]


def share_a_table(one: Store, other: Store) -> bool:
    return table(one) is not None and table(one) is table(other)
