"""Who is shopping, and with which cart. Only personal pages ask."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shop.accounts.models import User
from shop.cart import contents, named
from shop.cart import services as carts
from shop.cart.contents import Contents
from shop.catalog import tree
from shop.storefront import cart_cookie
from shop.storefront.aisles import aisles_of
from shop.storefront.caching import never_kept


class MemberRequest(HttpRequest):
    """A request of a view behind login_required."""

    user: User


@dataclass(frozen=True)
class Shopper:
    """What the header says: a first name ("" for guests) and how many pieces are in the cart."""

    name: str
    pieces: int


def signed_in(request: HttpRequest) -> User | None:
    """Return the signed-in user. Without a session cookie nobody is, and no session is looked for."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user


def cart_name(request: HttpRequest) -> named.Named | None:
    """Say which open cart is the shopper's, if there is one: the user's, or that of the cookie. No query of a cart."""
    user = signed_in(request)
    if user:
        return named.of_user(user.pk)
    public_id = cart_cookie.read(request)
    return named.of_guest(public_id) if public_id else None


def cart_of(request: HttpRequest) -> Contents | None:
    """Return the shopper's open cart with all that a page shows of it: one query."""
    name = cart_name(request)
    return contents.read(name) if name else None


def cart_for_page(request: HttpRequest) -> Contents | None:
    """The same, and by the same query what the page's header names."""
    name = cart_name(request)
    found, roots = contents.read_beside(name, tree.ROOTS) if name else (None, None)
    if roots is not None:
        aisles_of(request).header = tree.roots_of(roots)
    return found


def shopper_of(request: HttpRequest, cart: Contents | None) -> Shopper:
    return Shopper(_first_name(request), cart.count if cart else 0)


def _first_name(request: HttpRequest) -> str:
    user = signed_in(request)
    return user.get_short_name().partition("@")[0] if user else ""


@require_safe
@never_kept
def fragment(request: HttpRequest) -> HttpResponse:
    """The header's corner: account and cart. Loaded by script into pages that are the same for everybody."""
    name = cart_name(request)
    shopper = Shopper(_first_name(request), carts.pieces(name) if name else 0)
    return render(request, "storefront/_shopper.html", {"shopper": shopper})
