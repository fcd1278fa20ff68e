"""How many orders may come from one network: unpaid orders hold stock, so a script must not place them without end.

And how many of them, as a guest's, may be written about to one e-mail, which anybody can name. Counted for all networks
together, a stranger could keep the owner of that e-mail from ordering.
"""

from django.conf import settings

from shop.accounts.limits import mailbox
from shop.platform import throttle

SECONDS = 600
MAILBOX = throttle.Limit("orders-mailbox", times=20, seconds=3600)  # from one network


def count_order(network: str, *, guest: str = "") -> None:
    """Count one try to order. Raises TooManyTries beyond settings.ORDERS_PER_NETWORK in SECONDS; 0 is no limit.

    `guest`: the e-mail of who is not signed in.
    """
    if not settings.ORDERS_PER_NETWORK:
        return
    throttle.count(throttle.Limit("orders", times=settings.ORDERS_PER_NETWORK, seconds=SECONDS), network)
    if guest:
        throttle.count(MAILBOX, f"{network} {mailbox(guest)}")
