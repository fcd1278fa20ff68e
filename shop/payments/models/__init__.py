from shop.payments.models.gift_card import GiftCard, GiftCardEntry
from shop.payments.models.payment import GIFT_CARD, Payment, PaymentEvent

__all__ = ["GIFT_CARD", "GiftCard", "GiftCardEntry", "Payment", "PaymentEvent"]
