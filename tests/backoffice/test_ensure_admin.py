import pytest
from django.core.management import CommandError, call_command

from shop.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("DEMO_ADMIN_PASSWORD", "seven wet otters")


def ensure(email="boss@example.com"):
    call_command("ensure_admin", email=email, verbosity=0)
    return User.objects.get(email__iexact=email)


def test_it_creates_a_superuser_who_can_sign_in(client):
    assert ensure().is_superuser
    answer = client.post("/admin/login/?next=/admin/", {"username": "boss@example.com", "password": "seven wet otters"})
    assert answer["Location"] == "/admin/"


def test_a_second_run_changes_nothing_so_sessions_live_on(client):
    client.force_login(ensure())
    ensure()
    assert client.get("/admin/").status_code == 200
    assert User.objects.count() == 1


def test_an_existing_account_is_brought_up_to_it_whatever_the_capitals():
    factories.user("Boss@Example.com", "something else", is_active=False)
    user = ensure("boss@example.com")
    assert (user.is_active, user.is_staff, user.is_superuser) == (True, True, True)
    assert user.check_password("seven wet otters")


def test_without_the_password_it_says_which_variable_is_missing(monkeypatch):
    monkeypatch.delenv("DEMO_ADMIN_PASSWORD")
    with pytest.raises(CommandError, match="DEMO_ADMIN_PASSWORD is not set"):
        ensure()


def test_what_is_no_address_is_refused():
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("ensure_admin", email="boss")
