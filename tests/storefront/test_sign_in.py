"""Signing in and out, and whose cart one then sees."""

import re

import pytest

from shop.accounts.models import User
from shop.cart.models import Cart, CartLine
from shop.notifications.message import build
from shop.notifications.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def sign_in(client, email: str):
    return client.post("/account/login/", {"login": email, "password": PASSWORD}, follow=True)


def add(client, variant, quantity: int = 1) -> None:
    client.post("/cart/lines/", {"variant": variant.pk, "quantity": quantity})


def test_the_guests_cart_joins_the_accounts(client, client_class):
    ada, star, petal = factories.user("ada@example.com"), factories.variant(), factories.variant()
    phone = client_class()
    sign_in(phone, "ada@example.com")
    add(phone, star)
    add(client, star, 2)
    add(client, petal)
    answer = sign_in(client, "ada@example.com")
    assert answer.status_code == 200
    cart = Cart.objects.open().get(user=ada)
    assert dict(cart.lines.values_list("variant_id", "quantity")) == {star.pk: 3, petal.pk: 1}
    assert client.cookies["cart"].value == ""


def test_whoever_signs_in_next_never_sees_the_cart_of_the_one_before(client):
    for name in ("ada", "bob"):
        factories.user(f"{name}@example.com")
    add(client, factories.variant(title="Ada's star"))
    sign_in(client, "ada@example.com")
    client.post("/account/logout/")
    assert "Your cart is empty" in client.get("/cart/").content.decode()
    sign_in(client, "bob@example.com")
    assert "Ada" not in client.get("/cart/").content.decode()
    assert not CartLine.objects.filter(cart__user__email="bob@example.com").exists()


def test_a_cart_waits_for_its_owner(client, client_class):
    factories.user("ada@example.com")
    sign_in(client, "ada@example.com")
    add(client, factories.variant(title="Star"))
    client.post("/account/logout/")
    elsewhere = client_class()
    sign_in(elsewhere, "ada@example.com")
    assert "Star" in elsewhere.get("/cart/").content.decode()


def test_registering_joins_the_cart_and_sends_a_link_that_confirms(client):
    add(client, factories.variant())
    values = {"email": "eve@example.com", "password1": "tessellate-nine-tiles"}
    welcome = client.post("/account/signup/", values, follow=True).content.decode()
    assert "A mail to eve@example.com brings a link that confirms your address." in welcome
    assert Cart.objects.open().get(user__email="eve@example.com").lines.count() == 1
    mail = Mail.objects.get(kind="account_confirm", to="eve@example.com")
    page = client.get(mail.context["url"])
    assert "eve@example.com" in page.content.decode()
    client.post(mail.context["url"])
    assert User.objects.get(email="eve@example.com").emailaddress_set.get().verified


def test_a_lost_password_is_replaced_through_the_mailed_link(client):
    factories.user("ada@example.com")
    client.post("/account/password/reset/", {"email": "ada@example.com"})
    link = Mail.objects.get(kind="account_reset").context["url"]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    new = "seventeen wallpaper groups"
    client.post(address, {"password1": new, "password2": new})
    client.post("/account/login/", {"login": "ada@example.com", "password": new})
    assert client.get("/account/orders/").status_code == 200
    used = client.get(link, follow=True).content.decode()
    assert "Send a new link" in used and 'type="password"' not in used  # which nobody could send


def test_a_mailed_link_leads_to_the_store_whatever_address_the_request_was_sent_to(client, settings):
    settings.ALLOWED_HOSTS = [".shop.example"]
    factories.user("ada@example.com")
    elsewhere = {"host": "old.shop.example:666"}
    client.post("/account/password/reset/", {"email": "ada@example.com"}, headers=elsewhere)
    new = {"email": "eve@example.com", "password1": "tessellate-nine-tiles"}
    client.post("/account/signup/", new, headers=elsewhere)
    links = [mail.context["url"] for mail in Mail.objects.filter(kind__in=["account_reset", "account_confirm"])]
    assert [link.startswith("http://testserver/account/") for link in links] == [True, True]


@pytest.mark.parametrize(
    ("address", "kind"), [("ada@example.com", "account_reset"), ("nobody@example.com", "account_unknown")]
)
def test_asking_for_a_new_password_does_not_tell_who_has_an_account(client, address, kind):
    factories.user("ada@example.com")
    answer = client.post("/account/password/reset/", {"email": address}, follow=True)
    assert "If there is an account with that address" in answer.content.decode()
    assert Mail.objects.get().kind == kind


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_who_has_not_confirmed_an_address_adds_no_other(client, is_confirmed):
    """Else a stranger who opened it with somebody's address would have a way in beside the owner's new password."""
    client.post("/account/signup/", {"email": "victim@example.com", "password1": "tessellate-nine-tiles"})
    own = User.objects.get().emailaddress_set
    own.update(verified=is_confirmed)
    page = client.post("/account/email/", {"action_add": "", "email": "eve@example.com"}, follow=True)
    assert own.filter(email="eve@example.com").exists() is is_confirmed
    assert ("Confirm your address first" in page.content.decode()) is not is_confirmed


def test_an_address_is_registered_once(client):
    factories.user("ada@example.com")
    answer = client.post("/account/signup/", {"email": "Ada@Example.com", "password1": "tessellate-nine-tiles"})
    assert "already registered" in answer.content.decode()
    assert User.objects.count() == 1


@pytest.mark.parametrize("kind", ["account_confirm", "account_reset", "account_unknown"])
def test_each_mail_has_its_link_in_both_forms(kind):
    message = build(Mail(pk=1, kind=kind, to="ada@example.com", context={"url": "https://shop.example/x/?a=1"}))
    assert "https://shop.example/x/?a=1" in message.body
    assert re.search(r'href="https://shop\.example/x/\?a=1"', message.alternatives[0][0])
    assert message.subject


@pytest.mark.parametrize("page", ["/account/", "/account/orders/", "/account/addresses/", "/account/email/"])
def test_the_accounts_pages_ask_strangers_to_sign_in(client, page):
    assert client.get(page)["Location"].startswith("/account/login/?next=")


@pytest.mark.parametrize("page", ["email", "password/change", "logout", "reauthenticate"])
def test_a_page_of_an_account_is_kept_nowhere(client, page):
    client.force_login(factories.user("ada@example.com"))
    assert "no-store" in client.get(f"/account/{page}/").headers.get("Cache-Control", "")


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_an_address_to_go_on_to_that_is_none_is_left_out(client, page):
    answer = client.get(f"/account/{page}/", {"next": "http://["})
    assert answer.status_code == 200


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_a_field_has_one_label_in_the_words_of_the_other_forms(client, page):
    form = client.get(f"/account/{page}/").content.decode().partition("<main")[2]
    assert ">E-mail</label>" in form
    assert "placeholder" not in form


def test_the_only_address_of_an_account_cannot_be_removed(client):
    client.force_login(factories.user("ada@example.com"))
    client.post("/account/email/", {"email": "ada@example.com", "action_send": ""})
    page = client.get("/account/email/").content.decode()
    assert "Send the link again" in page
    assert "Remove" not in page
