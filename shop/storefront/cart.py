"""The cart's page and what changes it. Works with forms alone; htmx gets fragments."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from shop.cart import services as carts
from shop.cart.contents import Contents
from shop.cart.models import MAX_QUANTITY, Cart
from shop.checkout.quote import sums
from shop.errors import ShopError
from shop.storefront import cart_cookie
from shop.storefront.caching import never_kept
from shop.storefront.errors import with_status
from shop.storefront.shopper import cart_for_page, cart_name, cart_of, shopper_of, signed_in
from shop.storefront.words import fewer, warning

HEAD = "head"  # of the cart: what has the focus when a line is gone


@require_safe
@never_kept
def cart(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/cart.html", _context(request, cart_for_page(request)))


@csrf_exempt  # catalogue pages carry no token; CrossOriginMiddleware refuses other sites
@require_POST
@never_kept
def add(request: HttpRequest) -> HttpResponse:
    """Add pieces of a variant. Answers the note for htmx, else goes to the cart."""
    variant_id, quantity = _number(request, "variant"), max(1, _number(request, "quantity", 1))
    added = _add(request, variant_id, quantity)
    words = _added(added.limited, added.quantity)
    response = _note(request, added, words) if is_htmx(request) else redirect("cart")
    if not is_htmx(request):
        messages.add_message(request, messages.WARNING if added.limited else messages.SUCCESS, words)
    if added.user_id is None:
        cart_cookie.write(response, added.public_id)
    return response


def _add(request: HttpRequest, variant_id: int, quantity: int) -> carts.Added:
    """Add to the shopper's cart, or to a new one."""
    name = cart_name(request)
    if name:
        with suppress(carts.NoSuchCart):
            return carts.add(cart=name, variant_id=variant_id, quantity=quantity)
    return carts.add(cart=_new_cart(request), variant_id=variant_id, quantity=quantity)


@csrf_exempt
@require_POST
@never_kept
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """Set a line's quantity, as far as stock allows."""
    name = cart_name(request)
    if name is None:
        raise carts.NoSuchCart
    wanted = min(MAX_QUANTITY, max(0, _number(request, "quantity", 1)))
    now = carts.change(cart=name, line_id=line_id, quantity=wanted)
    if now < wanted:
        messages.warning(request, fewer(now))
    return after_change(request, focus=HEAD if now == 0 else "")


@csrf_exempt
@require_POST
@never_kept
def remove(request: HttpRequest, line_id: int) -> HttpResponse:
    name = cart_name(request)
    if name is not None:
        with suppress(carts.NoSuchCart):
            carts.remove(cart=name, line_id=line_id)
    return after_change(request, focus=HEAD)


def after_change(request: HttpRequest, *, focus: str = "") -> HttpResponse:
    """Show the cart as it is now. `focus`: the part that gets it, as what had it went with the change."""
    if not is_htmx(request):
        return redirect("cart")
    return render(request, "storefront/_cart_changed.html", _context(request, cart_of(request)) | {"focus": focus})


def refused(request: HttpRequest, error: ShopError, *, said: Mapping[str, str]) -> HttpResponse:
    """Show the cart with what stands against a code, beside the field that still holds it."""
    found = cart_of(request) if is_htmx(request) else cart_for_page(request)
    template = "storefront/_cart_changed.html" if is_htmx(request) else "storefront/cart.html"
    context = {**_context(request, found), **said}
    return with_status(render(request, template, context), error)


def _context(request: HttpRequest, found: Contents | None) -> dict[str, Any]:
    lines = found.lines if found else ()
    return {
        "cart": found,
        "lines": [(line, warning(line)) for line in lines],
        **(_sums(found) if found else {}),
        "can_order": bool(lines) and all(line.variant.left != 0 for line in lines),
        "shopper": shopper_of(request, found),
    }


def _sums(found: Contents) -> dict[str, Any]:
    """What is added up, by the names that the page has for it."""
    added = sums(found)
    return {
        "subtotal": added.subtotal,
        "voucher": added.voucher,
        "together": added.together,
        "gift_card": added.gift_card,
        "to_pay": added.to_pay,
    }


def _added(limited: bool, quantity: int) -> str:
    if limited:
        return ngettext(
            "There is no more than %(n)s piece, and it is in your cart.",
            "There are no more than %(n)s pieces, and they are in your cart.",
            quantity,
        ) % {"n": quantity}
    return _("It is in your cart.")


def _note(request: HttpRequest, added: carts.Added, words: str) -> HttpResponse:
    """Read the cart again: it may be new, and its cookie not yet in the request."""
    found = carts.find(public_id=added.public_id, user_id=added.user_id)
    line = next((line for line in found.lines if line.pk == added.line_id), None) if found else None
    context = {"line": line, "words": words, "limited": added.limited, "shopper": shopper_of(request, found)}
    return render(request, "storefront/_added.html", context)


def _new_cart(request: HttpRequest) -> Cart:
    user = signed_in(request)
    return carts.create(user_id=user.pk if user else None)


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _number(request: HttpRequest, name: str, default: int = 0) -> int:
    """Read a whole number from the form; what is none counts as `default`."""
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
