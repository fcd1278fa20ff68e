"""The checkout: one page, one form, one order however often it is sent."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts.models import Address
from shop.cart import services as carts
from shop.cart.contents import Contents
from shop.checkout import limits
from shop.checkout.errors import CartOrdered, NoSuchDelivery
from shop.checkout.quote import Quote, quote
from shop.checkout.services import Details, Placed, PostalAddress, place_order
from shop.errors import ShopError
from shop.orders.models import Order
from shop.payments import providers
from shop.payments import services as payments
from shop.platform.visitor import network
from shop.storefront import cart_cookie, paying
from shop.storefront.errors import with_status
from shop.storefront.forms import ADDRESS_FIELDS, CheckoutForm
from shop.storefront.gift_card import GIFT_CARD
from shop.storefront.shopper import cart_for_page, cart_of, shopper_of, signed_in
from shop.storefront.voucher import VOUCHER

CODES = (VOUCHER, GIFT_CARD)
NOTHING: Mapping[str, str] = {}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the form; place the order when it comes back complete."""
    if request.method == "POST":
        return _filled_in(request) if _is_unfinished(request) else _order(request)
    cart = cart_for_page(request)
    if cart is None or not cart.lines:
        return redirect("cart")
    addresses = _addresses(request)
    return _show(request, CheckoutForm(initial=_known(request, addresses)), cart, addresses=addresses)


@require_safe
@never_cache
def delivery(request: HttpRequest) -> HttpResponse:
    """Delivery methods and totals for ?country= and ?shipping_method=, as fragments for htmx."""
    cart = cart_of(request)
    if cart is None or not cart.lines:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("cart")
        return response
    priced = _quote(cart, request.GET.get("country", ""), request.GET.get("shipping_method", ""))
    return render(request, "storefront/_delivery_changed.html", {"quote": priced, "cart": cart, "refreshed": True})


def _is_unfinished(request: HttpRequest) -> bool:
    """Say whether the form is to be shown again."""
    return "update" in request.POST or any(code.is_asked_for(request) for code in CODES)


def _filled_in(request: HttpRequest) -> HttpResponse:
    """Show the form with what was typed so far, after a code was put on or taken off, or for another country."""
    said, error = dict[str, str](), None
    with suppress(carts.NoSuchCart):
        said, error = _change_codes(request)
    cart = cart_for_page(request)
    if cart is None or not cart.lines:
        return redirect("cart")
    response = _show(request, CheckoutForm(initial=request.POST.dict()), cart, said=said)
    return with_status(response, error) if error else response


def _change_codes(request: HttpRequest) -> tuple[dict[str, str], ShopError | None]:
    """Put codes on the cart or take them off, as the form asks; return what the page is to say, and why one was
    refused. Raises NoSuchCart.
    """
    said, refusal = dict[str, str](), None
    for code in CODES:
        if code.is_asked_for(request):
            error = code.change(request)
            said |= code.refusal(request, error) if error else {"focus": code.part}
            refusal = refusal or error
    return ({**said, "focus": ""} if refusal else said), refusal


def _order(request: HttpRequest) -> HttpResponse:
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        return _again(request, form)
    user = signed_in(request)
    data = form.cleaned_data
    try:
        limits.count_order(network(request), guest="" if user else data["email"])
        placed = place_order(
            cart_id=data["cart"], key=str(data["key"]), details=_details(data), user_id=user.pk if user else None
        )
    except CartOrdered as error:
        return redirect("order", error.details["token"]) if "token" in error.details else _again(request, form, error)
    except carts.NoSuchCart as error:  # joined to another by signing in beside this page: that one is shown
        return _again(request, form, carts.CartChanged() if cart_of(request) else error)
    except ShopError as error:
        return _again(request, form, error)
    return _placed(request, placed, data["cart"])


def _placed(request: HttpRequest, placed: Placed, ordered: uuid.UUID) -> HttpResponse:
    """Go on to paying, or to the order's page. A repeated request goes the same way; it leaves alone the cart that was
    begun since.
    """
    order = placed.order
    goes_elsewhere = providers.provider(order.payment_method) is not None and order.state == Order.State.PLACED
    response = paying.start(request, order, order.payment_method) if goes_elsewhere else redirect("order", order.token)
    if cart_cookie.read(request) == ordered:
        cart_cookie.clear(response)
    return response


def _again(request: HttpRequest, form: CheckoutForm, error: ShopError | None = None) -> HttpResponse:
    """Show the form once more with what is wrong; without an open cart the cart's page explains."""
    cart = cart_of(request)
    if cart is None or not cart.lines:
        if error:
            messages.error(request, str(error.message))
        return redirect("cart")
    response = _show(request, form, cart, said={"refusal": str(error)} if error else NOTHING)
    if error:
        return with_status(response, error)
    response.status_code = 422
    return response


def _show(
    request: HttpRequest,
    form: CheckoutForm,
    cart: Contents,
    *,
    addresses: list[Address] | None = None,
    said: Mapping[str, str] = NOTHING,
) -> HttpResponse:
    """`addresses`: the account's, if they are read already. `said`: what is wrong, and where the focus goes."""
    values = form.data if form.is_bound else form.initial
    country = values.get("country") or form.fields["country"].initial
    context: dict[str, Any] = {
        "form": form,
        "cart": cart,
        "key": values.get("key") or uuid.uuid4(),
        "quote": _quote(cart, country, values.get("shipping_method", "")),
        "payment_methods": payments.methods(),
        "payment_method": values.get("payment_method", ""),
        "addresses": _addresses(request) if addresses is None else addresses,
        "shopper": shopper_of(request, cart),
        **said,
    }
    return render(request, "storefront/checkout.html", context)


def _quote(cart: Contents, country: str, method: str) -> Quote:
    """Price the cart; a method that is not offered to that country gives way to the first that is."""
    country, method = country.replace("\x00", ""), method.replace("\x00", "")
    try:
        return quote(cart, country=country, method=method)
    except NoSuchDelivery:
        return quote(cart, country=country)


def _known(request: HttpRequest, addresses: list[Address]) -> dict[str, Any]:
    """What an account already knows: the e-mail, and the address chosen by ?address= or the default one."""
    user = signed_in(request)
    if user is None:
        return {}
    named = [address for address in addresses if str(address.pk) == request.GET.get("address")]
    chosen = next(iter(named or addresses), None)
    known = {name: str(getattr(chosen, name)) for name in ADDRESS_FIELDS} if chosen else {"name": user.name}
    return {"email": user.email, **known}


def _addresses(request: HttpRequest) -> list[Address]:
    user = signed_in(request)
    return list(Address.objects.filter(user=user)) if user else []


def _details(data: dict[str, Any]) -> Details:
    return Details(
        email=data["email"],
        address=PostalAddress(**{name: data[name] for name in ADDRESS_FIELDS}),
        shipping_method=data["shipping_method"],
        payment_method=data["payment_method"],
        expected_total=data["expected_total"],
        expected_to_pay=data["expected_to_pay"],
    )
