from django.contrib import messages
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from teashop import cart, ordering
from teashop.models import Order, Tea

AN_HOUR = 60 * 60  # seconds


def bestsellers() -> list[str]:
    """Return the three teas that sell best; they are looked up once an hour, for all pods."""
    return cache.get_or_set("bestsellers", lambda: list(Tea.objects.bestsellers()[:3]), AN_HOUR)


def catalogue(request: HttpRequest) -> HttpResponse:
    return render(request, "teashop/catalogue.html", {"teas": Tea.objects.all(), "bestsellers": bestsellers()})


def tea(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "teashop/tea.html", {"tea": get_object_or_404(Tea, slug=slug)})


@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(Tea, slug=slug)
    cart.add(request, chosen)
    messages.success(request, f"{chosen} is in your cart.")
    return redirect("cart")


def show_cart(request: HttpRequest) -> HttpResponse:
    lines = cart.lines(request)
    return render(request, "teashop/cart.html", {"lines": lines, "cents": sum(line.cents for line in lines)})


@require_POST
def place_order(request: HttpRequest) -> HttpResponse:
    try:
        order = ordering.place(request, request.POST["email"])
    except ordering.SoldOut as refusal:
        messages.error(request, str(refusal))
        return redirect("cart")
    request.session["orders"] = [*request.session.get("orders", []), order.number]
    return redirect(order)


def order(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "teashop/order.html", {"order": get_object_or_404(_orders_of(request), number=number)})


def invoice(request: HttpRequest, number: str) -> FileResponse:
    found = get_object_or_404(_orders_of(request).exclude(invoice=""), number=number)
    return FileResponse(found.invoice.open(), filename=f"{number}.txt")


def _orders_of(request: HttpRequest) -> QuerySet[Order]:
    """Guests see what they ordered in this session."""
    if request.user.is_authenticated:
        return Order.objects.filter(user=request.user)
    return Order.objects.filter(number__in=request.session.get("orders", []))
