"""What the shop refuses a customer. Each interface turns a ShopError into its own kind of answer, in one place."""

from typing import Any

from django.utils.functional import Promise


class ShopError(Exception):
    """A refusal with a reason a customer can act on.

    `code` is stable and for machines; `message` is translatable and for people; `status` is the HTTP status that
    fits; `details` holds JSON-ready facts such as the quantity still there; `retry_after` is in seconds.
    """

    code = "refused"
    status = 409
    message: str | Promise = ""
    retry_after: int | None = None

    def __init__(self, message: str | Promise | None = None, **details: Any) -> None:
        self.message = message or self.message
        self.details = details
        super().__init__(str(self.message))
