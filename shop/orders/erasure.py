"""What an order no longer says of its customer when it is done.

Its amounts, lines and moments stay: they are the books. Of the address the country stays, as the tax depends on it.
"""

from collections.abc import Sequence

from shop.orders.models import Order, OrderEvent
from shop.platform.postgresql import planned

DONE = (Order.State.SHIPPED, Order.State.CANCELLED)
# Notes of people may say anything; those that the store wrote itself name amounts, cards' last four and references.
WRITTEN_BY_PEOPLE = "@"
CLEAR = """
UPDATE orders_order SET user_id = NULL, email = '', tracking_number = '', tracking_url = '',
    shipping_address = (
        SELECT coalesce(jsonb_object_agg(part, CASE WHEN part = 'country' THEN said ELSE '""'::jsonb END), '{}'::jsonb)
        FROM jsonb_each(shipping_address) AS address (part, said)
    )
WHERE id = ANY (%(ids)s::bigint[]) AND state = ANY (%(done)s::text[])
RETURNING id
"""


def lock(order_ids: Sequence[int]) -> None:
    """Lock orders until the end of the transaction, in the order of their ids."""
    list(Order.objects.select_for_update().filter(pk__in=order_ids).order_by("pk").values_list("pk"))


def clear(order_ids: Sequence[int]) -> list[int]:
    """Remove what these orders say of their customers, in the caller's transaction; return those that it did.

    One that is not done keeps it all. Repeating changes nothing.
    """
    lock(order_ids)
    done = sorted(pk for (pk,) in planned.anew(CLEAR, {"ids": list(order_ids), "done": list(DONE)}))
    OrderEvent.objects.filter(order__in=done, actor__contains=WRITTEN_BY_PEOPLE).exclude(note="").update(note="")
    return done
