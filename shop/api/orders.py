"""Placing orders and looking at them."""

import re
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from shop.api import paying
from shop.api.answers import orders as answers
from shop.api.authentication import own_id, user_id
from shop.api.endpoint import Endpoint, body, parameters
from shop.api.lists import PageQuery, list_of, page_response
from shop.api.order_access import TOKEN_PARAMETERS, find
from shop.api.renderers import Written
from shop.api.serializers.orders import OrderRowSerializer, OrderSerializer, PlaceOrderSerializer
from shop.checkout import limits
from shop.checkout.services import Details, Placed, PostalAddress, place_order
from shop.errors import ShopError
from shop.orders.models import Order
from shop.payments.models import Payment
from shop.platform import keyset
from shop.platform.visitor import network

KEY = re.compile(r"[\x20-\x7e]{1,200}")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Chosen by the client for one attempt to order, such as a UUID: 1 to 200 printable ASCII characters.",
)
ORDER_EXAMPLE = OpenApiExample(
    "By card",
    request_only=True,
    value={
        "cart": "7d9a4a0e-2f0b-4a53-9c1e-6c7d1f4f9b60",
        "email": "ada@example.com",
        "shipping_address": {
            "name": "Ada Byron",
            "line1": "Kastanienallee 12",
            "postal_code": "10435",
            "city": "Berlin",
            "country": "DE",
        },
        "shipping_method": "standard",
        "payment": {"method": "card"},
        "expected_total": "75.90",
    },
)


class KeyMissing(ShopError):
    code = "idempotency_key_missing"
    status = 400
    message = _("Send an Idempotency-Key header, new for each order and the same when you repeat a request.")


class KeyInvalid(ShopError):
    code = "idempotency_key_invalid"
    status = 400
    message = _("The Idempotency-Key has to be 1 to 200 printable ASCII characters.")


class Orders(Endpoint):
    def get_permissions(self) -> list[BasePermission]:
        """Guests order, too; only who is signed in has a list."""
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(
        operation_id="orders_list",
        summary="List one's own orders",
        tags=["orders"],
        parameters=[PageQuery],
        responses=list_of(OrderRowSerializer),
    )
    def get(self, request: Request) -> Written:
        """The signed-in user's, the newest first."""
        asked = parameters(request, PageQuery)
        own = Order.objects.filter(user_id=own_id(request))
        page = keyset.page(own, order=("-placed_at", "-id"), cursor=asked.get("cursor"), size=asked["limit"])
        return page_response(request, page, [answers.row(order) for order in page.rows])

    @extend_schema(
        operation_id="orders_create",
        summary="Place an order",
        tags=["orders"],
        parameters=[IDEMPOTENCY_KEY],
        request=PlaceOrderSerializer,
        responses={201: OrderSerializer, 200: OrderSerializer},
        examples=[ORDER_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Turn a cart into an order.

        Repeated with the same key and body it gives the same order (200 instead of 201), from whichever server; with
        the same key and another body it is refused (422 `idempotency_key_reused`). A guest's key counts for one cart.
        While the first request is still being worked on: 409 `busy` with Retry-After. A voucher that does not apply any
        more refuses the order (422 `voucher_ended`, 409 `voucher_used_up`, ...), unless `expected_total` is the total
        without it; so does one that the customer has used too often (409 `voucher_used_by_you`): remove it then.

        The cart's gift card pays what it can; `payment` is for the rest. If it pays all, the order is paid at once, and
        the method may be `gift_card`. If less is left on it than `expected_to_pay` says (409 `to_pay_changed`,
        `gift_card_changed`), or it pays nothing any more (409 `gift_card_empty`, 422 `gift_card_expired`, ...), the
        order is refused and nothing is changed, unless `expected_to_pay` is the whole total.

        To pay by card, send the customer to `payment.redirect_url`; if that is null the provider is away: the order
        stands, ask again at `orders/{number}/payments/`.
        """
        key = _key(request)
        asked = body(request, PlaceOrderSerializer)
        user = user_id(request)
        limits.count_order(network(request), guest="" if user else asked["email"])
        placed = place_order(cart_id=asked["cart"], key=key, details=_details(asked), user_id=user)
        payment = paying.begin_if_possible(placed, return_url=asked["payment"].get("return_url", ""))
        return _answer(placed, payment)


class OneOrder(Endpoint):
    @extend_schema(
        operation_id="orders_retrieve",
        summary="Show an order",
        tags=["orders"],
        parameters=TOKEN_PARAMETERS,
        responses=OrderSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        """To the user who placed it, or to whoever has its token."""
        return Response(answers.order(find(request, number)))


def _answer(placed: Placed, payment: Payment | None) -> Response:
    location = reverse("api:order", args=[placed.order.number])
    status = 201 if placed.created else 200
    return Response(_shown(placed, payment), status=status, headers={"Location": location})


def _shown(placed: Placed, payment: Payment | None) -> dict[str, Any]:
    """Show what was just written without reading it again."""
    if placed.payment:
        card = answers.new_gift_card(placed.order, placed.gift_card) if placed.gift_card else None
        return answers.written(placed.order, placed.lines, placed.history, payment, card)
    return answers.order(Order.objects.for_page().get(pk=placed.order.pk))


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise KeyMissing
    if not KEY.fullmatch(key):
        raise KeyInvalid
    return key


def _details(asked: dict[str, Any]) -> Details:
    return Details(
        email=asked["email"],
        address=PostalAddress(**asked["shipping_address"]),
        shipping_method=asked["shipping_method"],
        payment_method=asked["payment"]["method"],
        expected_total=asked.get("expected_total", ""),
        expected_to_pay=asked.get("expected_to_pay", ""),
    )
