"""Codes that shoppers type, on the cart's page and at the checkout: of a voucher, of a gift card."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from shop.cart import services as carts
from shop.cart.named import Named
from shop.errors import ShopError
from shop.platform.visitor import network
from shop.storefront.cart import after_change, is_htmx, refused
from shop.storefront.shopper import cart_name


class PutOn(Protocol):
    def __call__(self, *, cart: Named, code: str, network: str) -> None: ...


class TakeOff(Protocol):
    def __call__(self, *, cart: Named) -> None: ...


@dataclass(frozen=True)
class Code:
    """One kind of them. `field`: of the form. `part`: of the page, which gets the focus. `done`: said after success.

    `put`, `take`: buttons of the checkout. A refused code is shown again as `field`, the reason as `field`_refusal.
    """

    field: str
    part: str
    put: str
    take: str
    done: Promise
    put_on: PutOn
    take_off: TakeOff

    def redeem(self, request: HttpRequest) -> HttpResponse:
        """Put it on the cart. What is refused is shown again with the reason beside it. Raises NoSuchCart."""
        error = self.try_typed(request)
        if error:
            return refused(request, error, said=self.refusal(request, error))
        if not is_htmx(request):
            messages.success(request, str(self.done))
        return after_change(request, focus=self.part)

    def remove(self, request: HttpRequest) -> HttpResponse:
        """Take it off the cart, if there is one."""
        with suppress(carts.NoSuchCart):
            self.take_off(cart=_cart(request))
        return after_change(request, focus=self.part)

    def is_asked_for(self, request: HttpRequest) -> bool:
        """Say whether the checkout's form is about it. Who has typed a code does not want to order without it,
        whichever button was pressed.
        """
        return bool(request.POST.get(self.field)) or self.put in request.POST or self.take in request.POST

    def change(self, request: HttpRequest) -> ShopError | None:
        """Do what the checkout's form asks for; return what a code was refused for. Raises NoSuchCart."""
        if self.take in request.POST:
            self.take_off(cart=_cart(request))
            return None
        return self.try_typed(request)

    def try_typed(self, request: HttpRequest) -> ShopError | None:
        """Put on the code that was typed; return what it was refused for. Raises NoSuchCart."""
        try:
            self.put_on(cart=_cart(request), code=request.POST.get(self.field, ""), network=network(request))
        except carts.NoSuchCart:
            raise
        except ShopError as error:
            return error
        return None

    def refusal(self, request: HttpRequest, error: ShopError) -> dict[str, str]:
        """What a page says of it."""
        return {self.field: request.POST.get(self.field, ""), f"{self.field}_refusal": str(error)}


def _cart(request: HttpRequest) -> Named:
    """Raises NoSuchCart."""
    name = cart_name(request)
    if name is None:
        raise carts.NoSuchCart
    return name
