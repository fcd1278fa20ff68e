"""The guest's cart: a signed cookie with the cart's id. The cart itself is rows."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

NAME = "cart"
SALT = "shop.cart"
AGE = 90 * 24 * 60 * 60  # seconds


def read(request: HttpRequest) -> uuid.UUID | None:
    """Return the cart's id; None without a cookie, and for one that is forged, damaged or too old."""
    value = request.get_signed_cookie(NAME, default=None, salt=SALT, max_age=AGE)
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def write(response: HttpResponseBase, public_id: uuid.UUID) -> None:
    """Remember a guest's cart for another 90 days."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_signed_cookie(
        NAME, str(public_id), salt=SALT, max_age=AGE, httponly=True, samesite="Lax", secure=secure
    )


def clear(response: HttpResponseBase) -> None:
    response.delete_cookie(NAME, samesite="Lax")
