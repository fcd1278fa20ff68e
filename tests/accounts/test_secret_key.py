"""A new SECRET_KEY while pods with the old one still run, as docs/operations.md changes it."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
OLD, NEW, PIECE = "the old secret key" * 3, "the new secret key" * 3, "A piece to be found again"


@pytest.fixture
def known_to(settings):
    """Whether a pod with these keys knows who is signed in, and the cart of a guest."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, [NEW]
    ada, guest = Client(), Client()
    ada.force_login(factories.user("ada@example.com"))
    guest.post("/cart/lines/", {"variant": factories.variant(title=PIECE).pk, "quantity": 1})

    def known_to(key: str, *others: str) -> tuple[bool, bool]:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(others)
        return ada.get("/account/orders/").status_code == 200, PIECE in guest.get("/cart/").content.decode()

    return known_to


def test_a_key_that_all_pods_knew_first_loses_nobody(known_to):
    steps = [(OLD, NEW), (NEW, OLD), (OLD, NEW), (NEW, OLD)]  # pods of the second step beside those of the first
    assert [known_to(*step) for step in steps] == [(True, True)] * 4


def test_a_key_that_some_pods_do_not_know_signs_out_who_meets_them(known_to):
    assert known_to(NEW, OLD) == (True, True)
    assert known_to(OLD)[0] is False
