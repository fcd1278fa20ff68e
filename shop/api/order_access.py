"""Who may see an order: the user who placed it, and whoever has its token."""

import hmac

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from shop.api.authentication import user_id
from shop.errors import ShopError
from shop.orders.models import Order

TOKEN_PARAMETERS = [
    OpenApiParameter("token", str, description="A guest's order: its `token`."),
    OpenApiParameter("X-Order-Token", str, OpenApiParameter.HEADER, description="The same, kept out of addresses."),
]


class NoSuchOrder(ShopError):
    """Also for an order that is not the visitor's: nobody learns that it exists."""

    code = "no_such_order"
    status = 404
    message = _("There is no such order, or it is not yours.")


def find(request: Request, number: str) -> Order:
    """Return an order with all that is shown of it, if the visitor may see it. Raises NoSuchOrder."""
    order = Order.objects.for_page().filter(number=number.upper()).first()
    if order is None:
        raise NoSuchOrder
    is_owner = order.user_id is not None and order.user_id == user_id(request)
    token = request.headers.get("X-Order-Token") or request.query_params.get("token", "")
    if not is_owner and not hmac.compare_digest(order.token.encode(), token.encode()):
        raise NoSuchOrder
    return order
