"""Gift cards by themselves. On a cart: shop.api.cart."""

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shop.api.answers.cart import applies
from shop.api.answers.orders import moment
from shop.api.endpoint import Endpoint, body
from shop.api.serializers.cart import BalanceSerializer, GiftCardCodeSerializer
from shop.payments import gift_cards
from shop.platform.visitor import network
from shop.pricing.gift_cards import refusal


class Balance(Endpoint):
    @extend_schema(
        operation_id="gift_cards_balance",
        summary="Look at the balance of a gift card",
        tags=["gift cards"],
        request=GiftCardCodeSerializer,
        responses=BalanceSerializer,
    )
    def post(self, request: Request) -> Response:
        """A code is money, so it is never part of an address. 422 `gift_card_unknown`; 429 after many tries."""
        card = gift_cards.look_up(code=body(request, GiftCardCodeSerializer)["code"], network=network(request))
        facts = {"last_four": card.last_four, "balance": card.money.json(), "expires_at": moment(card.expires_at)}
        return Response(facts | applies(refusal(card, settings.SHOP_CURRENCY, timezone.now())))
