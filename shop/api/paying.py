"""Paying an order: where to send the customer. What came of it is told by the provider's messages."""

import logging

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shop.api.answers import orders as answers
from shop.api.endpoint import Endpoint, body
from shop.api.order_access import TOKEN_PARAMETERS, find
from shop.api.serializers.orders import PaymentChoiceSerializer, PaymentSerializer
from shop.checkout.services import Placed
from shop.orders.models import Order
from shop.payments import providers
from shop.payments import services as payments
from shop.payments.errors import ProviderUnavailable
from shop.payments.models import Payment

logger = logging.getLogger("shop.api")


class Payments(Endpoint):
    @extend_schema(
        operation_id="orders_payments_create",
        summary="Pay an order",
        tags=["orders"],
        parameters=TOKEN_PARAMETERS,
        request=PaymentChoiceSerializer,
        responses=PaymentSerializer,
    )
    def post(self, request: Request, number: str) -> Response:
        """Begin to pay, begin again after a decline, or get `redirect_url` again.

        Repeating it is safe: as long as a payment is open, it stays the same one. The provider away: 503
        `payment_provider_unavailable` with Retry-After.
        """
        asked = body(request, PaymentChoiceSerializer)
        order = find(request, number)
        payment = payments.attempt(order_id=order.pk, method=asked["method"])
        return Response(answers.payment(_begin(payment, order, asked.get("return_url", ""))))


def begin_if_possible(placed: Placed, *, return_url: str) -> Payment | None:
    """Announce a placed order's payment to its provider, if it has one, and return it. If that is away the order
    stands, to be paid later.
    """
    payment = placed.payment or Payment.objects.open().filter(order=placed.order).first()
    if payment is None or providers.provider(payment.method) is None:
        return payment
    try:
        return _begin(payment, placed.order, return_url)
    except ProviderUnavailable:
        logger.warning("payment could not be begun", extra={"payment": payment.pk})
        return payment


def _begin(payment: Payment, order: Order, return_url: str) -> Payment:
    own_page = settings.PUBLIC_URL + reverse("order_return", args=[order.token])
    webhook = settings.PUBLIC_URL + reverse("payment_webhook", args=[payment.method])
    return payments.begin(payment.pk, return_url=return_url or own_page, webhook_url=webhook)
