from shop.catalog.models.category import Category
from shop.catalog.models.placement import Placement
from shop.catalog.models.product import Product, ProductImage, ProductQuerySet
from shop.catalog.models.tally import Tally
from shop.catalog.models.variant import Variant, VariantQuerySet

__all__ = ["Category", "Placement", "Product", "ProductImage", "ProductQuerySet", "Tally", "Variant", "VariantQuerySet"]
