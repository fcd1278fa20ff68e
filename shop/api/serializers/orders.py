"""Orders: what is sent to place one, and the schema of the answers, which answers.orders makes."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from shop.accounts.models import Address
from shop.api.serializers.cart import known_country
from shop.api.serializers.money import MoneySerializer
from shop.orders.models import Order
from shop.payments.models import Payment


class PostalAddressSerializer(serializers.ModelSerializer[Address]):
    country = serializers.CharField(max_length=2, min_length=2, help_text="ISO 3166-1 alpha-2")

    class Meta:
        model = Address
        fields = ["name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone"]

    def validate_country(self, value: str) -> str:
        return known_country(value)


class PaymentChoiceSerializer(serializers.Serializer[Any]):
    method = serializers.CharField(
        max_length=40, help_text="`card` or `bank_transfer`; `gift_card` for an order of which that pays all."
    )
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
    expected_to_pay = serializers.RegexField(
        r"^\d{1,10}\.\d\d$",
        required=False,
        help_text="What the customer saw left to pay beside the gift card. If it is not that: 409 `to_pay_changed`.",
    )


class OrderLineSerializer(serializers.Serializer[Any]):
    """A line as it was sold."""

    variant = serializers.IntegerField(allow_null=True)
    sku = serializers.CharField()
    product = serializers.CharField(help_text="The product's slug then.")
    title = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a Field has a label, too
    quantity = serializers.IntegerField()
    unit_price = MoneySerializer()
    total = MoneySerializer(help_text="Its pieces, without the discount.")
    discount = MoneySerializer(help_text="The line's part of the order's discount.")
    tax = MoneySerializer(help_text="Contained in what is left.")
    tax_rate = serializers.DecimalField(5, 2, help_text="In %.")


class InstructionsSerializer(serializers.Serializer[Any]):
    """What to write on a bank transfer."""

    account = serializers.CharField()
    amount = serializers.CharField(help_text="As people write it, in their language.")
    reference = serializers.CharField()
    text = serializers.CharField(help_text="All of it in a sentence.")


@extend_schema_serializer(component_name="Payment")
class PaymentSerializer(serializers.Serializer[Any]):
    """`redirect_url`: send the customer there to pay; null if there is nothing to do or the provider is away."""

    method = serializers.CharField()
    state = serializers.ChoiceField(Payment.State.choices)
    amount = MoneySerializer()
    refunded = MoneySerializer(help_text="What of it was given back.")
    redirect_url = serializers.URLField(allow_null=True)
    instructions = InstructionsSerializer(allow_null=True)
    message = serializers.CharField()


class OrderGiftCardSerializer(serializers.Serializer[Any]):
    """What a gift card paid. `refunded` is on the card again."""

    last_four = serializers.CharField(help_text="Of its code.")
    amount = MoneySerializer()
    refunded = MoneySerializer()


class OrderEventSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(Order.State.choices)


class TrackingSerializer(serializers.Serializer[Any]):
    """Where the parcel is. `url`: the carrier's page about it."""

    carrier = serializers.CharField()
    number = serializers.CharField()
    url = serializers.URLField(allow_null=True)


@extend_schema_serializer(component_name="OrderInList")
class OrderRowSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    state = serializers.ChoiceField(Order.State.choices)
    total = MoneySerializer()
    placed_at = serializers.DateTimeField()


class OrderSerializer(serializers.Serializer[Any]):
    """An order. `token` opens it without an account: keep it secret. `payment` is the last attempt to pay."""

    number = serializers.CharField()
    token = serializers.CharField()
    url = serializers.URLField(help_text="The order's page in the shop.")
    state = serializers.ChoiceField(Order.State.choices)
    email = serializers.EmailField()
    lines = OrderLineSerializer(many=True)
    subtotal = MoneySerializer()
    shipping_price = MoneySerializer()
    discount = MoneySerializer(help_text="What a voucher took off goods and delivery.")
    voucher = serializers.CharField(allow_null=True, help_text="Its code.")
    tax_total = MoneySerializer(help_text="The tax that `total` contains.")
    total = MoneySerializer()
    gift_card = OrderGiftCardSerializer(allow_null=True)
    to_pay = MoneySerializer(help_text="What of `total` the gift card does not pay; `payment` is for that.")
    shipping_address = PostalAddressSerializer()
    shipping_method = serializers.CharField()
    shipping_method_name = serializers.CharField()
    tracking = TrackingSerializer(allow_null=True, help_text="From when it was shipped, if the shop knows it.")
    payment = PaymentSerializer(allow_null=True)
    placed_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    history = OrderEventSerializer(many=True, help_text="Its states, the oldest first.")
