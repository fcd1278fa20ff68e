"""What paying refuses."""

from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError
from shop.money import Money


class NoSuchMethod(ShopError):
    code = "no_such_payment_method"
    status = 422
    message = _("This payment method is not offered. Choose another one.")


class NotPayable(ShopError):
    """The order is paid, shipped or cancelled. `details["state"]` is the order's state."""

    code = "not_payable"
    message = _("There is nothing to pay for this order.")


class NothingToRefund(ShopError):
    """The payment brought no money, or all of it was given back."""

    code = "nothing_to_refund"
    message = _("Nothing of this payment is left to be given back.")


class RefundTooLarge(ShopError):
    code = "refund_too_large"
    status = 422


class RefundOtherFirst(ShopError):
    """What a gift card paid goes back last: the customer's own money first, which buys things elsewhere, too."""

    code = "refund_other_first"
    message = _("Give back the customer's own money first: %(left)s of this order's other payment are left.")

    def __init__(self, left: Money) -> None:
        super().__init__(self.message % {"left": left})


class RefundedMeanwhile(ShopError):
    code = "refunded_meanwhile"
    message = _("Somebody has given money back since you opened this. Look at what is left, and begin again.")


class ProviderUnavailable(ShopError):
    """The provider did not answer in time, or answered that it cannot. Asking again later is right."""

    code = "payment_provider_unavailable"
    status = 503
    retry_after = 30
    message = _("The payment page cannot be reached at the moment. Your order stands: try again in a minute.")


class BadWebhook(ShopError):
    """The message is not signed by the provider, is too old, or cannot be read."""

    code = "bad_webhook"
    status = 400
    message = _("This message was refused.")


class NoSuchPayment(ShopError):
    code = "no_such_payment"
    status = 404
    message = _("This payment is not known here.")
