"""What staff change of a voucher, and what its table refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from shop.checkout.services import place_order
from shop.pricing import redemptions
from shop.pricing.models import Voucher
from tests import factories

pytestmark = pytest.mark.django_db


def use(voucher: Voucher) -> None:
    mine = factories.open_cart(factories.variant(), voucher=voucher)
    place_order(cart_id=mine.public_id, key="k", details=factories.details())


def test_a_limit_counts_what_was_used_before_it_and_cannot_be_lower():
    factories.shipping()
    ten = factories.voucher()
    for _ in range(2):
        use(ten)
    ten.limit = 1
    with pytest.raises(redemptions.LimitTooLow) as refused:
        redemptions.save(ten)
    assert refused.value.details == {"used": 2}
    assert Voucher.objects.get().limit is None
    for limit, used in ((2, 2), (None, 0), (9, 2)):
        ten.limit = limit
        redemptions.save(ten)
        assert (Voucher.objects.get().limit, Voucher.objects.get().used) == (limit, used)


def test_what_was_used_is_not_taken_from_a_form_that_was_opened_before():
    factories.shipping()
    ten = factories.voucher(limit=5)
    opened = Voucher.objects.get()
    use(ten)
    opened.note = "For the fair"
    redemptions.save(opened)
    assert (Voucher.objects.get().used, Voucher.objects.get().note) == (1, "For the fair")


@pytest.mark.parametrize(
    "facts",
    [
        {"code": "AB"},
        {"code": "Ä" * 5},
        {"kind": "percent", "value": Decimal("100.01")},
        {"kind": "amount", "value": Decimal(0)},
        {"kind": "free_delivery", "value": Decimal(1)},
        {"kind": "gift"},
        {"min_subtotal": Decimal(-1)},
        {"starts_at": timezone.now(), "ends_at": timezone.now() - timedelta(days=1)},
        {"limit": 2, "used": 3},
    ],
)
def test_what_makes_no_sense_is_refused_by_forms_and_by_the_database(facts):
    voucher = Voucher(**{"code": "TEN", "value": Decimal(10), **facts})
    with pytest.raises(ValidationError):
        voucher.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        voucher.save()
