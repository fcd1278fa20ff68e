"""The voucher of a cart: redeemed and removed on the cart's page, and by the checkout's form."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.cart import services as carts
from shop.cart.named import Named
from shop.errors import ShopError
from shop.platform.visitor import network
from shop.storefront.caching import never_kept
from shop.storefront.cart import after_change, is_htmx, refused
from shop.storefront.shopper import cart_name

VOUCHER = "voucher"  # the part of the cart's page that gets the focus


@csrf_exempt  # the cart's page carries no token; CrossOriginMiddleware refuses other sites
@require_POST
@never_kept
def redeem(request: HttpRequest) -> HttpResponse:
    """Put a voucher on the cart. A code that is refused is shown again with the reason beside it."""
    error = put_on(request)
    if error:
        return refused(request, error, code=request.POST.get("code", ""))
    if not is_htmx(request):
        messages.success(request, _("The voucher is in your cart."))
    return after_change(request, focus=VOUCHER)


@csrf_exempt
@require_POST
@never_kept
def remove(request: HttpRequest) -> HttpResponse:
    with suppress(carts.NoSuchCart):
        take_off(request)
    return after_change(request, focus=VOUCHER)


def put_on(request: HttpRequest) -> ShopError | None:
    """Redeem the code that was typed; return what it was refused for. Raises NoSuchCart."""
    try:
        carts.redeem(cart=_cart(request), code=request.POST.get("code", ""), network=network(request))
    except carts.NoSuchCart:
        raise
    except ShopError as error:
        return error
    return None


def take_off(request: HttpRequest) -> None:
    """Raises NoSuchCart."""
    carts.unredeem(cart=_cart(request))


def _cart(request: HttpRequest) -> Named:
    """Raises NoSuchCart."""
    name = cart_name(request)
    if name is None:
        raise carts.NoSuchCart
    return name
