"""What the erasure refuses."""

from django.utils.translation import gettext_lazy as _

from shop.errors import ShopError


class StaffAccount(ShopError):
    """The admin's log names who works there, or did, and has to go on doing so."""

    code = "staff_account"
    message = _("This account works, or has worked, in the shop's admin. Ask whoever runs the shop to close it.")


class ErasureBusy(ShopError):
    """An order of the same person, or a mail to them, is being worked on; asking again in a second is right."""

    code = "busy"
    message = _("Something of this account is being worked on. Nothing was erased. Try again in a moment.")
    retry_after = 2
