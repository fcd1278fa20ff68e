"""The store's settings with some things swapped."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, OUTBOX_TOPICS, SILENCED_SYSTEM_CHECKS, STORAGES

CULPRITS = os.environ["PROVE_CULPRITS"].split()
_own_disk = Path(os.environ.get("TMPDIR", "/tmp"))

# The store would refuse to start with some of these, and say why.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, *(f"stateless.E{number:03}" for number in range(1000))]
INSTALLED_APPS = [*INSTALLED_APPS, "prove.culprits.apps.CulpritsConfig"]

if "sessions" in CULPRITS:
    SESSION_ENGINE = "django.contrib.sessions.backends.file"
    SESSION_FILE_PATH = str(_own_disk)
if "media" in CULPRITS:
    _local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(_own_disk)}}
    STORAGES = {**STORAGES, "default": _local}
if "handler" in CULPRITS:
    OUTBOX_TOPICS = {**OUTBOX_TOPICS, "notifications.mail": ("mail", "prove.culprits.handler.send_mail")}
