"""The store's settings with some chores for its workers."""

from config.settings import *  # noqa: F403
from config.settings import OUTBOX_TOPICS as SHOP_TOPICS

OUTBOX_TOPICS = SHOP_TOPICS | {
    "plain": ("default", "tests.fleet.chores.plain"),
    "plain.mail": ("mail", "tests.fleet.chores.plain"),
    "waits": ("mail", "tests.fleet.chores.waits"),
    "fails": ("default", "tests.fleet.chores.fails"),
    "kills": ("default", "tests.fleet.chores.kills"),
}
