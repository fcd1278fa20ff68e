"""Orders: what is sent to place one, and how one is shown."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from shop.accounts.models import Address
from shop.api.serializers.cart import known_country
from shop.api.serializers.money import MoneySerializer
from shop.money import Money
from shop.orders.models import Order, OrderEvent, OrderLine
from shop.payments.models import Payment
from shop.payments.providers.bank_transfer import BankTransfer, instructions


@extend_schema_field(MoneySerializer)
class AmountField(serializers.Field[Decimal, Any, dict[str, str], Any]):
    """Writes an amount of a row in the currency that `currency` finds on the row."""

    def __init__(self, currency: str = "currency", **options: Any) -> None:
        self._path = currency.split(".")
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> Any:
        currency = instance
        for name in self._path:
            currency = getattr(currency, name)
        amount: Any = super().get_attribute(instance)
        return Money(amount, str(currency))

    def to_representation(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = value.json()
        return found


class PostalAddressSerializer(serializers.ModelSerializer[Address]):
    country = serializers.CharField(max_length=2, min_length=2, help_text="ISO 3166-1 alpha-2")

    class Meta:
        model = Address
        fields = ["name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone"]

    def validate_country(self, value: str) -> str:
        return known_country(value)


class PaymentChoiceSerializer(serializers.Serializer[Any]):
    method = serializers.CharField(max_length=40, help_text="`card` or `bank_transfer`.")
    return_url = serializers.CharField(
        required=False,
        max_length=500,
        help_text="Where the customer goes after paying: an address of this shop or a link into one of its apps. "
        "Without it: the order's page.",
    )

    def validate_return_url(self, value: str) -> str:
        """Only to us: else our payment pages would send customers wherever a stranger likes."""
        if not value.isprintable() or "\\" in value or not _is_ours(value):
            raise serializers.ValidationError(_("This is no address of the shop or its apps."), code="foreign_address")
        return value


def _is_ours(address: str) -> bool:
    try:
        url, own = urlsplit(address), urlsplit(settings.PUBLIC_URL)
    except ValueError:
        return False
    return (url.scheme, url.netloc) == (own.scheme, own.netloc) or url.scheme in settings.APP_LINK_SCHEMES


class PlaceOrderSerializer(serializers.Serializer[Any]):
    cart = serializers.UUIDField()
    email = serializers.EmailField(max_length=254)
    shipping_address = PostalAddressSerializer()
    shipping_method = serializers.CharField(max_length=40, help_text="A `code` of the cart's shipping methods.")
    payment = PaymentChoiceSerializer()
    expected_total = serializers.RegexField(
        r"^\d{1,10}\.\d\d$",
        required=False,
        help_text="What the customer saw, such as `75.90`. If it costs something else now: 409 `total_changed`.",
    )


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    """A line as it was sold."""

    variant = serializers.IntegerField(source="variant_id", read_only=True, allow_null=True)
    product = serializers.CharField(source="product_slug", read_only=True, help_text="The product's slug then.")
    unit_price = AmountField("order.currency")
    total = AmountField("order.currency")
    tax = AmountField("order.currency")

    class Meta:
        model = OrderLine
        fields = ["variant", "sku", "product", "title", "label", "quantity", "unit_price", "total", "tax", "tax_rate"]
        read_only_fields = fields


class InstructionsSerializer(serializers.Serializer[Any]):
    """What to write on a bank transfer."""

    account = serializers.CharField()
    amount = serializers.CharField(help_text="As people write it, in their language.")
    reference = serializers.CharField()
    text = serializers.CharField(help_text="All of it in a sentence.")


@extend_schema_serializer(component_name="Payment")
class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """`redirect_url`: send the customer there to pay; null if there is nothing to do or the provider is away."""

    amount = AmountField()
    redirect_url = serializers.SerializerMethodField()
    instructions = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = ["method", "state", "amount", "redirect_url", "instructions", "message"]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_redirect_url(self, payment: Payment) -> str | None:
        return (payment.redirect_url or None) if payment.is_open else None

    @extend_schema_field(InstructionsSerializer(allow_null=True))
    def get_instructions(self, payment: Payment) -> dict[str, str] | None:
        return instructions(payment) if payment.is_open and payment.method == BankTransfer.code else None


class OrderEventSerializer(serializers.ModelSerializer[OrderEvent]):
    at = serializers.DateTimeField(source="created_at", read_only=True)

    class Meta:
        model = OrderEvent
        fields = ["at", "state"]
        read_only_fields = fields


@extend_schema_serializer(component_name="OrderInList")
class OrderRowSerializer(serializers.ModelSerializer[Order]):
    total = AmountField()

    class Meta:
        model = Order
        fields = ["number", "state", "total", "placed_at"]
        read_only_fields = fields


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order. `token` opens it without an account: keep it secret. `payment` is the last attempt to pay."""

    url = serializers.SerializerMethodField(help_text="The order's page in the shop.")
    subtotal = AmountField()
    shipping_price = AmountField()
    tax_total = AmountField()
    total = AmountField()
    shipping_address = PostalAddressSerializer(read_only=True)
    lines = OrderLineSerializer(many=True, read_only=True)
    payment = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = [
            "number", "token", "url", "state", "email", "lines",
            "subtotal", "shipping_price", "tax_total", "total",
            "shipping_address", "shipping_method", "shipping_method_name", "payment",
            "placed_at", "paid_at", "shipped_at", "cancelled_at", "history",
        ]  # fmt: skip
        read_only_fields = fields

    def get_url(self, order: Order) -> str:
        return str(settings.PUBLIC_URL + order.get_absolute_url())

    @extend_schema_field(PaymentSerializer(allow_null=True))
    def get_payment(self, order: Order) -> Any:
        attempts = list(order.payments.all())
        return PaymentSerializer(attempts[-1]).data if attempts else None

    @extend_schema_field(OrderEventSerializer(many=True))
    def get_history(self, order: Order) -> Any:
        """Changes of state; notes of the staff are theirs."""
        return OrderEventSerializer([event for event in order.events.all() if event.state], many=True).data
