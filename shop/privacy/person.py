"""Whose data: which rows of which tables belong to one person.

An account's rows are its owner's. What is known by an e-mail address alone, such as a guest's orders, belongs to them
only if they have proved the address: else whoever opens an account with a stranger's address would read, or erase, what
the store holds of that stranger.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.db.models import Model, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from shop.accounts.models import User
from shop.notifications.models import Mail
from shop.orders.models import Order, OrderQuerySet
from shop.payments.models import GiftCard

ABOUT_ACCOUNTS = "account_"  # begins the kinds of mails that an account causes


@dataclass(frozen=True)
class Person:
    """`proved`: their addresses of e-mail, without two spellings of one."""

    user: User | None
    proved: tuple[str, ...] = field(default=())

    def orders(self) -> OrderQuerySet:
        own = Q(user=self.user) if self.user else Q(pk__in=[])
        return Order.objects.filter(own | _is(self.proved, "email"))

    def mails(self) -> "QuerySet[Mail]":
        """To their addresses; of other addresses those about their orders, and about their account."""
        return Mail.objects.filter(_is(self.proved, "to") | self._about_account() | Q(pk__in=self._about_orders()))

    def gift_cards(self) -> "QuerySet[GiftCard]":
        """Those that were sent to them."""
        return GiftCard.objects.filter(_is(self.proved, "email"))

    def _about_account(self) -> Q:
        return Q(to__iexact=self.user.email, kind__startswith=ABOUT_ACCOUNTS) if self.user else Q(pk__in=[])

    def _about_orders(self) -> list[int]:
        if self.user is None:
            return []
        own = Order.objects.filter(user=self.user).exclude(_is(self.proved, "email"))
        return mails_of_orders(own.values_list("number", "email"))


def of_account(user: User) -> Person:
    """Return the owner of an account."""
    proved = EmailAddress.objects.filter(user=user, verified=True).order_by("pk").values_list("email", flat=True)
    return Person(user, tuple(proved))


def of_address(email: str) -> Person:
    """Return who has an address of e-mail, with an account or without: for staff, who know that it is theirs."""
    user = account_with(email)
    known = of_account(user).proved if user else ()
    return Person(user, (*(one for one in known if one.upper() != email.upper()), email))


def account_with(email: str) -> User | None:
    """Return the account that signs in with an address, or that has proved it to be another one of its own."""
    signs_in = User.objects.filter(email__iexact=email).first()
    other = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    return signs_in or (other.user if other else None)


def mails_of_orders(orders: Iterable[tuple[str, str]]) -> list[int]:
    """Return the ids of the mails about orders, given their numbers and addresses of e-mail; and of their summaries."""
    numbers: dict[str, list[str]] = {}
    for number, email in orders:
        numbers.setdefault(email, []).append(number)
    found: set[int] = set()
    for email, of_them in numbers.items():
        mails = Mail.objects.filter(to__iexact=email).annotate(number=KeyTextTransform("number", "context"))
        for pk, summary in mails.filter(number__in=of_them).values_list("pk", "folded_into"):
            found |= {pk, summary} if summary else {pk}
    return sorted(found)


def _is(addresses: Iterable[str], column: str) -> Q:
    condition = Q(pk__in=[])
    for address in addresses:
        condition |= Q(**{f"{column}__iexact": address})
    return condition


def ids(rows: "QuerySet[Model]") -> list[int]:
    return sorted(rows.order_by().values_list("pk", flat=True))
