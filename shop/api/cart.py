"""Carts. A guest's is found by its unguessable id, a user's also by the access token.

The ETag is the cart's version. A change with If-Match is made only if nobody changed the cart since: a phone that was
offline then gets 412 instead of overwriting what the browser did.
"""

import uuid

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from shop.api.answers import cart as answers
from shop.api.authentication import user_id
from shop.api.endpoint import Endpoint, body, parameters
from shop.api.lists import list_of, whole
from shop.api.renderers import Written
from shop.api.serializers.cart import (
    AddLineSerializer,
    CartSerializer,
    ChangeLineSerializer,
    DeliveryQuery,
    GiftCardCodeSerializer,
    RedeemSerializer,
    ShippingMethodSerializer,
)
from shop.cart import named
from shop.cart import services as carts
from shop.cart.contents import Contents
from shop.cart.named import Named
from shop.checkout.quote import quotes
from shop.payments import gift_cards
from shop.platform.visitor import network

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The cart's ETag: change it only if it is still this one."
)
ADD_EXAMPLE = OpenApiExample("Two pieces", value={"variant": 1203, "quantity": 2}, request_only=True)
REDEEM_EXAMPLE = OpenApiExample("As a customer types it", value={"code": "welcome10"}, request_only=True)


class Carts(Endpoint):
    @extend_schema(
        operation_id="carts_create",
        summary="Open a cart",
        tags=["cart"],
        request=None,
        responses={201: CartSerializer, 200: CartSerializer},
    )
    def post(self, request: Request) -> Written:
        """A guest gets a new one (201), whose `id` is a secret; a signed-in user gets the open one, if there is one."""
        cart = carts.create(user_id=user_id(request))
        found = carts.show(named.row(cart))
        response = _answer(found)
        response.status_code = 200 if found.version or found.lines else 201
        response["Location"] = reverse("api:cart", args=[cart.public_id])
        return response


class CurrentCart(Endpoint):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="carts_current", summary="Show one's own cart", tags=["cart"], responses=CartSerializer)
    def get(self, request: Request) -> Written:
        """The signed-in user's open cart; there always is one."""
        return _answer(carts.show(named.row(carts.create(user_id=user_id(request)))))


class OneCart(Endpoint):
    @extend_schema(operation_id="carts_retrieve", summary="Show a cart", tags=["cart"], responses=CartSerializer)
    def get(self, request: Request, cart_id: uuid.UUID) -> Written:
        """A guest's by its `id` alone, a user's for that user. Once ordered, or joined to another, it is not found."""
        return _answer(carts.show(_named(cart_id, request)))


class Lines(Endpoint):
    @extend_schema(
        operation_id="carts_lines_create",
        summary="Add pieces of a variant",
        tags=["cart"],
        parameters=[IF_MATCH],
        request=AddLineSerializer,
        responses={201: CartSerializer},
        examples=[ADD_EXAMPLE],
    )
    def post(self, request: Request, cart_id: uuid.UUID) -> Written:
        """Added to what the cart holds already. If fewer fit than wanted, a notice `quantity_limited` says so."""
        asked = body(request, AddLineSerializer)
        cart = _named(cart_id, request)
        added = carts.add(
            cart=cart, variant_id=asked["variant"], quantity=asked["quantity"], version=_version(request, cart)
        )
        response = _answer(carts.show(cart), limited_line=added.line_id if added.limited else None)
        response.status_code = 201
        return response


class OneLine(Endpoint):
    @extend_schema(
        operation_id="carts_lines_update",
        summary="Set a line's quantity",
        tags=["cart"],
        parameters=[IF_MATCH],
        request=ChangeLineSerializer,
        responses=CartSerializer,
    )
    def patch(self, request: Request, cart_id: uuid.UUID, line_id: int) -> Written:
        """If fewer fit than wanted, a notice `quantity_limited` says so."""
        wanted: int = body(request, ChangeLineSerializer)["quantity"]
        cart = _named(cart_id, request)
        now = carts.change(cart=cart, line_id=line_id, quantity=wanted, version=_version(request, cart))
        return _answer(carts.show(cart), limited_line=line_id if now < wanted else None)

    @extend_schema(
        operation_id="carts_lines_destroy",
        summary="Remove a line",
        tags=["cart"],
        parameters=[IF_MATCH],
        responses={200: CartSerializer},
    )
    def delete(self, request: Request, cart_id: uuid.UUID, line_id: int) -> Written:
        """Removing what is gone already is no error."""
        cart = _named(cart_id, request)
        carts.remove(cart=cart, line_id=line_id, version=_version(request, cart))
        return _answer(carts.show(cart))


class Vouchers(Endpoint):
    @extend_schema(
        operation_id="carts_vouchers_create",
        summary="Redeem a voucher",
        tags=["cart"],
        parameters=[IF_MATCH],
        request=RedeemSerializer,
        responses={201: CartSerializer},
        examples=[REDEEM_EXAMPLE],
    )
    def post(self, request: Request, cart_id: uuid.UUID) -> Written:
        """A cart has one voucher: another code replaces it, the same one changes nothing.

        Refused: 422 `voucher_unknown`, `voucher_not_yet`, `voucher_ended`, 409 `voucher_used_up`; 429 after many tries.
        A voucher for larger orders is kept on the cart, and says in the cart's `voucher` what is missing.
        """
        code: str = body(request, RedeemSerializer)["code"]
        cart = _named(cart_id, request)
        carts.redeem(cart=cart, code=code, network=network(request), version=_version(request, cart))
        response = _answer(carts.show(cart))
        response.status_code = 201
        return response

    @extend_schema(
        operation_id="carts_vouchers_destroy",
        summary="Remove the voucher",
        tags=["cart"],
        parameters=[IF_MATCH],
        responses={200: CartSerializer},
    )
    def delete(self, request: Request, cart_id: uuid.UUID) -> Written:
        """Removing what is gone already is no error."""
        cart = _named(cart_id, request)
        carts.unredeem(cart=cart, version=_version(request, cart))
        return _answer(carts.show(cart))


class GiftCards(Endpoint):
    @extend_schema(
        operation_id="carts_gift_cards_create",
        summary="Pay with a gift card",
        tags=["cart"],
        parameters=[IF_MATCH],
        request=GiftCardCodeSerializer,
        responses={201: CartSerializer},
    )
    def post(self, request: Request, cart_id: uuid.UUID) -> Written:
        """A cart has one gift card: another code replaces it, the same one changes nothing. Nothing is reserved.

        Refused: 422 `gift_card_unknown`, `gift_card_expired`, `gift_card_currency`, 409 `gift_card_empty`; 429 after
        many tries.
        """
        code: str = body(request, GiftCardCodeSerializer)["code"]
        cart = _named(cart_id, request)
        gift_cards.put_on(cart=cart, code=code, network=network(request), version=_version(request, cart))
        response = _answer(carts.show(cart))
        response.status_code = 201
        return response

    @extend_schema(
        operation_id="carts_gift_cards_destroy",
        summary="Remove the gift card",
        tags=["cart"],
        parameters=[IF_MATCH],
        responses={200: CartSerializer},
    )
    def delete(self, request: Request, cart_id: uuid.UUID) -> Written:
        """Removing what is gone already is no error."""
        cart = _named(cart_id, request)
        gift_cards.take_off(cart=cart, version=_version(request, cart))
        return _answer(carts.show(cart))


class ShippingMethods(Endpoint):
    @extend_schema(
        operation_id="carts_shipping_methods_list",
        summary="List delivery methods",
        tags=["cart"],
        parameters=[DeliveryQuery],
        responses=list_of(ShippingMethodSerializer),
    )
    def get(self, request: Request, cart_id: uuid.UUID) -> Written:
        """What the cart can take to a country, and what the order then costs. Empty: nothing is sent there."""
        country = parameters(request, DeliveryQuery)["country"]
        priced = quotes(carts.show(_named(cart_id, request)), country=country)
        return whole([answers.delivery(quote) for quote in priced])


def _named(cart_id: uuid.UUID, request: Request) -> Named:
    """Another user's cart has no name here: nobody learns that it exists."""
    return named.reachable(cart_id, user_id(request))


def _answer(found: Contents, *, limited_line: int | None = None) -> Written:
    return Written(answers.cart(found, limited_line=limited_line), headers={"ETag": f'"{found.version}"'})


def _version(request: Request, cart: Named) -> int | None:
    """Return the version that If-Match asks for; None without one. Raises CartChanged for what is no ETag of ours.

    Proxies that pack answers make ETags weak (W/"3"), and phones send back what they got: it names the same version.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    tags = [part.strip().removeprefix("W/").strip('"') for part in header.split(",")]
    versions = [int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 10]
    if not versions:
        raise carts.CartChanged
    return versions[0] if len(versions) == 1 else _one_of(versions, cart)


def _one_of(versions: list[int], cart: Named) -> int:
    now = carts.show(cart).version
    return now if now in versions else versions[0]
