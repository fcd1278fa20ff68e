"""All that the store holds of a person, as JSON that is written while it is read: never more than CHUNK rows at once.

The names are for people. What others could misuse is not in it: passwords, tokens, links, codes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from shop.accounts.models import Address, OutsideIdentity, RefreshFamily
from shop.cart.models import Cart, CartLine
from shop.money import Money
from shop.notifications.models import Mail
from shop.orders.models import OrderEvent, OrderLine
from shop.payments.models import GiftCard, Payment
from shop.pricing.models import Redemption
from shop.privacy.models import Request
from shop.privacy.person import Person

CHUNK = 100
FILENAME = "my-data.json"
Row = dict[str, Any]
AMOUNTS = ("subtotal", "shipping_price", "discount", "tax_total", "total")
PARTS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")


def write_down(*, actor: str = "") -> Request:
    """That somebody was given their data, or a member of staff was. It does not say whose."""
    return Request.objects.create(kind=Request.Kind.EXPORT, actor=actor)


def stream(person: Person) -> Iterator[bytes]:
    """Yield one JSON object. Each part is read when its turn comes, so what changes meanwhile may be in one of two."""
    head = {"store": settings.SHOP_NAME, "exported_at": timezone.now(), "account": _account(person)}
    yield b"{" + b",".join(b'\n"%s": %s' % (name.encode(), _json(value)) for name, value in head.items())
    for name, rows in PARTS_OF_A_PERSON.items():
        yield b',\n"%s": [' % name.encode()
        for number, row in enumerate(rows(person)):
            yield (b",\n" if number else b"\n") + _json(row)
        yield b"]"
    yield b"\n}\n"


def _account(person: Person) -> Row | None:
    user = person.user
    if user is None:
        return None
    known = EmailAddress.objects.filter(user=user).order_by("pk")[:CHUNK]
    return {
        "email": user.email,
        "name": user.name,
        "opened_at": user.date_joined,
        "signed_in_last_at": user.last_login,
        "addresses_of_email": [
            {"email": one.email, "confirmed": one.verified, "used_first": one.primary} for one in known
        ],
    }


def _addresses(person: Person) -> Iterator[Row]:
    for one in _all(Address.objects.filter(user=person.user)):
        yield {name: str(getattr(one, name)) for name in PARTS} | {"used_first": one.is_default}


def _devices(person: Person) -> Iterator[Row]:
    for one in _all(RefreshFamily.objects.filter(user=person.user)):
        facts = {"signed_in_at": one.created_at, "used_last_at": one.rotated_at}
        yield {"device": one.device, **facts, "ends_at": one.expires_at, "signed_out_at": one.revoked_at}


def _elsewhere(person: Person) -> Iterator[Row]:
    for one in _all(OutsideIdentity.objects.filter(user=person.user)):
        yield {"where": one.issuer, "name_there": one.subject, "linked_at": one.created_at}


def _cart(person: Person) -> Iterator[Row]:
    carts = Cart.objects.open().filter(user=person.user)
    for one in _all(CartLine.objects.filter(cart__in=carts).select_related("variant__product")):
        facts = {"sku": one.variant.sku, "title": one.variant.product.title, "quantity": one.quantity}
        yield {**facts, "added_at": one.created_at}


def _orders(person: Person) -> Iterator[Row]:
    for one in _all(person.orders().for_page()):
        yield {
            "number": one.number,
            "state": one.get_state_display(),
            **{f"{moment}_at": getattr(one, f"{moment}_at") for moment in ("placed", "paid", "shipped", "cancelled")},
            "email": one.email,
            "language": one.language,
            "delivery_address": one.shipping_address,
            "delivery": one.shipping_method_name,
            "parcel": one.tracking._asdict(),
            "lines": [_line(line, one.currency) for line in one.lines.all()],
            **{name: Money(getattr(one, name), one.currency) for name in AMOUNTS},
            "voucher": one.voucher_code,
            "payments": [_payment(payment) for payment in one.payments.all()],
            "history": [_event(event) for event in one.events.all()],
        }


def _line(line: OrderLine, currency: str) -> Row:
    facts = {"sku": line.sku, "title": line.title, "variant": line.label, "quantity": line.quantity}
    return {**facts, "price": Money(line.unit_price, currency), "total": Money(line.total, currency)}


def _payment(payment: Payment) -> Row:
    card = {"gift_card": str(payment.gift_card)} if payment.gift_card else {}
    amounts = {"amount": payment.money, "given_back": Money(payment.refunded, payment.currency)}
    moments = {"begun_at": payment.created_at, "settled_at": payment.settled_at}
    return {"method": payment.method, **card, "state": payment.get_state_display(), **amounts, **moments}


def _event(event: OrderEvent) -> Row:
    """Who of the staff wrote a note is theirs."""
    return {"at": event.created_at, "state": event.get_state_display(), "note": event.note}


def _vouchers(person: Person) -> Iterator[Row]:
    used = Redemption.objects.filter(order__in=person.orders().values("pk")).select_related("voucher", "order")
    for one in _all(used):
        facts = {
            "code": one.voucher.code,
            "order": one.order.number,
            "taken_off": Money(one.amount, one.order.currency),
        }
        yield {**facts, "used_at": one.created_at, "given_back_at": one.released_at}


def _gift_cards(person: Person) -> Iterator[Row]:
    """Those that they were sent; those that they paid with stand in their orders. Of a code its end."""
    card: GiftCard
    for card in _all(person.gift_cards()):
        facts = {"card": str(card), "sent_to": card.email, "message": card.message, "amount": card.issued_money}
        yield {**facts, "issued_at": card.created_at, "expires_at": card.expires_at}


def _mails(person: Person) -> Iterator[Row]:
    mail: Mail
    for mail in _all(person.mails()):
        facts = {"to": mail.to, "about": mail.kind, "subject": mail.subject, "language": mail.language}
        yield {**facts, "written_at": mail.created_at, "sent_at": mail.sent_at}


PARTS_OF_A_PERSON: dict[str, Callable[[Person], Iterator[Row]]] = {
    "addresses": _addresses,
    "devices": _devices,
    "sign_ins_elsewhere": _elsewhere,
    "cart": _cart,
    "orders": _orders,
    "vouchers": _vouchers,
    "gift_cards": _gift_cards,
    "mails": _mails,
}


def _all(rows: "QuerySet[Any]") -> Iterator[Any]:
    """Yield rows in the order of their keys, CHUNK for each query."""
    part: list[Model] = list(rows.order_by("pk")[:CHUNK])
    while part:
        yield from part
        part = list(rows.filter(pk__gt=part[-1].pk).order_by("pk")[:CHUNK]) if len(part) == CHUNK else []


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATACLASS)


def _plain(value: Any) -> Any:
    """Raises TypeError."""
    if isinstance(value, Money):
        return value.json()
    if isinstance(value, Promise | datetime):
        return str(value)
    raise TypeError(type(value).__name__)
