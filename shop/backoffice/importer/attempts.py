"""Doing a transaction again: two imports, or an import and shoppers, may get in each other's way for a moment."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg.errors as pg
from django.db import DatabaseError, DataError, IntegrityError, NotSupportedError, ProgrammingError, connection
from django.utils.translation import gettext as _

PAUSES = (0.2, 1.0, 3.0)  # seconds between two attempts
# Somebody else was faster, or removed what is referred to: the next attempt reads that first.
LOST_RACES = (pg.UniqueViolation, pg.ForeignKeyViolation)
CONTENTION = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)
Result = TypeVar("Result")


class NotSaved(Exception):
    """The database did not take it. The message says why and what to do, and continues "could not be saved:"."""


def persist(do: Callable[[], Result], *refusals: type[Exception]) -> Result:
    """Return what `do` returns; after an error that may pass, or one of `refusals`, try again a few times.

    Raises NotSaved at once if the data break a rule, since that cannot pass, and when others were in the way at the
    last attempt, too. An outage is raised as it is.
    """
    for pause in PAUSES:
        try:
            return do()
        except DatabaseError as error:
            if not _may_pass(error):
                raise _refusal(error) from error
        except refusals:
            pass
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        time.sleep(pause)
    try:
        return do()
    except DatabaseError as error:
        raise _refusal(error) from error


def _may_pass(error: DatabaseError) -> bool:
    if isinstance(error, IntegrityError):
        return isinstance(error.__cause__, LOST_RACES)
    never = isinstance(error, DataError | ProgrammingError | NotSupportedError)
    return not never and not isinstance(error.__cause__, pg.ProgramLimitExceeded)


def _refusal(error: DatabaseError) -> Exception:
    """Return what to raise for an error: NotSaved if it concerns these data only, otherwise the error."""
    cause = error.__cause__
    if isinstance(cause, LOST_RACES + CONTENTION):
        return NotSaved(_("others were changing it at every attempt. Import the file again."))
    if isinstance(cause, pg.ProgramLimitExceeded):
        return NotSaved(_("its values are too long (%(why)s). Shorten them and import the file again.") % _why(error))
    if isinstance(error, DataError | IntegrityError):
        return NotSaved(
            _("the database refuses a value (%(why)s). Correct it and import the file again.") % _why(error)
        )
    return error


def _why(error: DatabaseError) -> dict[str, str]:
    """The first line names the rule; those after it would quote the whole row."""
    return {"why": str(error).partition("\n")[0]}
