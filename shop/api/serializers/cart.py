"""Carts and what can be done to them: what is sent, and the schema of the answers, which answers.cart makes."""

from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries
from rest_framework import serializers

from shop.api.serializers.catalog import PictureSerializer
from shop.api.serializers.money import MoneyField, PriceField
from shop.cart.models import MAX_QUANTITY
from shop.pricing.models import Voucher


class CartLineSerializer(serializers.Serializer[Any]):
    """Pieces of one variant at today's price."""

    id = serializers.IntegerField()
    variant = serializers.IntegerField()
    sku = serializers.CharField()
    product = serializers.SlugField(allow_unicode=True, help_text="The product's slug.")
    title = serializers.CharField()
    label = serializers.CharField(  # type: ignore[assignment]  # a Field has a label, too
        help_text="The chosen options, on one line."
    )
    quantity = serializers.IntegerField()
    unit_price = PriceField()
    total = PriceField()
    pieces_left = serializers.IntegerField(allow_null=True, help_text="How many can be bought now; null for no limit.")
    picture = PictureSerializer(allow_null=True)


class NoticeSerializer(serializers.Serializer[Any]):
    """What the customer should know about a line."""

    code = serializers.ChoiceField(["sold_out", "not_enough_left", "quantity_limited"])
    line = serializers.IntegerField()
    detail = serializers.CharField()


class CartVoucherSerializer(serializers.Serializer[Any]):
    """What was redeemed on a cart. If it does not apply now it takes nothing off: `reason` and `message` say why."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(Voucher.Kind.choices)
    applies = serializers.BooleanField()
    reason = serializers.ChoiceField(["unknown", "not_yet", "ended", "used_up", "minimum"], allow_null=True)
    message = serializers.CharField(allow_blank=True, help_text="For people.")


class CartGiftCardSerializer(serializers.Serializer[Any]):
    """The gift card on a cart. It pays when the order is placed: until then another order may use up its balance."""

    last_four = serializers.CharField(help_text="Of its code.")
    pays = MoneyField(help_text="What it pays of the goods less the discount; of delivery: see the shipping methods.")
    balance = MoneyField()
    applies = serializers.BooleanField()
    reason = serializers.ChoiceField(["unknown", "expired", "empty", "currency"], allow_null=True)
    message = serializers.CharField(allow_blank=True, help_text="For people.")


class CartSerializer(serializers.Serializer[Any]):
    """An open cart. `version` grows with each change and is also the ETag. Delivery comes on top of `subtotal`."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    pieces = serializers.IntegerField()
    lines = CartLineSerializer(many=True)
    subtotal = MoneyField(help_text="The goods, tax included, without the discount.")
    discount = MoneyField(help_text="What the voucher takes off the goods; off delivery: see the shipping methods.")
    voucher = CartVoucherSerializer(allow_null=True)
    gift_card = CartGiftCardSerializer(allow_null=True)
    to_pay = MoneyField(help_text="The goods less the discount and what the gift card pays of them.")
    notices = NoticeSerializer(many=True)


class AddLineSerializer(serializers.Serializer[Any]):
    variant = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The id of a product's variant.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY, default=1)


class ChangeLineSerializer(serializers.Serializer[Any]):
    quantity = serializers.IntegerField(min_value=0, max_value=MAX_QUANTITY, help_text="0 removes the line.")


class RedeemSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=64, help_text="In capitals or not, with or without spaces.")


class GiftCardCodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=64, help_text="In capitals or not, with or without spaces and dashes.")


class BalanceSerializer(serializers.Serializer[Any]):
    """What is on a gift card, and whether it pays now."""

    last_four = serializers.CharField(help_text="Of its code.")
    balance = MoneyField()
    expires_at = serializers.DateTimeField(allow_null=True)
    applies = serializers.BooleanField()
    reason = serializers.ChoiceField(["expired", "empty", "currency"], allow_null=True)
    message = serializers.CharField(allow_blank=True, help_text="For people.")


class DeliveryQuery(serializers.Serializer[Any]):
    country = serializers.CharField(max_length=2, min_length=2, help_text="ISO 3166-1 alpha-2")

    def validate_country(self, value: str) -> str:
        return known_country(value)


def known_country(code: str) -> str:
    """Raises ValidationError for what is no country."""
    if code.upper() not in countries:
        raise serializers.ValidationError(_("This is no country code."), code="no_such_country")
    return code.upper()


class ShippingMethodSerializer(serializers.Serializer[Any]):
    """A delivery method for a cart and a country, and what the order then costs."""

    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    price = MoneyField()
    discount = MoneyField(help_text="What the cart's voucher takes off goods and delivery.")
    total = MoneyField(help_text="Goods and delivery less the discount, tax included; send it as `expected_total`.")
    tax = MoneyField(help_text="The tax that `total` contains.")
    gift_card = MoneyField(help_text="What of `total` the cart's gift card pays.")
    to_pay = MoneyField(help_text="What is left of `total`; send it as `expected_to_pay`.")
