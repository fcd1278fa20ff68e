"""What every template of the store may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shop.storefront.aisles import aisles_of


def shop(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Nothing here reads the database, the session or a cookie until a template asks."""
    return {"shop_name": settings.SHOP_NAME, "aisles": aisles_of(request)}
