"""The voucher of a cart: redeemed and removed on the cart's page, and by the checkout's form."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shop.cart import services as carts
from shop.storefront.caching import never_kept
from shop.storefront.codes import Code

VOUCHER = Code(
    field="code",
    part="voucher",
    put="redeem",
    take="unredeem",
    done=_("The voucher is in your cart."),
    put_on=carts.redeem,
    take_off=carts.unredeem,
)


@csrf_exempt  # the cart's page carries no token; CrossOriginMiddleware refuses other sites
@require_POST
@never_kept
def redeem(request: HttpRequest) -> HttpResponse:
    return VOUCHER.redeem(request)


@csrf_exempt
@require_POST
@never_kept
def remove(request: HttpRequest) -> HttpResponse:
    return VOUCHER.remove(request)
