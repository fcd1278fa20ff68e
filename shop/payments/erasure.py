"""What payments and gift cards no longer say of a customer. Amounts, moments and the provider's references stay."""

from collections.abc import Sequence

from shop.payments.models import GiftCard, GiftCardEntry, Payment


def clear_payments(order_ids: Sequence[int]) -> None:
    """Forget the provider's pages of payments that are over. Repeating changes nothing."""
    Payment.objects.filter(order__in=order_ids).exclude(state=Payment.State.PENDING).update(redirect_url="")


def clear_gift_cards(card_ids: Sequence[int]) -> None:
    """Forget who was given these cards, with which words and why. Whoever has the code spends the money as before."""
    GiftCard.objects.filter(pk__in=card_ids).update(email="", message="")
    GiftCardEntry.objects.filter(card__in=card_ids, kind=GiftCardEntry.Kind.ISSUE).exclude(note="").update(note="")
