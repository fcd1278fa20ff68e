"""A mailbox gets at most MAILS_PER_MAILBOX mails about orders in an hour; what comes then is told by one at its end.

Anybody may order as a guest in another's name, from any number of networks. A limit on such orders would let a stranger
keep the owner of the address from ordering, so the orders stand, and it is the mails that are bounded.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from shop.notifications.models import Mail

ABOUT_ORDERS = "order_"  # begins their kinds; those about accounts have limits of their own
SUMMARY = "order_summary"
HOUR = timedelta(hours=1)
SETTLING = timedelta(minutes=1)  # after the hour; then no worker leaves another mail to its summary
LISTED = 50
FORGET = "UPDATE notifications_mail SET context = context - 'url' WHERE folded_into_id = %s"


def is_too_many(mail: Mail) -> bool:
    """Say whether this mail would be one too many. One query."""
    most = settings.MAILS_PER_MAILBOX
    if not most or mail.kind == SUMMARY or not mail.kind.startswith(ABOUT_ORDERS):
        return False
    lately = Mail.objects.filter(to__iexact=mail.to, sent_at__gt=timezone.now() - HOUR, kind__startswith=ABOUT_ORDERS)
    return int(lately[:most].count()) >= most


def end_of_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + HOUR


def key(address: str, end: datetime) -> str:
    """Return the dedupe key of an address's summary of the hour that ends then."""
    return f"{SUMMARY}:{hashlib.sha256(address.upper().encode()).hexdigest()[:32]}:{end:%Y%m%d%H}"


def contents(summary: Mail) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """Return kind and facts of the mails that it tells of, of LISTED at most, and how many more there are."""
    folded = Mail.objects.filter(folded_into=summary.pk)
    listed = list(folded.order_by("pk").values_list("kind", "context")[:LISTED])
    return listed, folded.count() - len(listed)


def forget_links(summary: Mail) -> None:
    """Remove the links of the mails that it told of, as is done with each mail that was sent."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [summary.pk])
