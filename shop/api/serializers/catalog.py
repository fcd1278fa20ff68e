"""Products and categories, as clients see them."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from shop.api.lists import PageQuery
from shop.api.serializers.money import PriceField
from shop.catalog.listing import SORTS
from shop.catalog.models import Category, Product, ProductImage, Variant
from shop.platform.models import Image

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


def picture(image: Image, alt: str = "") -> dict[str, Any]:
    """Return a picture from its row; the storage is not asked."""
    srcset = {"webp": image.webp_srcset, "jpeg": image.jpeg_srcset}
    return {"url": image.fallback_url, "width": image.width, "height": image.height, "alt": alt, "srcset": srcset}


def product_picture(shown: ProductImage) -> dict[str, Any]:
    return {**picture(shown.image, shown.alt), "variant": shown.variant_id}


def best_picture(shown: ProductImage | None, product: Product) -> dict[str, Any] | None:
    """Return the picture that was chosen for a product or one of its variants, if there is one."""
    return picture(shown.image, shown.alt or product.title) if shown else None


class CardSerializer(serializers.ModelSerializer[Product]):
    """A product in a list. `available`: at least one variant can be bought now."""

    url = serializers.SerializerMethodField(help_text="The product's page in the shop.")
    min_price = PriceField()
    max_price = PriceField()
    compare_at_price = serializers.SerializerMethodField(help_text="The former price, if it is on sale.")
    available = serializers.BooleanField(read_only=True)
    picture = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = [
            "slug", "title", "vendor", "product_type", "url",
            "min_price", "max_price", "compare_at_price", "on_sale", "available", "picture",
        ]  # fmt: skip
        read_only_fields = fields

    def get_url(self, product: Product) -> str:
        return str(settings.PUBLIC_URL + product.get_absolute_url())

    @extend_schema_field(PriceField(allow_null=True))
    def get_compare_at_price(self, product: Product) -> dict[str, str] | None:
        if not product.on_sale or product.compare_at_price is None:
            return None
        return PriceField().to_representation(product.compare_at_price)

    @extend_schema_field(PictureSerializer(allow_null=True))
    def get_picture(self, product: Product) -> dict[str, Any] | None:
        return best_picture(product.cover, product)


class VariantSerializer(serializers.ModelSerializer[Variant]):
    """What is put into a cart, by its `id`."""

    options = serializers.SerializerMethodField(help_text='Such as {"Size": "M"}.')
    price = PriceField()
    compare_at_price = serializers.SerializerMethodField()
    available = serializers.SerializerMethodField()
    pieces_left = serializers.SerializerMethodField(help_text="How many can be bought now; null for no limit.")

    class Meta:
        model = Variant
        fields = ["id", "sku", "label", "options", "price", "compare_at_price", "available", "pieces_left"]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_options(self, variant: Variant) -> dict[str, str]:
        return dict(zip(variant.product.option_names, variant.option_values, strict=False))

    @extend_schema_field(PriceField(allow_null=True))
    def get_compare_at_price(self, variant: Variant) -> dict[str, str] | None:
        if not variant.on_sale or variant.compare_at_price is None:
            return None
        return PriceField().to_representation(variant.compare_at_price)

    def get_available(self, variant: Variant) -> bool:
        return pieces_left(variant) != 0

    def get_pieces_left(self, variant: Variant) -> int | None:
        return pieces_left(variant)


def pieces_left(variant: Variant) -> int | None:
    """How many can be bought now, None for no limit; 0 for what was taken off sale or has no row of stock.

    Reads the preloaded stock and product.
    """
    stock = getattr(variant, "stock", None) if variant.product.is_public else None
    available: int | None = stock.available if stock else 0
    return available


class OptionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())


class CategoryLinkSerializer(serializers.ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = ["slug", "name"]
        read_only_fields = fields


@extend_schema_serializer(component_name="Product")
class ProductSerializer(CardSerializer):
    """A product with all that its page shows."""

    options = serializers.SerializerMethodField()
    variants = VariantSerializer(many=True, read_only=True)
    pictures = serializers.SerializerMethodField()
    categories = CategoryLinkSerializer(many=True, read_only=True)
    attributes = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta(CardSerializer.Meta):
        fields = [
            *CardSerializer.Meta.fields,
            "body_html", "options", "variants", "pictures", "categories", "tags", "attributes",
            "seo_title", "seo_description", "published_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OptionSerializer(many=True))
    def get_options(self, product: Product) -> list[dict[str, Any]]:
        """Each option with its values in the order of the variants."""
        rows = [variant.option_values for variant in product.variants.all()]
        return [
            {"name": name, "values": list(dict.fromkeys(row[index] for row in rows if index < len(row)))}
            for index, name in enumerate(product.option_names)
        ]

    @extend_schema_field(ProductPictureSerializer(many=True))
    def get_pictures(self, product: Product) -> list[dict[str, Any]]:
        return [product_picture(shown) for shown in product.images.all()]


class CategorySerializer(serializers.ModelSerializer[Category]):
    """A node of the tree; a parent comes before its children."""

    parent = serializers.SerializerMethodField(  # type: ignore[assignment]  # a Field has a parent, too
        help_text="The parent's slug; null at the top."
    )
    url = serializers.SerializerMethodField(help_text="The category's page in the shop.")
    picture = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = ["slug", "name", "description", "parent", "url", "picture"]
        read_only_fields = fields

    def get_parent(self, category: Category) -> str | None:
        slugs: dict[int, str] = self.context["slugs"]
        return slugs.get(category.parent_id or 0)

    def get_url(self, category: Category) -> str:
        return str(settings.PUBLIC_URL + category.get_absolute_url())

    @extend_schema_field(PictureSerializer(allow_null=True))
    def get_picture(self, category: Category) -> dict[str, Any] | None:
        return picture(category.image, category.name) if category.image else None


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
        list(SORTS), required=False, help_text="Without it: by relevance for a search, else the newest first."
    )
