"""Which `code` a problem may have, for the API's description."""

from http import HTTPStatus

from rest_framework import exceptions

from shop.accounts.cognito import IssuerAway
from shop.accounts.confirming import NotFresh, WrongPassword
from shop.accounts.errors import RefreshRefused, WrongCredentials
from shop.accounts.outside import AccountExists, AnotherAddress, LinkedElsewhere
from shop.api.authentication import NotLinked, TokenExpired, TokenInvalid
from shop.api.endpoint import NotHere
from shop.api.order_access import NoSuchOrder
from shop.api.orders import KeyInvalid, KeyMissing
from shop.api.parsers import BodyTooLarge
from shop.cart.services import CartChanged, CartFull, NoSuchCart, NoSuchLine, NoSuchVariant, SoldOut
from shop.checkout.errors import Busy, CartEmpty, CartOrdered, KeyReused, NoSuchDelivery, ToPayChanged, TotalChanged
from shop.errors import ShopError
from shop.inventory.services import OutOfStock
from shop.payments.errors import NoSuchMethod, NotPayable, ProviderUnavailable
from shop.platform.keyset import BadCursor
from shop.platform.throttle import TooManyTries
from shop.pricing import gift_cards, vouchers
from shop.privacy.errors import ErasureBusy, StaffAccount

REFUSALS: tuple[tuple[str, tuple[type[ShopError], ...]], ...] = (
    ("Signing in", (WrongCredentials, RefreshRefused, AccountExists, AnotherAddress, LinkedElsewhere, IssuerAway)),
    ("One's own data", (WrongPassword, NotFresh, StaffAccount, ErasureBusy)),
    ("Carts", (NoSuchCart, NoSuchVariant, NoSuchLine, SoldOut, CartFull, CartChanged)),
    ("Vouchers", (
        vouchers.VoucherUnknown, vouchers.VoucherNotYet, vouchers.VoucherEnded,
        vouchers.VoucherUsedUp, vouchers.VoucherUsedByYou, vouchers.VoucherMinimum,
    )),
    ("Gift cards", (
        gift_cards.GiftCardUnknown, gift_cards.GiftCardExpired, gift_cards.GiftCardCurrency,
        gift_cards.GiftCardEmpty, gift_cards.GiftCardChanged,
    )),
    ("Orders", (
        KeyMissing, KeyInvalid, KeyReused, CartEmpty, CartOrdered, OutOfStock, TotalChanged, ToPayChanged,
        NoSuchDelivery, NoSuchMethod, Busy, NoSuchOrder, NotPayable, ProviderUnavailable,
    )),
    ("Anywhere", (BadCursor, TooManyTries, NotHere)),
)  # fmt: skip
OF_EACH_REQUEST: tuple[type[exceptions.APIException], ...] = (
    exceptions.NotAuthenticated, TokenExpired, TokenInvalid, NotLinked, exceptions.NotFound,
    exceptions.MethodNotAllowed, exceptions.NotAcceptable, exceptions.UnsupportedMediaType, BodyTooLarge,
)  # fmt: skip
NAMED_BY_US = "400 `malformed`, 400 `invalid`, 500 `server_error`"


def listed() -> str:
    """Return all codes with their statuses, as Markdown. `unavailable` is also what an outage answers with."""
    groups = [(title, [(one.status, one.code) for one in classes]) for title, classes in REFUSALS]
    usual = [(one.status_code, one.default_code) for one in OF_EACH_REQUEST]
    lines = [f"* {title}: {', '.join(_named(*one) for one in found)}." for title, found in groups]
    return "\n".join([*lines, f"* Of each request: {NAMED_BY_US}, {', '.join(_named(*one) for one in usual)}."])


def _named(status: int, code: object) -> str:
    return f"{HTTPStatus(status).value} `{code}`"
