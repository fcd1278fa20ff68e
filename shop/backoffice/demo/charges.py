"""What the shop charges beside its goods: value added tax and delivery."""

from dataclasses import dataclass

# Standard rates of value added tax in the EU and, as "reduced", the rate on printed books: for 2026, in percent.
# Source: the Commission's database "Taxes in Europe" (TEDB, https://ec.europa.eu/taxation_customs/tedb), as known when
# this was written; whoever trades with these figures checks them there first. New of late: Romania 21 and 11 since
# August 2025, Estonia 24 since July 2025, Slovakia 23 and 5 since January 2025, and on 1 January 2026 Finland's 14
# became 13.5 and Lithuania's rate on books 5. Denmark has no reduced rate. No row means an export: no tax.
VAT = {
    "AT": ("20", "10"), "BE": ("21", "6"), "BG": ("20", "9"), "CY": ("19", "3"), "CZ": ("21", "0"), "DE": ("19", "7"),
    "DK": ("25", "25"), "EE": ("24", "9"), "ES": ("21", "4"),
    "FI": ("25.5", "13.5"), "FR": ("20", "5.5"), "GR": ("24", "6"),
    "HR": ("25", "5"), "HU": ("27", "5"), "IE": ("23", "0"), "IT": ("22", "4"), "LT": ("21", "5"), "LU": ("17", "3"),
    "LV": ("21", "5"), "MT": ("18", "5"), "NL": ("21", "9"), "PL": ("23", "5"), "PT": ("23", "6"), "RO": ("21", "11"),
    "SE": ("25", "6"), "SI": ("22", "5"), "SK": ("23", "5"),
}  # fmt: skip

HOME = ("DE", "AT")
EUROPE = tuple(sorted(set(VAT) - set(HOME)))


@dataclass(frozen=True)
class Rate:
    """A delivery price in EUR for some countries; empty means everywhere else. `steps` are (from, price)."""

    countries: tuple[str, ...]
    basis: str  # "weight" in grams or "total" in EUR
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Method:
    code: str
    name: str
    description: str
    rates: tuple[Rate, ...]


METHODS = (
    Method(
        "standard",
        "Standard delivery",
        "2 to 6 working days; free within Germany and Austria from €80",
        (
            Rate(HOME, "total", (("0", "4.90"), ("80", "0"))),
            Rate(EUROPE, "weight", (("0", "9.90"), ("2000", "14.90"), ("10000", "24.90"))),
            Rate(("CH", "LI"), "weight", (("0", "14.90"), ("2000", "19.90"), ("10000", "39.90"))),
            Rate(("GB",), "weight", (("0", "15.90"), ("2000", "22.90"), ("10000", "44.90"))),
            Rate(("US",), "weight", (("0", "24.90"), ("2000", "39.90"), ("10000", "89.90"))),
            Rate((), "weight", (("0", "29.90"), ("2000", "49.90"), ("10000", "119.00"))),
        ),
    ),
    Method(
        "express",
        "Express delivery",
        "Next working day within Germany, 1 to 3 days elsewhere",
        (
            Rate(HOME, "weight", (("0", "14.90"), ("5000", "24.90"))),
            Rate((*EUROPE, "CH", "LI", "GB"), "weight", (("0", "29.90"), ("5000", "59.90"))),
            Rate(("US",), "weight", (("0", "59.90"), ("5000", "129.00"))),
        ),
    ),
    Method(
        "pickup",
        "Pick up in our shop",
        "Tuesday to Saturday, Kastanienallee 40, Berlin",
        (Rate(("DE",), "total", (("0", "0"),)),),
    ),
)
