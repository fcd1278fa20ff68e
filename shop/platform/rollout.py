"""Whether pods of another release begin to serve: an address that this one does not know may be theirs."""

import math
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from shop.platform.models import Pod

LATELY = timedelta(minutes=15)  # a younger pod of another release means a roll-out; one that merely lingers is older
BELIEVED = 5.0  # seconds an answer is used again: unknown addresses are asked for all the time
RETRY_AFTER = 2  # seconds: the next request goes to another pod


class _Last:
    """What was found last, and when."""

    found = False  # per-pod: what this process has heard
    moment = -math.inf  # per-pod: a monotonic clock's


def is_under_way() -> bool:
    """Say whether a web pod of another release has begun lately. At most one query in BELIEVED seconds."""
    if monotonic() > _Last.moment + BELIEVED:
        _Last.found, _Last.moment = _ask(), monotonic()  # per-pod: see above
    return _Last.found


def _ask() -> bool:
    lately = timezone.now() - LATELY
    try:
        others = Pod.objects.filter(role="web", started_at__gt=lately).exclude(release=settings.RELEASE)
        return others.exists()
    except DatabaseError:
        return False
