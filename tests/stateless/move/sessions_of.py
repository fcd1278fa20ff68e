"""Sessions for the tests of the move: made, looked at and carried as a person at a terminal would."""

import json
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from io import StringIO

from django.contrib.sessions.backends.file import SessionStore as Files
from django.core.management import call_command
from django.utils import timezone

from shop.stateless.move.sessions.engines import dotted


def store(engine, key=None):
    return import_module(dotted(engine)).SessionStore(key)


def made(engine, expiry=None, **data):
    """Make a session with that engine; return its key."""
    session = store(engine)
    session.update(data)
    if expiry is not None:
        session.set_expiry(expiry)
    session.create()
    return session.session_key


def held(engine, key):
    """Return what the engine has under the key; None if it has nothing."""
    session = store(engine, key)
    data = session.load()
    return data if session.session_key == key else None


def ends_in(engine, key):
    """Return the time that a session in a table has left."""
    row = store(engine).get_model_class().objects.get(session_key=key)
    return row.expire_date - timezone.now()


def nearly(one, other, seconds=60):
    return abs(one - other) < timedelta(seconds=seconds)


def move(*arguments):
    """Return the exit code and what is written."""
    written = StringIO()
    try:
        call_command("move", "sessions", *arguments, stdout=written)
    except SystemExit as ended:
        return ended.code, written.getvalue()
    return 0, written.getvalue()


def moved(tmp_path, *arguments):
    """Return the exit code and the report."""
    path = tmp_path / "report.json"
    code, _ = move(*arguments, "--report", str(path))
    return code, json.loads(path.read_text())


@contextmanager
def session_files(settings, directory):
    """Django's file engine remembers its directory for ever."""
    settings.SESSION_FILE_PATH = str(directory)
    before = Files.__dict__.get("_storage_path")
    Files._storage_path = str(directory)
    yield directory
    if before is None:
        del Files._storage_path
    else:
        Files._storage_path = before
