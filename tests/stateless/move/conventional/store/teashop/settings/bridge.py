"""While files are being carried: the services are in use, and what only the old place has is found there.

All processes are still on the old server, since its disk is one of the two places.
"""

from teashop.settings import before
from teashop.settings.after import *  # noqa: F403
from teashop.settings.after import DATABASES, STORAGES

DATABASES = {**DATABASES, "old": before.DATABASES["default"]}

SESSION_ENGINE = "shop.stateless.bridge.sessions"
SESSION_BRIDGE = {"old": "file", "new": "cached_db"}

STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "shop.stateless.bridge.storage.BridgingStorage",
        "OPTIONS": {"old": before.STORAGES["default"], "new": STORAGES["default"]},
    },
    "private": {
        "BACKEND": "shop.stateless.bridge.storage.BridgingStorage",
        "OPTIONS": {"old": before.STORAGES["private"], "new": STORAGES["private"]},
    },
}
