"""Registering, signing in and out by the API, without telling anybody who has an account."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.accounts.limits import REGISTER, SIGN_IN
from shop.accounts.models import RefreshFamily, User
from shop.api.serializers.accounts import MeSerializer
from shop.notifications.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db
NEW = {"email": "Ada@Example.com", "password": "correct horse battery", "name": "Ada"}


def test_a_new_account_works_at_once_and_its_address_is_to_be_verified(phone):
    answer = phone.post("auth/register/", NEW)
    assert answer.status_code == 202
    user = User.objects.get()
    assert (user.email, user.name) == ("ada@example.com", "Ada")
    assert not EmailAddress.objects.get(user=user, primary=True).verified
    mail = Mail.objects.get()
    assert (mail.kind, mail.to) == ("account_confirm", "ada@example.com")
    link = mail.context["url"]
    assert link.startswith("http://testserver/account/confirm-email/")
    phone.http.post(link)
    assert EmailAddress.objects.get(user=user).verified
    phone.sign_in(user)
    assert phone.get("me/").json() == {"id": user.pk, "email": "ada@example.com", "name": "Ada"}


def test_nobody_learns_whether_an_address_has_an_account(phone):
    factories.user("ada@example.com")
    known = phone.post("auth/register/", NEW)
    unknown = phone.post("auth/register/", {**NEW, "email": "bob@example.com"})
    assert (known.status_code, known.json()["detail"]) == (unknown.status_code, unknown.json()["detail"])
    assert sorted(known.json()) == sorted(unknown.json())
    assert User.objects.filter(email__iexact="ada@example.com").count() == 1
    kinds = dict(Mail.objects.values_list("to", "kind"))
    assert kinds == {"ada@example.com": "account_known", "bob@example.com": "account_confirm"}


def test_a_known_address_brings_no_row_into_the_log_of_postgresql(phone):
    """It writes down each statement that it refuses, and all that is in it."""
    factories.user("Ada@example.com")
    with CaptureQueriesContext(connection) as asked:
        phone.post("auth/register/", NEW)
    assert not [query for query in asked if 'INSERT INTO "accounts_user"' in query["sql"]]


def test_registering_does_not_change_an_accounts_password(phone):
    user = factories.user("ada@example.com", "the old one of ada")
    phone.post("auth/register/", NEW)
    assert phone.post("auth/token/", NEW).status_code == 401
    phone.sign_in(user, "the old one of ada")


@pytest.mark.parametrize(("password", "code"), [("short", "password_too_short"), ("password1", "password_too_common")])
def test_a_password_that_is_easy_to_guess_is_refused(phone, password, code):
    answer = phone.post("auth/register/", {**NEW, "password": password})
    assert answer.status_code == 400
    assert ("#/password", code) in {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def test_one_answer_for_all_that_do_not_get_in(phone):
    factories.user("ada@example.com")
    factories.user("closed@example.com", is_active=False)
    answers = [
        phone.post("auth/token/", {"email": "ada@example.com", "password": "wrong"}),
        phone.post("auth/token/", {"email": "nobody@example.com", "password": "wrong"}),
        phone.post("auth/token/", {"email": "closed@example.com", "password": "correct horse battery"}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "wrong_credentials"
    assert answers[0]["WWW-Authenticate"] == "Bearer"


def test_tokens_are_told_how_long_they_last_and_capitals_do_not_matter(phone):
    factories.user("ada@example.com")
    answer = phone.post("auth/token/", {**NEW, "device": "Ada's phone"})
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"], tokens["cart"]) == ("Bearer", 900, None)
    assert answer["Cache-Control"] == "no-store"
    assert RefreshFamily.objects.get().device == "Ada's phone"


@pytest.mark.parametrize("spelling", ["ADMIN@example.com", "adm\u0131n@example.com"])
def test_guessing_ends_after_ten_tries_also_with_the_right_password(phone, spelling):
    """In whatever spelling: the capital of a dotless i is an I, so it finds the account, too."""
    user = factories.user("admin@example.com")
    wrong = {"email": spelling, "password": "wrong"}
    assert {phone.post("auth/token/", wrong).status_code for _ in range(SIGN_IN.times)} == {401}
    refused = phone.post("auth/token/", {"email": user.email, "password": "correct horse battery"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(refused["Retry-After"]) <= SIGN_IN.seconds
    phone.sign_in(factories.user())


def test_the_right_password_begins_the_count_anew(phone):
    user = factories.user()
    for _ in range(3):
        for _ in range(SIGN_IN.times - 1):
            phone.post("auth/token/", {"email": user.email, "password": "wrong"})
        phone.sign_in(user)


@pytest.mark.django_db(transaction=True)  # PostgreSQL looks at references when it commits
@pytest.mark.parametrize(("method", "path"), [("post", "carts/"), ("get", "me/")])
def test_a_token_of_an_account_that_was_deleted_is_refused(phone, method, path):
    user = factories.user()
    phone.sign_in(user)
    user.delete()
    answer = phone.send(method, path)
    assert (answer.status_code, answer["WWW-Authenticate"].split()[0]) == (401, "Bearer")


def test_nobody_floods_a_mailbox_by_registering_it(phone):
    answers = [phone.post("auth/register/", NEW).status_code for _ in range(REGISTER.times + 1)]
    assert answers == [202] * REGISTER.times + [429]


def test_a_request_with_an_access_token_asks_nothing_about_the_user(phone, django_assert_num_queries):
    user = factories.user()
    phone.sign_in(user)
    phone.get("carts/current/")
    with django_assert_num_queries(1):  # the orders
        assert phone.get("orders/").status_code == 200
    with django_assert_num_queries(1):  # the user, as that is what is asked for
        assert phone.get("me/").status_code == 200


def test_a_signed_in_request_touches_no_session_and_sets_no_cookie(phone, django_assert_num_queries):
    phone.sign_in()
    phone.http.cookies["sessionid"] = "x" * 32
    with django_assert_num_queries(1):
        answer = phone.get("orders/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_a_session_of_the_store_is_no_way_into_the_api(phone):
    phone.http.force_login(factories.user(is_staff=True, is_superuser=True))
    assert phone.get("me/").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer x.y.z", "bearer x.y.z", "Bearer \xff"])
def test_a_token_that_is_none_is_refused(phone, header):
    answer = phone.get("me/", Authorization=header)
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_invalid"


def test_ones_name_can_be_changed_and_ones_address_not(phone):
    user = factories.user("ada@example.com")
    phone.sign_in(user)
    changed = phone.patch("me/", {"name": "Ada Lovelace", "email": "eve@example.com", "is_staff": True})
    assert changed.json() == {"id": user.pk, "email": "ada@example.com", "name": "Ada Lovelace"}
    user.refresh_from_db()
    assert (user.name, user.email, user.is_staff) == ("Ada Lovelace", "ada@example.com", False)


def test_changing_ones_name_leaves_alone_what_somebody_changes_at_the_same_moment():
    read = factories.user()
    User.objects.update(is_active=False, password="new")
    me = MeSerializer(read, data={"name": "Ada Lovelace"}, partial=True)
    me.is_valid(raise_exception=True)
    me.save()
    assert User.objects.values_list("name", "is_active", "password").get() == ("Ada Lovelace", False, "new")


def test_a_closed_account_is_not_shown(phone):
    user = factories.user()
    phone.sign_in(user)
    User.objects.update(is_active=False)
    assert phone.get("me/").status_code == 401


def test_refreshing_and_signing_out(phone):
    tokens = phone.sign_in()
    fresh = phone.post("auth/token/refresh/", {"refresh": tokens["refresh"]})
    assert fresh.status_code == 200
    phone.access = fresh.json()["access"]
    assert phone.get("me/").status_code == 200
    out = phone.post("auth/logout/", {"refresh": fresh.json()["refresh"]})
    assert (out.status_code, out.content) == (204, b"")
    assert phone.post("auth/logout/", {"refresh": fresh.json()["refresh"]}).status_code == 204
    refused = phone.post("auth/token/refresh/", {"refresh": fresh.json()["refresh"]})
    assert (refused.status_code, refused.json()["code"]) == (401, "refresh_refused")


def test_an_access_token_is_no_refresh_token_nor_the_other_way(phone):
    tokens = phone.sign_in()
    assert phone.post("auth/token/refresh/", {"refresh": tokens["access"]}).status_code == 401
    phone.access = tokens["refresh"]
    assert phone.get("me/").status_code == 401
