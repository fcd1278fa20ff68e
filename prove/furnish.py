"""`python -m prove.furnish PEOPLE NUMBER,NUMBER...`: fill an empty store, by its own services.

Goods, prices, a voucher, PEOPLE accounts and gift cards, and for each NUMBER a member of staff with a product to look
after.
"""

import sys
from decimal import Decimal

GOODS = {"lamp": "19.90", "rug": "99.00", "cushion": "24.50", "print": "12.00"}  # slug: price
PLENTY = 100_000  # pieces
STAFF_STOCK = 50
STAFF_PRICE = "30.00"
PASSWORD = "correct horse battery"
VOUCHER = "PROOF"  # ten per cent, once for each customer
GIFT = Decimal("5.00")  # on each gift card: less than any order costs


def main(people: int, staff: list[int]) -> None:
    import django

    django.setup()
    for slug, price in GOODS.items():
        product(slug, price, PLENTY)
    for number in staff:
        product(f"staff-{number}", STAFF_PRICE, STAFF_STOCK)
    accounts(people, staff)
    prices()
    voucher()
    gift_cards(people)


def gift_code(number: int) -> str:
    """The code of a visitor's gift card; its alphabet has no 0 and no 1."""
    return "PRVE" + f"{number:012d}".replace("0", "A").replace("1", "B")


def product(slug: str, price: str, stock: int) -> None:
    from shop.catalog import services as catalog
    from shop.inventory import services as inventory

    variants = (catalog.VariantData(sku=slug.upper(), price=Decimal(price), option_values=(), weight_g=500),)
    saved = catalog.save(catalog.ProductData(slug=slug, title=slug.title(), variants=variants))
    inventory.set_levels({variant.pk: stock for variant in saved.variants.values()})


def accounts(people: int, staff: list[int]) -> None:
    """One hash for all: hashing is slow on purpose."""
    from django.contrib.auth.hashers import make_password

    from shop.accounts.models import User

    password = make_password(PASSWORD)
    members = [User(email=f"member-{number}@example.com", password=password) for number in range(people)]
    rights = {"is_staff": True, "is_superuser": True}
    members += [User(email=f"staff-{number}@example.com", password=password, **rights) for number in staff]
    User.objects.bulk_create(members)


def prices() -> None:
    from shop.pricing.models import ShippingMethod, ShippingRate, TaxRate

    method, _created = ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})
    ShippingRate.objects.create(method=method, price=Decimal("4.90"))
    TaxRate.objects.create(country="DE", rate=Decimal(19), tax_class="standard")


def voucher() -> None:
    from shop.pricing.models import Voucher

    Voucher.objects.create(code=VOUCHER, value=Decimal(10), limit=PLENTY, limit_per_customer=1)


def gift_cards(people: int) -> None:
    """One for each number, with a code that whoever has the number knows."""
    from django.db import transaction

    from shop.payments.gift_cards import write

    with transaction.atomic():
        for number in range(people):
            write(gift_code(number), amount=GIFT)


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(number) for number in sys.argv[2].split(",") if number])
