from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import get_random_string

from teashop import cart, tasks
from teashop.models import Order, OrderLine, Tea


class SoldOut(Exception):
    """There are fewer pieces than the cart has; the text names the tea."""


@transaction.atomic
def place(request: HttpRequest, email: str) -> Order:
    """Make an order of the cart. Raises SoldOut, and changes nothing then."""
    user = request.user if request.user.is_authenticated else None
    order = Order.objects.create(number=get_random_string(10), user=user, email=email)
    for line in cart.lines(request):
        _take(line)
        OrderLine.objects.create(order=order, tea=line.tea, pieces=line.pieces, cents=line.cents)
        order.cents += line.cents
    order.save()
    cart.clear(request)
    tasks.make_invoice.delay(order.pk)
    tasks.confirm.delay(order)
    return order


def _take(line: cart.Line) -> None:
    enough = Tea.objects.filter(pk=line.tea.pk, stock__gte=line.pieces)
    if not enough.update(stock=F("stock") - line.pieces):
        raise SoldOut(f"There is not enough {line.tea} left.")
