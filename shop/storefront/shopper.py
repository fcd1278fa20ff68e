"""Who is shopping, and with which cart. Only personal pages ask."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.accounts.models import User
from shop.cart import services as carts
from shop.cart.models import Cart
from shop.storefront import cart_cookie


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


def cart_of(request: HttpRequest) -> Cart | None:
    """Return the shopper's open cart with all that a page shows of it: a constant number of queries."""
    user = signed_in(request)
    public_id = None if user else cart_cookie.read(request)
    return with_pictures(carts.find(public_id=public_id, user_id=user.pk if user else None))


def with_pictures(cart: Cart | None) -> Cart | None:
    """Preload what chooses the picture of each line: one query."""
    if cart:
        prefetch_related_objects(list(cart.lines.all()), "variant__product__images__variant")
    return cart


def bare_cart(request: HttpRequest) -> Cart | None:
    """Return the shopper's open cart without its lines, which is enough to change or count them: one query."""
    user, public_id = signed_in(request), cart_cookie.read(request)
    if user:
        return Cart.objects.open().filter(user=user).first()
    return Cart.objects.open().filter(public_id=public_id, user=None).first() if public_id else None


def shopper_of(request: HttpRequest, cart: Cart | None) -> Shopper:
    user = signed_in(request)
    return Shopper(user.get_short_name().partition("@")[0] if user else "", cart.count if cart else 0)


@require_safe
@never_cache
def fragment(request: HttpRequest) -> HttpResponse:
    """The header's corner: account and cart. Loaded by script into pages that are the same for everybody."""
    return render(request, "storefront/_shopper.html", {"shopper": shopper_of(request, bare_cart(request))})
