"""What may happen to an order after it was placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.errors import ShopError
from shop.inventory import services as inventory
from shop.notifications import services as notifications
from shop.orders import events
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.orders.summary import summary
from shop.orders.tracking import tracking
from shop.platform.postgresql import planned
from shop.pricing import redemptions

TRACKING = ("carrier", "tracking_number", "tracking_url")


class WrongState(ShopError):
    """The order cannot go from its state into that one."""

    code = "wrong_state"


class AlreadyShipped(ShopError):
    """Somebody else shipped the order, and wrote down another parcel."""

    code = "already_shipped"


@dataclass(frozen=True)
class Written:
    """What create() wrote; nothing of it has to be read again."""

    order: Order
    lines: list[OrderLine]
    event: OrderEvent


def create(*, order_id: int, lines: list[OrderLine], **fields: Any) -> Written:
    """Write an order with its lines and the first entry of its history, in the caller's transaction. Three queries.

    The event for other systems is written beside the last; the mail that the caller queues wakes the relays.
    `order_id` was drawn from the table's sequence. Raises IntegrityError if amounts do not add up or, once in a million
    million, the number is taken.
    """
    order = Order(pk=order_id, **fields)
    event = OrderEvent(order=order, state=order.state)
    for line in lines:
        line.order = order
    planned.insert([order])
    planned.insert(lines)
    planned.insert([event], beside=events.placed(order, lines))
    return Written(order, lines, event)


def mark_paid(*, order_id: int, actor: str = "", note: str = "") -> Order:
    """Placed -> paid. Calling it again changes nothing. Raises WrongState for a cancelled order."""
    with transaction.atomic():
        order = locked(order_id)
        if order.paid_at and order.state != Order.State.CANCELLED:
            return order
        _move(order, Order.State.PAID, actor=actor, note=note)
        _tell(order)
    return order


def ship(*, order_id: int, carrier: str = "", number: str = "", actor: str = "", note: str = "") -> Order:
    """Paid -> shipped, by this carrier under its number. Calling it again changes nothing.

    Raises WrongState, and AlreadyShipped where that would keep another number from the customer.
    """
    with transaction.atomic():
        order = locked(order_id)
        known = tracking(method=order.shipping_method, carrier=carrier, number=number)
        if order.state == Order.State.SHIPPED:
            _check_same_parcel(order, number)
            return order
        order.tracking = known
        _move(order, Order.State.SHIPPED, actor=actor, note=note, also=TRACKING)
        _tell(order)
    return order


def track(*, order_id: int, carrier: str, number: str, actor: str = "") -> Order:
    """Write down where the parcel of a shipped order is, or correct it. Raises WrongState."""
    with transaction.atomic():
        order = locked(order_id)
        if order.state != Order.State.SHIPPED:
            raise WrongState(_("Only a shipped order has a parcel to follow."))
        order.tracking = tracking(method=order.shipping_method, carrier=carrier, number=number)
        order.save(update_fields=TRACKING)
        said = _("Tracking: %(carrier)s %(number)s") % {"carrier": carrier, "number": number or "-"}
        note(order_id=order_id, text=said, actor=actor)
    return order


def _check_same_parcel(order: Order, number: str) -> None:
    """Raises AlreadyShipped."""
    if number and number != order.tracking_number:
        message = _("Order %(number)s was shipped already, as parcel %(parcel)s. Use “Tracking” to correct that.")
        raise AlreadyShipped(message % {"number": order.number, "parcel": order.tracking_number or "-"})


def cancel(*, order_id: int, actor: str = "", note: str = "") -> Order:
    """Placed or paid -> cancelled; what was taken goes back into stock, and its voucher is as good as before.

    Calling it again changes nothing. Raises WrongState.
    """
    with transaction.atomic():
        order = locked(order_id)
        if order.state == Order.State.CANCELLED:
            return order
        _move(order, Order.State.CANCELLED, actor=actor, note=note)
        if order.voucher_code:
            redemptions.release(order.pk)
        inventory.put_back(_quantities(order), reference=order.number)
        _tell(order)
    return order


def note(*, order_id: int, text: str, actor: str = "") -> None:
    """Add an entry to the history without changing the state."""
    OrderEvent.objects.create(order_id=order_id, note=text[:400], actor=actor)


def locked(order_id: int) -> Order:
    """Return the order, locked until the end of the transaction. Raises Order.DoesNotExist."""
    return Order.objects.select_for_update().get(pk=order_id)


def _move(order: Order, state: Order.State, *, actor: str, note: str, also: Sequence[str] = ()) -> None:
    """`also`: other fields of the order that were changed."""
    if not order.can_become(state):
        message = _("Order %(number)s is %(now)s and cannot become %(then)s.")
        raise WrongState(message % {"number": order.number, "now": order.get_state_display(), "then": state.label})
    order.state = state
    moment = f"{state}_at"
    setattr(order, moment, timezone.now())
    order.save(update_fields=["state", moment, *also])
    OrderEvent.objects.create(order=order, state=state, actor=actor, note=note[:400])


def _quantities(order: Order) -> dict[int, int]:
    quantities: dict[int, int] = {}
    for line in order.lines.exclude(variant=None):
        quantities[line.variant_id or 0] = quantities.get(line.variant_id or 0, 0) + line.quantity
    return quantities


def _tell(order: Order) -> None:
    """The customer, and other systems."""
    lines = list(order.lines.all())
    kind = f"order_{order.state}"
    events.tell_state(order, lines)
    notifications.queue(
        kind=kind,
        to=order.email,
        context=summary(order, lines),
        dedupe_key=f"{kind}:{order.pk}",
        language=order.language,
    )
