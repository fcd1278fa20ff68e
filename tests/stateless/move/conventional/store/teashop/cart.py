"""The cart: {id of a tea as text: pieces} in the session."""

from dataclasses import dataclass

from django.http import HttpRequest

from teashop.models import Tea


@dataclass
class Line:
    tea: Tea
    pieces: int

    @property
    def cents(self) -> int:
        return self.pieces * self.tea.cents


def add(request: HttpRequest, tea: Tea, pieces: int = 1) -> None:
    cart = request.session.setdefault("cart", {})
    cart[str(tea.pk)] = cart.get(str(tea.pk), 0) + pieces
    request.session.modified = True


def lines(request: HttpRequest) -> list[Line]:
    cart = request.session.get("cart", {})
    return [Line(tea, cart[str(tea.pk)]) for tea in Tea.objects.filter(pk__in=cart)]


def clear(request: HttpRequest) -> None:
    request.session.pop("cart", None)
