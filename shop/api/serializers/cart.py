"""Carts and what can be done to them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shop.api.serializers.catalog import PictureSerializer, best_picture, pieces_left
from shop.api.serializers.money import MoneyField, PriceField
from shop.cart.models import MAX_QUANTITY, Cart, CartLine
from shop.catalog import pictures
from shop.checkout.quote import goods


class CartLineSerializer(serializers.ModelSerializer[CartLine]):
    """Pieces of one variant at today's price."""

    variant = serializers.IntegerField(source="variant_id", read_only=True)
    sku = serializers.CharField(source="variant.sku", read_only=True)
    product = serializers.SlugField(source="variant.product.slug", read_only=True, help_text="The product's slug.")
    title = serializers.CharField(source="variant.product.title", read_only=True)
    label = serializers.CharField(  # type: ignore[assignment]  # a Field has a label, too
        source="variant.label", read_only=True, help_text="The chosen options, on one line."
    )
    unit_price = PriceField(source="variant.price")
    total = serializers.SerializerMethodField()
    pieces_left = serializers.SerializerMethodField(help_text="How many can be bought now; null for no limit.")
    picture = serializers.SerializerMethodField()

    class Meta:
        model = CartLine
        fields = [
            "id", "variant", "sku", "product", "title", "label",
            "quantity", "unit_price", "total", "pieces_left", "picture",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PriceField())
    def get_total(self, line: CartLine) -> dict[str, str]:
        return PriceField().to_representation(line.variant.price * line.quantity)

    def get_pieces_left(self, line: CartLine) -> int | None:
        return pieces_left(line.variant)

    @extend_schema_field(PictureSerializer(allow_null=True))
    def get_picture(self, line: CartLine) -> dict[str, Any] | None:
        return best_picture(pictures.of_line(line.variant), line.variant.product)


class NoticeSerializer(serializers.Serializer[Any]):
    """What the customer should know about a line."""

    code = serializers.ChoiceField(["sold_out", "not_enough_left", "quantity_limited"])
    line = serializers.IntegerField()
    detail = serializers.CharField()


class CartSerializer(serializers.ModelSerializer[Cart]):
    """An open cart. `version` grows with each change and is also the ETag. Delivery comes on top of `subtotal`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    pieces = serializers.IntegerField(source="count", read_only=True)
    lines = CartLineSerializer(many=True, read_only=True)
    subtotal = serializers.SerializerMethodField(help_text="The goods, tax included.")
    notices = serializers.SerializerMethodField()

    class Meta:
        model = Cart
        fields = ["id", "version", "pieces", "lines", "subtotal", "notices"]
        read_only_fields = fields

    @extend_schema_field(MoneyField())
    def get_subtotal(self, cart: Cart) -> dict[str, str]:
        return goods(cart).json()

    @extend_schema_field(NoticeSerializer(many=True))
    def get_notices(self, cart: Cart) -> list[dict[str, Any]]:
        limited: int | None = self.context.get("limited_line")
        notices = [_limited(line) for line in cart.lines.all() if line.pk == limited]
        return notices + [_short(line) for line in cart.lines.all() if _is_short(line)]


def _limited(line: CartLine) -> dict[str, Any]:
    text = ngettext("There is only %(n)s piece to be had.", "There are only %(n)s pieces to be had.", line.quantity)
    return {"code": "quantity_limited", "line": line.pk, "detail": text % {"n": line.quantity}}


def _is_short(line: CartLine) -> bool:
    left = pieces_left(line.variant)
    return left is not None and left < line.quantity


def _short(line: CartLine) -> dict[str, Any]:
    left = pieces_left(line.variant) or 0
    if not left:
        return {"code": "sold_out", "line": line.pk, "detail": _("This item has sold out.")}
    text = ngettext("Only %(n)s piece is left.", "Only %(n)s pieces are left.", left) % {"n": left}
    return {"code": "not_enough_left", "line": line.pk, "detail": text}


class AddLineSerializer(serializers.Serializer[Any]):
    variant = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The id of a product's variant.")
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY, default=1)


class ChangeLineSerializer(serializers.Serializer[Any]):
    quantity = serializers.IntegerField(min_value=0, max_value=MAX_QUANTITY, help_text="0 removes the line.")


class VoucherSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=64)


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
    total = MoneyField(help_text="Goods and delivery, tax included; send it as `expected_total`.")
    tax = MoneyField(help_text="The tax that `total` contains.")
