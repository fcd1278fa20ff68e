"""What paying refuses."""

from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError


class NoSuchMethod(ShopError):
    code = "no_such_payment_method"
    status = 422
    message = _("This payment method is not offered. Choose another one.")


class NotPayable(ShopError):
    """The order is paid, shipped or cancelled. `details["state"]` is the order's state."""

    code = "not_payable"
    message = _("There is nothing to pay for this order.")


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
