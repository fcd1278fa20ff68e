"""The cart's page and what changes it. Works with forms alone; htmx gets fragments."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shop.cart import services as carts
from shop.cart.models import MAX_QUANTITY, Cart
from shop.catalog.models import Variant
from shop.checkout.quote import goods
from shop.storefront import cart_cookie
from shop.storefront.choice import left
from shop.storefront.shopper import bare_cart, cart_of, shopper_of, signed_in, with_pictures


@require_safe
@never_cache
def cart(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/cart.html", _context(request, cart_of(request)))


@csrf_exempt  # catalogue pages carry no token; CrossOriginMiddleware refuses other sites
@require_POST
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Add pieces of a variant. Answers the note for htmx, else goes to the cart."""
    variant_id, quantity = _number(request, "variant"), max(1, _number(request, "quantity", 1))
    found = bare_cart(request) or _new_cart(request)
    added = carts.add(cart=found, variant_id=variant_id, quantity=quantity)
    words = _added(added.limited, added.quantity)
    response = (
        _note(request, found, variant_id, words, limited=added.limited) if _is_htmx(request) else redirect("cart")
    )
    if not _is_htmx(request):
        messages.add_message(request, messages.WARNING if added.limited else messages.SUCCESS, words)
    if found.user_id is None:
        cart_cookie.write(response, found.public_id)
    return response


@csrf_exempt
@require_POST
@never_cache
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Set a line's quantity, as far as stock allows."""
    found = bare_cart(request)
    if found is None:
        raise carts.NoSuchCart
    wanted = min(MAX_QUANTITY, max(0, _number(request, "quantity", 1)))
    now = carts.change(cart=found, line_id=line_id, quantity=wanted)
    if now < wanted:
        messages.warning(request, _fewer(now))
    return _after_change(request)


@csrf_exempt
@require_POST
@never_cache
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    found = bare_cart(request)
    if found is not None:
        carts.remove(cart=found, line_id=line_id)
    return _after_change(request)


def _after_change(request: HttpRequest) -> HttpResponse:
    if not _is_htmx(request):
        return redirect("cart")
    return render(request, "storefront/_cart_changed.html", _context(request, cart_of(request)))


def _context(request: HttpRequest, found: Cart | None) -> dict[str, Any]:
    lines = list(found.lines.all()) if found else []
    return {
        "cart": found,
        "lines": [(line, _warning(line.variant, line.quantity)) for line in lines],
        "subtotal": goods(found) if found else None,
        "can_order": bool(lines) and all(left(line.variant) != 0 for line in lines),
        "shopper": shopper_of(request, found),
    }


def _warning(variant: Variant, quantity: int) -> str:
    """Say what stands against a line now, or nothing."""
    pieces = left(variant)
    if pieces is None or pieces >= quantity:
        return ""
    return _fewer(pieces)


def _fewer(pieces: int) -> str:
    if pieces == 0:
        return _("This item has just sold out. Remove it to go on.")
    return ngettext("Only %(n)s piece is left.", "Only %(n)s pieces are left.", pieces) % {"n": pieces}


def _added(limited: bool, quantity: int) -> str:
    if limited:
        return ngettext(
            "There is no more than %(n)s piece, and it is in your cart.",
            "There are no more than %(n)s pieces, and they are in your cart.",
            quantity,
        ) % {"n": quantity}
    return _("It is in your cart.")


def _note(request: HttpRequest, cart: Cart, variant_id: int, words: str, *, limited: bool) -> HttpResponse:
    """Read the cart again: it may be new, and its cookie not yet in the request."""
    found = with_pictures(carts.find(public_id=cart.public_id, user_id=cart.user_id))
    line = next((line for line in found.lines.all() if line.variant_id == variant_id), None) if found else None
    context = {"line": line, "words": words, "limited": limited, "shopper": shopper_of(request, found)}
    return render(request, "storefront/_added.html", context)


def _new_cart(request: HttpRequest) -> Cart:
    user = signed_in(request)
    return carts.create(user_id=user.pk if user else None)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _number(request: HttpRequest, name: str, default: int = 0) -> int:
    """Read a whole number from the form; what is none counts as `default`."""
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
