"""Gift cards of the demo shop: one to pay with, one that is empty, one that has expired."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from shop.payments import gift_card_codes as codes
from shop.payments import gift_cards
from shop.payments.models import GiftCard


@dataclass(frozen=True)
class Sample:
    """A card whose code everybody knows. `used`: what a correction took off it again."""

    code: str
    amount: Decimal
    note: str
    used: Decimal = Decimal(0)
    ended: bool = False


SAMPLES = (
    Sample("TESS-ELLA-TEDC-ARDS", Decimal(50), "For whoever tries the shop."),
    Sample("TESS-ELLA-TEDE-MPTY", Decimal(25), "Sold at the fair.", used=Decimal(25)),
    Sample("TESS-ELLA-TEDP-ASTS", Decimal(10), "For a late parcel.", ended=True),
)


def write() -> None:
    """Write what is not there yet; what staff changed, or somebody spent, stays as it is. For one caller at a time."""
    for sample in SAMPLES:
        if not GiftCard.objects.filter(code_hash__in=codes.candidates(sample.code)).exists():
            _write(sample)


@transaction.atomic
def _write(sample: Sample) -> None:
    ended_at = timezone.now() - timedelta(days=30) if sample.ended else None
    card = gift_cards.write(sample.code, amount=sample.amount, note=sample.note, expires_at=ended_at)
    if sample.used:
        balance = sample.amount - sample.used
        gift_cards.correct(card_id=card.pk, balance=balance, seen=sample.amount, actor="", note="Spent at the counter.")
