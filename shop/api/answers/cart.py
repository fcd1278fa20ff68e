"""A cart as the API shows it: plain values for JSON. serializers.cart documents the same, and a test compares them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.api.answers.catalog import picture
from shop.api.answers.money import price
from shop.cart.contents import Contents, Line
from shop.checkout.quote import CartGiftCard, CartVoucher, Quote, sums, zero
from shop.pricing.gift_cards import GiftCardRefused
from shop.pricing.vouchers import VoucherRefused


def cart(found: Contents, *, limited_line: int | None = None) -> dict[str, Any]:
    """`limited_line`: the id of the line that got fewer pieces than were wanted just now."""
    added = sums(found)
    return {
        "id": str(found.public_id),
        "version": found.version,
        "pieces": found.count,
        "lines": [_line(line, settings.SHOP_CURRENCY) for line in found.lines],
        "subtotal": added.subtotal.json(),
        "discount": added.discount.json(),
        "voucher": _voucher(added.voucher) if added.voucher else None,
        "gift_card": _gift_card(added.gift_card) if added.gift_card else None,
        "to_pay": added.to_pay.json(),
        "notices": _notices(found, limited_line),
    }


def delivery(priced: Quote) -> dict[str, Any]:
    """Return a delivery method, and what the order then costs."""
    assert priced.chosen is not None  # noqa: S101 - quotes() makes one for each offer
    method, totals = priced.chosen.method, priced.totals
    money = {"price": priced.chosen.price, "discount": totals.discount, "total": totals.total, "tax": totals.tax}
    money |= {"gift_card": priced.gift_card.pays if priced.gift_card else zero(), "to_pay": priced.to_pay}
    named = {"code": method.code, "name": method.name, "description": method.description}
    return {**named, **{name: amount.json() for name, amount in money.items()}}


def _voucher(standing: CartVoucher) -> dict[str, Any]:
    return {"code": standing.terms.code, "kind": standing.terms.kind, **applies(standing.refusal)}


def _gift_card(standing: CartGiftCard) -> dict[str, Any]:
    card = standing.terms
    money = {"pays": standing.pays.json(), "balance": card.money.json()}
    return {"last_four": card.last_four, **money, **applies(standing.refusal)}


def applies(refusal: VoucherRefused | GiftCardRefused | None) -> dict[str, Any]:
    """Say whether a voucher or a card does what it is for now, and else why not."""
    why = {"reason": refusal.reason, "message": str(refusal.message)} if refusal else {"reason": None, "message": ""}
    return {"applies": refusal is None, **why}


def _line(line: Line, currency: str) -> dict[str, Any]:
    variant = line.variant
    return {
        "id": line.pk,
        "variant": variant.pk,
        "sku": variant.sku,
        "product": variant.product.slug,
        "title": variant.product.title,
        "label": variant.label,
        "quantity": line.quantity,
        "unit_price": price(variant.price, currency),
        "total": price(line.total, currency),
        "pieces_left": variant.left,
        "picture": picture(variant.picture) if variant.picture else None,
    }


def _notices(found: Contents, limited_line: int | None) -> list[dict[str, Any]]:
    limited = [_limited(line) for line in found.lines if line.pk == limited_line]
    return limited + [_short(line) for line in found.lines if _is_short(line)]


def _limited(line: Line) -> dict[str, Any]:
    text = ngettext("There is only %(n)s piece to be had.", "There are only %(n)s pieces to be had.", line.quantity)
    return {"code": "quantity_limited", "line": line.pk, "detail": text % {"n": line.quantity}}


def _is_short(line: Line) -> bool:
    return line.variant.left is not None and line.variant.left < line.quantity


def _short(line: Line) -> dict[str, Any]:
    left = line.variant.left or 0
    if not left:
        return {"code": "sold_out", "line": line.pk, "detail": _("This item has sold out.")}
    text = ngettext("Only %(n)s piece is left.", "Only %(n)s pieces are left.", left) % {"n": left}
    return {"code": "not_enough_left", "line": line.pk, "detail": text}
