"""Money is {"amount": "19.90", "currency": "EUR"}: a string, because numbers in JSON lose cents."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from shop.money import Money


@extend_schema_serializer(component_name="Money")
class MoneySerializer(serializers.Serializer[Money]):
    amount = serializers.RegexField(r"^-?\d+\.\d\d$", help_text="In major units, with two places.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217")


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field[Money, Any, dict[str, str], Any]):
    """Writes shop.money.Money."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Money) -> dict[str, str]:
        return value.json()


@extend_schema_field(MoneySerializer)
class PriceField(serializers.Field[Decimal, Any, dict[str, str], Any]):
    """Writes a price of the catalogue, a Decimal in the shop's currency."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Decimal) -> dict[str, str]:
        return Money(value, settings.SHOP_CURRENCY).json()
