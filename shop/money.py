"""Money: an exact amount with its currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering

from django.utils.formats import number_format

CENT = Decimal("0.01")
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def rounded(amount: Decimal) -> Decimal:
    """Round to two places, half up, as invoices do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount in major units (19.90), always with two places.

    To add two currencies, or to ask which is more, raises ValueError; they are never equal.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", rounded(Decimal(self.amount)))

    def __add__(self, other: "Money") -> "Money":
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._check(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._check(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def minor(self) -> int:
        """The amount in cents, as payment providers count."""
        return int(self.amount * 100)

    def json(self) -> dict[str, str]:
        """Return {"amount": "19.90", "currency": "EUR"}: a string, because JSON numbers lose cents."""
        return {"amount": str(self.amount), "currency": self.currency}

    def display(self, places: int = 2) -> str:
        """Return the amount as a price tag shows it, in the active language: €1,290.00, or €1,290 with no `places`."""
        figures = number_format(self.amount, decimal_pos=places, force_grouping=True)
        symbol = SYMBOLS.get(self.currency)
        return f"{symbol}{figures}" if symbol else f"{figures} {self.currency}"

    def _check(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} can be neither added nor compared")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum amounts; zero in `currency` for none."""
    return sum(amounts, Money(Decimal(0), currency))
