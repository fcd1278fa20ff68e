"""The gift card of a cart, on the cart's page and by the checkout's form; and the page that says what is on one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from shop.errors import ShopError
from shop.payments import gift_cards
from shop.platform.visitor import network
from shop.storefront.caching import never_kept
from shop.storefront.codes import Code
from shop.storefront.errors import with_status

GIFT_CARD = Code(
    field="gift_code",
    part="gift_card",
    put="use_card",
    take="remove_card",
    done=_("The gift card is in your cart."),
    put_on=gift_cards.put_on,
    take_off=gift_cards.take_off,
)


@csrf_exempt  # the cart's page carries no token; CrossOriginMiddleware refuses other sites
@require_POST
@never_kept
def use(request: HttpRequest) -> HttpResponse:
    return GIFT_CARD.redeem(request)


@csrf_exempt
@require_POST
@never_kept
def remove(request: HttpRequest) -> HttpResponse:
    return GIFT_CARD.remove(request)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def balance(request: HttpRequest) -> HttpResponse:
    """Say what is left on a card. Its code is sent in the body: addresses are written into logs."""
    if request.method != "POST":
        return _show(request)
    try:
        card = gift_cards.look_up(code=request.POST.get(GIFT_CARD.field, ""), network=network(request))
    except ShopError as error:
        return with_status(_show(request, **GIFT_CARD.refusal(request, error)), error)
    expires = localtime(card.expires_at) if card.expires_at else None
    return _show(request, card=card, expires=expires, is_over=expires is not None and expires <= timezone.now())


def _show(request: HttpRequest, **said: Any) -> HttpResponse:
    return render(request, "storefront/gift_card.html", said)
