"""What the checkout refuses."""

from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError


class CartEmpty(ShopError):
    code = "cart_empty"
    status = 422
    message = _("The cart is empty.")


class CartOrdered(ShopError):
    """The cart was ordered before, under another key. `details` names the order: {"number", "token"}."""

    code = "cart_ordered"
    message = _("This cart was already ordered.")


class KeyReused(ShopError):
    """The idempotency key was used before, for another request. `details` may name the order: {"number"}."""

    code = "idempotency_key_reused"
    status = 422
    message = _("This order was already placed with other details. Use a new Idempotency-Key for a new order.")


class NoSuchDelivery(ShopError):
    code = "no_such_delivery"
    status = 422
    message = _("This delivery method is not offered for that address. Choose another one.")


class TotalChanged(ShopError):
    """Prices or contents differ from what the customer agreed to. `details["total"]` is the new total."""

    code = "total_changed"
    message = _("The total has changed since you saw it. Look at it again before you order.")


class ToPayChanged(ShopError):
    """The gift card pays more or less than the customer agreed to. `details["to_pay"]` is what is left to pay now."""

    code = "to_pay_changed"
    message = _("What is left to pay has changed since you saw it. Look at it again before you order.")


class Busy(ShopError):
    """Another request holds what this one needs; asking again in a second is right."""

    code = "busy"
    message = _("Your order is being worked on. Try again in a moment.")
    retry_after = 1
