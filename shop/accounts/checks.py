"""Mistakes in the settings of accounts that would only show when somebody signs in."""

from typing import Any

from django.core.checks import CheckMessage, Error

from shop.accounts.keys import BadKey, key_set


def signing_keys(**_: Any) -> list[CheckMessage]:
    """accounts.E001: the keys for access tokens are missing or cannot be used."""
    try:
        key_set()
    except BadKey as error:
        hint = "Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        return [Error(str(error), hint=hint, id="accounts.E001")]
    return []
