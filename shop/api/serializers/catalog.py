"""Products and categories: the schema of what shop.api.answers.catalog makes, and what may be asked for."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from shop.api.lists import PageQuery
from shop.api.serializers.money import PriceField
from shop.catalog.listing import SORTS

HIGHEST_PRICE = 10_000_000


class SrcsetSerializer(serializers.Serializer[Any]):
    webp = serializers.CharField(help_text="Value for `srcset`; empty until the renditions are made.")
    jpeg = serializers.CharField()


class PictureSerializer(serializers.Serializer[Any]):
    """A picture: the address of one rendition, the size of the original, all renditions by format."""

    url = serializers.URLField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.CharField()
    srcset = SrcsetSerializer()


class ProductPictureSerializer(PictureSerializer):
    variant = serializers.IntegerField(allow_null=True, help_text="The variant that it shows, if it shows one.")


@extend_schema_serializer(component_name="Card")
class CardSerializer(serializers.Serializer[Any]):
    """A product in a list. `available`: at least one variant can be bought now."""

    slug = serializers.CharField()
    title = serializers.CharField()
    vendor = serializers.CharField()
    product_type = serializers.CharField()
    url = serializers.URLField(help_text="The product's page in the shop.")
    min_price = PriceField()
    max_price = PriceField()
    compare_at_price = PriceField(allow_null=True, help_text="The former price, if it is on sale.")
    on_sale = serializers.BooleanField()
    available = serializers.BooleanField()
    picture = PictureSerializer(allow_null=True)


class VariantSerializer(serializers.Serializer[Any]):
    """What is put into a cart, by its `id`."""

    id = serializers.IntegerField()
    sku = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a Field has a label, too
    options = serializers.DictField(child=serializers.CharField(), help_text='Such as {"Size": "M"}.')
    price = PriceField()
    compare_at_price = PriceField(allow_null=True)
    available = serializers.BooleanField()
    pieces_left = serializers.IntegerField(allow_null=True, help_text="How many can be bought now; null for no limit.")


class OptionSerializer(serializers.Serializer[Any]):
    """An option with its values in the order of the variants."""

    name = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())


class CategoryLinkSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()


@extend_schema_serializer(component_name="Product")
class ProductSerializer(CardSerializer):
    """A product with all that its page shows."""

    body_html = serializers.CharField()
    options = OptionSerializer(many=True)
    variants = VariantSerializer(many=True)
    pictures = ProductPictureSerializer(many=True)
    categories = CategoryLinkSerializer(many=True)
    tags = serializers.ListField(child=serializers.CharField())
    attributes = serializers.DictField(child=serializers.CharField())
    seo_title = serializers.CharField()
    seo_description = serializers.CharField()
    published_at = serializers.DateTimeField()


class CategorySerializer(serializers.Serializer[Any]):
    """A node of the tree; a parent comes before its children."""

    slug = serializers.SlugField()
    name = serializers.CharField()
    description = serializers.CharField()
    parent = serializers.CharField(  # type: ignore[assignment]  # a Field has a parent, too
        allow_null=True, help_text="The parent's slug; null at the top."
    )
    url = serializers.URLField(help_text="The category's page in the shop.")
    picture = PictureSerializer(allow_null=True)


class ProductsQuery(PageQuery):
    """How to narrow and sort the list of products."""

    q = serializers.CharField(required=False, max_length=100, help_text="Words, also unfinished or mistyped.")
    category = serializers.SlugField(required=False, help_text="Its slug; what is in its children is found too.")
    option = serializers.ListField(
        child=serializers.RegexField(r"^[^:]{1,60}:.{1,255}$"),
        required=False,
        max_length=20,
        help_text="`<option in lower case>:<value>`, such as `size:M`; values of one option widen, options narrow.",
    )
    min_price = serializers.DecimalField(12, 2, required=False, min_value=0, max_value=HIGHEST_PRICE)
    max_price = serializers.DecimalField(12, 2, required=False, min_value=0, max_value=HIGHEST_PRICE)
    on_sale = serializers.BooleanField(required=False, default=False)
    sort = serializers.ChoiceField(
        list(SORTS),
        required=False,
        help_text="Without it: by relevance for a search, else the newest first.",
        error_messages={"invalid_choice": format_lazy("{} {}", _("Choose one of these:"), ", ".join(SORTS))},
    )
