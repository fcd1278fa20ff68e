"""Paying by bank transfer: no service to call; staff see the money arrive and say so."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop.payments.models import Payment
from shop.payments.providers.contract import Method


class BankTransfer(Method):
    code = "bank_transfer"
    name = gettext_lazy("Bank transfer")
    description = gettext_lazy("We send your parcel when the money has arrived.")

    def is_offered(self) -> bool:
        return bool(settings.SHOP_BANK_ACCOUNT)


def instructions(payment: Payment) -> dict[str, str]:
    """Return what the customer needs: {"account", "amount", "reference", "text"}, amounts in the active language."""
    number, amount, account = payment.order.number, payment.money.display(), settings.SHOP_BANK_ACCOUNT
    text = _("Please transfer %(amount)s to %(account)s and name %(number)s as the reference.")
    filled = text % {"amount": amount, "account": account, "number": number}
    return {"account": account, "amount": amount, "reference": number, "text": filled}
