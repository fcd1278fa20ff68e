"""What every payment method offers, and what it says about a payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from shop.money import Money
from shop.payments.models import Payment


class Status(StrEnum):
    """How a payment stands at the provider. All but OPEN are final there."""

    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ProviderState:
    """A payment as its provider sees it: `reference` is the provider's id, `message` the reason of a decline."""

    reference: str
    status: Status
    money: Money
    message: str = ""


@dataclass(frozen=True)
class Started:
    """Where to send the customer; `redirect_url` is empty if there is nowhere to go."""

    reference: str
    redirect_url: str


@dataclass(frozen=True)
class WebhookEvent:
    """A message of the provider, its signature checked. `payment` is our Payment.public_id."""

    event_id: str
    kind: str
    payment: UUID
    state: ProviderState
    occurred_at: datetime


class Method(Protocol):
    """A way to pay, as a customer chooses it."""

    code: str
    name: str | Promise
    description: str | Promise

    def is_offered(self) -> bool:
        """Say whether this shop is set up for it."""
        ...


class Provider(Method, Protocol):
    """A method with a service behind it. Its calls may take seconds: never make them inside a transaction."""

    def start(self, payment: Payment, *, return_url: str, webhook_url: str) -> Started:
        """Announce a payment. Repeated for one payment it gives the same answer. Raises ProviderUnavailable."""
        ...

    def fetch(self, reference: str) -> ProviderState:
        """Ask how a payment stands. Raises ProviderUnavailable."""
        ...

    def cancel(self, reference: str) -> ProviderState:
        """Void an open payment; a settled one stays as it is. Returns how it stands now. Raises ProviderUnavailable."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Check the signature and read the message. Raises BadWebhook."""
        ...
