"""The store's settings with one thing swapped."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, OUTBOX_TOPICS, SILENCED_SYSTEM_CHECKS, STORAGES

CULPRIT = os.environ["PROVE_CULPRIT"]
_own_disk = Path(os.environ.get("TMPDIR", "/tmp"))

# The store would refuse to start with some of these, and say why.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, *(f"stateless.E{number:03}" for number in range(1000))]
INSTALLED_APPS = [*INSTALLED_APPS, "prove.culprits.apps.CulpritsConfig"]

if CULPRIT == "sessions":
    SESSION_ENGINE = "django.contrib.sessions.backends.file"
    SESSION_FILE_PATH = str(_own_disk)
if CULPRIT == "media":
    _local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(_own_disk)}}
    STORAGES = {**STORAGES, "default": _local}
if CULPRIT == "handler":
    OUTBOX_TOPICS = {**OUTBOX_TOPICS, "notifications.mail": ("mail", "prove.culprits.handler.send_mail")}
