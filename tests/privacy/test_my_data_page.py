"""The account's page about one's data, and the same in the API."""

import json

import pytest
from django.contrib.sessions.models import Session

from shop.accounts.limits import SIGN_IN
from shop.accounts.models import RefreshFamily, User
from shop.privacy.limits import EXPORT
from shop.privacy.models import Erased, Request
from tests import factories
from tests.api.conftest import PROBLEM, Phone
from tests.privacy.conftest import PASSWORD

pytestmark = pytest.mark.django_db
TAKE, ERASE = "/account/data/take/", "/account/data/erase/"
SURE = {"erase-password": PASSWORD, "erase-sure": "on"}


@pytest.fixture
def phone() -> Phone:
    return Phone()


def sign_in(client, email: str) -> None:
    client.post("/account/login/", {"login": email, "password": PASSWORD})


def test_the_file_comes_for_the_password_and_holds_ones_own_data(client, ada):
    sign_in(client, ada.email)
    assert "Download my data" in client.get("/account/data/").content.decode()
    wrong = client.post(TAKE, {"take-password": "no idea"})
    assert (wrong.status_code, "The password is wrong" in wrong.content.decode()) == (403, True)
    answer = client.post(TAKE, {"take-password": PASSWORD})
    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.getvalue())["account"]["email"] == ada.email
    assert list(Request.objects.values_list("kind", "actor")) == [("export", "")]


def test_erasing_asks_for_password_and_tick_and_signs_out_everywhere(client, client_class, ada):
    other, phone = client_class(), Phone()
    for browser in (client, other):
        sign_in(browser, ada.email)
    refresh = phone.sign_in(ada.user)["refresh"]
    assert "Tick this if you are sure" in client.post(ERASE, {"erase-password": PASSWORD}).content.decode()
    assert client.post(ERASE, {**SURE, "erase-password": "no"}).status_code == 403
    assert User.objects.filter(pk=ada.user.pk).exists()
    answer = client.post(ERASE, SURE, follow=True)
    assert "Your account is erased" in answer.content.decode()
    assert not User.objects.filter(pk=ada.user.pk).exists()
    for browser in (client, other):
        assert browser.get("/account/orders/").status_code == 302
        browser.post("/account/login/", {"login": ada.email, "password": PASSWORD})
        assert browser.get("/account/orders/").status_code == 302
    assert phone.post("auth/token/refresh/", {"refresh": refresh}).json()["code"] == "refresh_refused"
    assert phone.get("me/").status_code == 401
    assert not RefreshFamily.objects.filter(user=ada.user.pk).exists()


def test_staff_read_why_they_are_not_erased(client):
    client.force_login(factories.user("boss@example.com", is_staff=True))
    answer = client.post(ERASE, SURE)
    assert (answer.status_code, "Ask whoever runs the shop" in answer.content.decode()) == (409, True)
    assert User.objects.exists()


def test_a_session_names_its_account_by_the_id_alone(client, ada):
    sign_in(client, ada.email)
    assert ada.email not in json.dumps(Session.objects.get().get_decoded())


def test_nobody_takes_or_erases_without_signing_in_and_no_other_site_makes_them(client, ada):
    assert client.post(ERASE, SURE)["Location"].startswith("/account/login/")
    assert client.post(TAKE, {"take-password": PASSWORD})["Location"].startswith("/account/login/")
    sign_in(client, ada.email)
    assert client.post(ERASE, SURE, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(ERASE).status_code == 405
    assert User.objects.filter(pk=ada.user.pk).exists()


def test_who_has_no_password_is_told_how_to_get_one(client):
    user = factories.user()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert "Choose a password" in client.get("/account/data/").content.decode()


def test_passwords_are_not_tried_without_end(client, ada):
    client.force_login(ada.user)
    codes = [client.post(TAKE, {"take-password": "no"}).status_code for _try in range(SIGN_IN.times + 1)]
    assert codes == [403] * SIGN_IN.times + [429]


def test_a_phone_takes_the_data_so_often_an_hour(phone, ada):
    assert phone.get("me/data/").status_code == 401
    phone.sign_in(ada.user)
    answer = phone.get("me/data/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "no-store"
    assert json.loads(answer.getvalue())["orders"][0]["number"] == ada.order.number
    codes = [phone.get("me/data/").status_code for _more in range(EXPORT.times)]
    assert codes == [200] * (EXPORT.times - 1) + [429]


def test_a_phone_erases_the_account_with_its_password(phone, ada):
    phone.sign_in(ada.user)
    for body, status, code in (({}, 403, "wrong_password"), ({"password": "no"}, 403, "wrong_password")):
        answer = phone.send("delete", "me/", body)
        assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (status, PROBLEM, code)
    assert phone.send("delete", "me/", {"password": PASSWORD}).status_code == 204
    again = phone.send("delete", "me/", {"password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (401, "token_invalid")
    assert phone.get("me/data/").status_code == 401
    assert Erased.objects.filter(what="account", row=ada.user.pk).exists()


def test_staff_do_not_erase_themselves_by_phone(phone):
    phone.sign_in(factories.user("boss@example.com", is_staff=True))
    answer = phone.send("delete", "me/", {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (409, "staff_account")
