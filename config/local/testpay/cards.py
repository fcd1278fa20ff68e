"""The test cards, and what a customer may write into the form."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum


class Outcome(Enum):
    PAYS = "pays"
    DECLINES = "is declined"
    ASKS = "asks for a confirmation first"


CARDS = {
    "4242424242424242": Outcome.PAYS,
    "4000000000000002": Outcome.DECLINES,
    "4000002500003155": Outcome.ASKS,
}


def written(number: str) -> str:
    """Return "4242 4242 4242 4242"."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def mistakes(form: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each wrong field of {"number", "expiry", "code"}; empty if all is well."""
    found = {
        "number": "" if number_of(form) in CARDS else "This is a test provider: use one of the test cards below.",
        "expiry": _expiry_mistake(form.get("expiry", "")),
        "code": "" if re.fullmatch(r"\d{3,4}", form.get("code", "").strip()) else "Enter any three digits.",
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def number_of(form: Mapping[str, str]) -> str:
    return re.sub(r"[\s-]", "", form.get("number", ""))


def _expiry_mistake(text: str) -> str:
    match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*/?\s*(?:20)?(\d\d)\s*", text)
    if not match:
        return "Enter month and year, as in 12/34."
    month, year = int(match[1]), 2000 + int(match[2])
    now = datetime.now(UTC)
    return "This card has expired: enter any later month." if (year, month) < (now.year, now.month) else ""
