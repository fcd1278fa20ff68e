"""The contract's row of reading the catalogue."""

from shop.platform import patience
from shop.platform.contract import Dependency
from shop.platform.dependencies import ask_database
from shop.platform.pages.shelf import KEPT, KEPT_BRIEFLY

HOUR, MINUTE = 3600, 60

READ_PATH = Dependency(
    name="postgresql-read",
    title="PostgreSQL: reading the catalogue",
    shopper=(
        f"Pages that somebody saw in the last {KEPT // HOUR} hours still open, as they were; searches and filtered "
        f"lists for {KEPT_BRIEFLY // MINUTE} minutes. What nobody saw asks to come back (503 with Retry-After)."
    ),
    staff="A page that asks to come back.",
    phone="The same of the API's products and categories; 503 with Retry-After for what nobody asked for before.",
    operator=(
        "If it is slow rather than away: at most half of a pod's threads make catalogue pages at once. When all of "
        f"these take longer than {patience.LANE:g} s, the next one is answered from the cache or with 503 at once, and "
        "carts, orders and sign-in keep the other half."
    ),
    seconds=patience.statement("web"),
    bounded=f"for one statement, {patience.LOCK:g} s of it for a lock; {2 * patience.LANE:g} s for a free place",
    ask=ask_database,
)
