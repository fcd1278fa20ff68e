"""The ways to pay. A new one is a module beside these and a line here."""

from shop.payments.errors import NoSuchMethod
from shop.payments.providers.bank_transfer import BankTransfer
from shop.payments.providers.card import Card
from shop.payments.providers.contract import Method, Provider

PROVIDERS: dict[str, Provider] = {provider.code: provider for provider in (Card(),)}
METHODS: dict[str, Method] = {**PROVIDERS, **{method.code: method for method in (BankTransfer(),)}}


def offered() -> list[Method]:
    """Return the methods a customer can choose from."""
    return [method for method in METHODS.values() if method.is_offered()]


def provider(code: str) -> Provider | None:
    """Return the service behind a method; None for a method without one."""
    return PROVIDERS.get(code)


def check_offered(code: str) -> None:
    """Raises NoSuchMethod."""
    if code not in {method.code for method in offered()}:
        raise NoSuchMethod
