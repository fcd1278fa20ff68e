"""Rows for tests, made by the store's own services. Small functions with names a reader needs no explanation for."""

import io
import itertools
from decimal import Decimal
from typing import Any

import PIL.Image

from shop.accounts.models import User
from shop.cart import services as cart
from shop.cart.models import Cart
from shop.catalog import services as catalog
from shop.catalog.models import Product, Variant
from shop.checkout.services import Details, PostalAddress
from shop.inventory import services as inventory
from shop.payments import gift_cards
from shop.pricing import redemptions
from shop.pricing.models import ShippingMethod, ShippingRate, TaxRate, Voucher

count = itertools.count(1)


def product(title: str = "", *, prices: tuple[str, ...] = ("19.90",), stock: int = 10, **fields: Any) -> Product:
    """A published product with one variant for each price ("S", "M", "L" ... of the option Size if several)."""
    number = next(count)
    sizes = ("S", "M", "L", "XL", "XXL")[: len(prices)]
    options = {"option_names": ("Size",)} if len(prices) > 1 else {}
    variants = tuple(
        catalog.VariantData(
            sku=f"SKU-{number}-{size}", price=Decimal(price), option_values=(size,) if options else (), weight_g=500
        )
        for size, price in zip(sizes, prices, strict=True)
    )
    slug = fields.pop("slug", f"product-{number}")
    data = catalog.ProductData(slug=slug, title=title or f"Product {number}", variants=variants, **options, **fields)
    saved = catalog.save(data)
    inventory.set_levels({variant.pk: stock for variant in saved.variants.values()})
    return saved.product


def variant(price: str = "19.90", *, stock: int = 10, **fields: Any) -> Variant:
    return product(prices=(price,), stock=stock, **fields).variants.get()


def shipping(price: str = "4.90", *, code: str = "standard", countries: tuple[str, ...] = ()) -> ShippingMethod:
    """A delivery method with one price."""
    method, _created = ShippingMethod.objects.get_or_create(code=code, defaults={"name": code.title()})
    ShippingRate.objects.create(method=method, price=Decimal(price), countries=list(countries))
    return method


def tax(country: str = "DE", rate: str = "19", tax_class: str = "standard") -> TaxRate:
    return TaxRate.objects.create(country=country, rate=Decimal(rate), tax_class=tax_class)


def user(email: str = "", password: str = "correct horse battery", **fields: Any) -> User:
    return User.objects.create_user(email or f"user{next(count)}@example.com", password, **fields)


def voucher(value: str = "10", *, kind: str = "percent", **fields: Any) -> Voucher:
    made = Voucher(**{"code": f"CODE{next(count)}", "kind": kind, "value": Decimal(value), **fields})
    redemptions.save(made)
    return made


def gift_card(amount: str = "50.00", **facts: Any) -> gift_cards.Issued:
    """A new card with its code."""
    return gift_cards.issue(amount=Decimal(amount), **facts)


def open_cart(
    *variants: Variant,
    quantity: int = 1,
    user_id: int | None = None,
    voucher: Voucher | None = None,
    gift_card: gift_cards.Issued | None = None,
) -> Cart:
    """A cart with these variants in it."""
    made = cart.create(user_id=user_id)
    for one in variants:
        cart.add(cart=made, variant_id=one.pk, quantity=quantity)
    if voucher:
        cart.redeem(cart=made, code=voucher.code, network="192.0.2.1")
    if gift_card:
        cart.set_gift_card(cart=made, card_id=gift_card.card.pk)
    return made


def address(country: str = "DE") -> PostalAddress:
    return PostalAddress(
        name="Ada Byron", line1="Kastanienallee 12", postal_code="10435", city="Berlin", country=country
    )


def details(email: str = "ada@example.com", *, payment: str = "bank_transfer", **fields: Any) -> Details:
    wanted = {"address": address(), "shipping_method": "standard", "payment_method": payment, **fields}
    return Details(email=email, **wanted)


def jpeg(width: int = 900, height: int = 600, colour: str = "teal") -> io.BytesIO:
    """A picture as a file."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (width, height), colour).save(file, "JPEG")
    file.seek(0)
    return file
