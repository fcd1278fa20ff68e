"""What the demo shop says about itself: enough to see where a real one's texts go."""

from shop.information import services as information
from shop.information.models import EXPECTED, Page

DEMO = "<p>This is a demonstration. Nobody runs this shop, nothing in it is for sale, and nothing is sent.</p>"
TEXTS = {
    "imprint": "<p>Here a shop names its owner with the postal address, register and tax number.</p>",
    "contact": "<p>Here stand the e-mail address, the telephone number and the hours of whoever answers.</p>",
    "terms": "<p>Here a shop says when a contract is made, how one pays, and what holds if something is broken.</p>",
    "privacy": (
        "<p>What this software does by itself: cart, signing in and forms need a cookie each, and "
        "no other site is asked for anything. Addresses are kept with the order they belong to.</p>"
    ),
    "returns": "<p>Here a shop says for how long goods may be sent back, to where, and who pays the parcel.</p>",
}


def write() -> None:
    """Write what is not there yet."""
    rows = [
        Page(slug=slug, title=str(title), body_html=DEMO + TEXTS[slug], position=position)
        for position, (slug, title) in enumerate(EXPECTED.items())
    ]
    Page.objects.bulk_create(rows, ignore_conflicts=True)
    information.changed()
