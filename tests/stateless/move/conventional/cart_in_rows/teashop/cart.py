"""The cart: rows, so that two requests at once both count. The session keeps the id of the cart, written once."""

from django.db.models import F, QuerySet
from django.http import HttpRequest

from teashop.models import CartLine, Tea

Line = CartLine


def add(request: HttpRequest, tea: Tea, pieces: int = 1) -> None:
    line = CartLine.objects.filter(cart=_cart(request), tea=tea)
    CartLine.objects.bulk_create([CartLine(cart=_cart(request), tea=tea)], ignore_conflicts=True)
    line.update(pieces=F("pieces") + pieces)


def lines(request: HttpRequest) -> QuerySet[CartLine]:
    return CartLine.objects.filter(cart=_cart(request)).select_related("tea")


def clear(request: HttpRequest) -> None:
    lines(request).delete()


def _cart(request: HttpRequest) -> str:
    """Return the id of the visitor's cart. What an older session holds becomes rows, once."""
    session = request.session
    if "cart_id" not in session:
        if not session.session_key:
            session.create()
        old = Tea.objects.in_bulk(session.get("cart", {}))
        rows = [CartLine(cart=session.session_key, tea=tea, pieces=session["cart"][str(pk)]) for pk, tea in old.items()]
        CartLine.objects.bulk_create(rows, ignore_conflicts=True)
        session["cart_id"] = session.session_key
        session.pop("cart", None)
    return session["cart_id"]
