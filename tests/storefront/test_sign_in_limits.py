"""How often one may try, and how many mails a stranger may cause."""

import pytest

from shop.accounts import limits
from shop.accounts.limits import MAIL
from shop.notifications.models import Mail
from shop.platform.throttle import Limit
from shop.storefront import adapter
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_a_network(monkeypatch):
    monkeypatch.setattr(adapter, "SIGN_IN_NETWORK", Limit("sign-in-network", times=2, seconds=300))
    assert limits.SIGN_IN_NETWORK.times == 300


def test_one_network_cannot_try_many_accounts(client, two_a_network):
    factories.user("ada@example.com")
    for name in ("bob", "eve"):
        client.post("/account/login/", {"login": f"{name}@example.com", "password": "wrong"})
    client.post("/account/login/", {"login": "ada@example.com", "password": "correct horse battery"})
    assert client.get("/account/orders/").status_code == 302


def test_one_network_cannot_write_to_any_number_of_strangers(client, monkeypatch):
    monkeypatch.setattr(adapter, "MAIL_NETWORK", Limit("account-mail-network", times=2, seconds=300))
    forms = [{"email": f"stranger{number}@example.com"} for number in range(3)]
    assert [client.post("/account/password/reset/", form).status_code for form in forms] == [302, 302, 429]
    assert Mail.objects.count() == 2


def test_one_network_cannot_open_accounts_without_end(client_class, two_a_network):
    answers = []
    for number in range(3):
        form = {"email": f"eve{number}@example.com", "password1": "tessellate-nine-tiles"}
        answers.append(client_class().post("/account/signup/", form).status_code)
    assert answers == [302, 302, 429]


@pytest.mark.parametrize("known", [True, False])
def test_a_mailbox_is_not_flooded_and_the_answer_stays_the_same(client, known):
    if known:
        factories.user("ada@example.com")
    answers = {
        client.post("/account/password/reset/", {"email": email})["Location"]
        for email in ["ada@example.com", "Ada@Example.com"] * MAIL.times
    }
    assert Mail.objects.count() == MAIL.times
    assert len(answers) == 1
