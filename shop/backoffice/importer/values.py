"""Reading single values as merchants write them. Raises Unusable with a reason that fits after "Line 12:"."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from shop.backoffice.importer.reader import Row
from shop.inventory.models import MOST
from shop.money import rounded

YES = {"true", "yes", "y", "1", "t", "continue"}
NO = {"false", "no", "n", "0", "f", "deny"}
HIGHEST_PRICE = Decimal("9999999999.99")  # what the column holds
HEAVIEST = 2_000_000_000  # grams
GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}


class Unusable(ValueError):
    """A value that cannot be taken as it is."""


def text(value: str) -> str:
    """Drop the apostrophe that Excel users put before digits, so that it stays text."""
    return value.removeprefix("'").strip()


def price(value: str) -> Decimal:
    amount = rounded(_number(value, _("the price")))
    if not 0 <= amount <= HIGHEST_PRICE:
        raise Unusable(_("the price %(value)s is out of range") % {"value": value})
    return amount


def flag(value: str, *, default: bool) -> bool:
    lower = value.lower()
    return True if lower in YES else False if lower in NO else default


def weight(row: Row) -> int:
    """Return grams: of the column that holds grams, else of weight and unit."""
    if row["grams"]:
        grams = _number(row["grams"], _("the weight"))
    elif row["weight"]:
        grams = _number(row["weight"], _("the weight")) * GRAMS.get(row["weight_unit"].lower(), Decimal(1000))
    else:
        return 0
    if not 0 <= grams <= HEAVIEST:
        raise Unusable(_("the weight %(grams)s g is out of range") % {"grams": grams})
    return int(grams.quantize(Decimal(1), ROUND_HALF_UP))


def pieces(value: str) -> int:
    """Return a whole number of pieces, which may be negative; 0 for none given."""
    number = _number(value or "0", _("the stock"))
    if number != int(number) or abs(number) > MOST:
        raise Unusable(_("the stock %(value)s is not a number of pieces") % {"value": value})
    return int(number)


def _number(value: str, what: str) -> Decimal:
    try:
        number = Decimal(text(value))
    except InvalidOperation as error:
        raise Unusable(_("%(what)s “%(value)s” is not a number") % {"what": what, "value": value[:40]}) from error
    # 1e999999 is a number, and as digits it would fill the memory.
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise Unusable(_("%(what)s “%(value)s” is not a usable number") % {"what": what, "value": value[:40]})
    return number
