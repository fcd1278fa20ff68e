"""Customers, their orders, and browsers."""

import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from shop.accounts import services as accounts
from shop.accounts.models import Address, OutsideIdentity, User
from shop.checkout import services as checkout
from shop.orders.models import Order
from tests import factories

PASSWORD = "correct horse battery"


def confirmed(email: str, name: str = "Ada Byron") -> User:
    user = factories.user(email, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def ordered(user: User | None = None, email: str = "ada@example.com", name: str = "Ada Byron", **more) -> Order:
    cart = factories.open_cart(factories.variant("10.00"), user_id=user and user.pk, **more)
    details = factories.details(email, address=replace(factories.address(), name=name))
    key = str(uuid.uuid4())
    return checkout.place_order(
        cart_id=cart.public_id, key=key, details=details, user_id=user.pk if user else None
    ).order


@pytest.fixture
def delivery_and_tax(db) -> None:
    factories.shipping()
    factories.tax()


def customer(name: str) -> SimpleNamespace:
    """Of whom the store holds something everywhere: an account with an order, and one that was placed as a guest."""
    email, whole = f"{name}@example.com", f"{name} Byron"
    user = confirmed(email, whole)
    address = Address.objects.create(user=user, name=whole, line1=f"{name}gasse 1", city="Berlin", country="DE")
    OutsideIdentity.objects.create(user=user, issuer="https://pool.example", subject=f"sub-{name}")
    accounts.sign_in(email=email, password=PASSWORD, device=f"{name}'s phone")
    card = factories.gift_card("30.00", email=email, message=f"For {name}", note=f"For {name}, who waited")
    voucher = factories.voucher()
    order = ordered(user, email, whole, voucher=voucher, gift_card=factories.gift_card("5.00"))
    guest = ordered(None, email.upper(), whole)
    factories.open_cart(factories.variant(title="A lamp"), user_id=user.pk)
    clerk = factories.user(f"clerk{next(factories.count)}@example.com", is_staff=True)
    for about in (user, address):
        kind = ContentType.objects.get_for_model(about)
        LogEntry.objects.create(
            user=clerk, action_flag=2, content_type=kind, object_id=about.pk, object_repr=str(about)
        )
    facts = {"user": user, "email": email, "order": order, "guest": guest, "card": card, "voucher": voucher}
    return SimpleNamespace(**facts, address=address, clerk=clerk)


@pytest.fixture
def ada(delivery_and_tax) -> SimpleNamespace:
    return customer("ada")


@pytest.fixture
def bob(ada) -> SimpleNamespace:
    """Whose data nobody touches."""
    return customer("bob")


@pytest.fixture
def client_class() -> type[Client]:
    """For tests with more than one browser."""
    return Client
