"""Whether the owners of sessions are still signed in: their mark depends on SECRET_KEY and on the password."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError
from django.utils.crypto import constant_time_compare

from shop.stateless.move.sessions.session import Session


class SignedIn:
    """Counts signed-in sessions (`people`) and those that Django will not accept (`strangers`)."""

    def __init__(self) -> None:
        self.people = self.strangers = 0
        self._asks = apps.is_installed("django.contrib.auth")

    def see(self, sessions: list[Session]) -> None:
        if not self._asks:
            return
        from django.contrib.auth import SESSION_KEY

        signed_in = [session for session in sessions if SESSION_KEY in session.data]
        try:
            users = _users({session.data[SESSION_KEY] for session in signed_in})
        except (DatabaseError, ValidationError, ValueError, TypeError):
            self._asks = False
            return
        self.people += len(signed_in)
        known = [_is_known(session, users.get(str(session.data[SESSION_KEY]))) for session in signed_in]
        self.strangers += known.count(False)

    @property
    def warning(self) -> str:
        if not self.strangers:
            return ""
        return (
            f"{self.strangers} of {self.people} signed-in sessions are not accepted here: SECRET_KEY is another one "
            "(add the former to SECRET_KEY_FALLBACKS), or the password was changed or the account removed since. "
            "Their owners have to sign in again."
        )


def _users(ids: set[Any]) -> dict[str, Any]:
    from django.contrib.auth import get_user_model

    model = get_user_model()
    if not ids:
        return {}
    found = model._base_manager.in_bulk([model._meta.pk.to_python(one) for one in ids])
    return {model._meta.pk.value_to_string(user): user for user in found.values()}


def _is_known(session: Session, user: Any) -> bool:
    from django.contrib.auth import HASH_SESSION_KEY

    if user is None:
        return False
    if not hasattr(user, "get_session_auth_hash"):
        return True
    former = getattr(user, "get_session_auth_fallback_hash", tuple)
    mark = str(session.data.get(HASH_SESSION_KEY, ""))
    try:
        return any(constant_time_compare(mark, own) for own in (user.get_session_auth_hash(), *former()))
    except ObjectDoesNotExist:
        return False
