"""Where a parcel is: what staff know of it when it has left, for the customer's page, mail and app."""

from typing import NamedTuple

from shop.pricing.models import ShippingMethod


class Tracking(NamedTuple):
    """`number`: the carrier's, of one parcel or more. `url`: the carrier's page about it. Each may be empty."""

    carrier: str = ""
    number: str = ""
    url: str = ""


def tracking(*, method: str, carrier: str, number: str) -> Tracking:
    """Return it with the address that the delivery method, named by its code, says for its own carrier."""
    if not number:
        return Tracking(carrier)
    named = ShippingMethod.objects.filter(code=method, carrier__iexact=carrier).exclude(tracking_url="").first()
    return Tracking(carrier, number, named.tracking_page(number) if named else "")
