"""Tokens of a Cognito user pool are as good as the store's own: of an emulated pool, and by keys that come and go."""

import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection

from shop.accounts import cognito, issuer_keys, outside
from shop.accounts.models import OutsideIdentity, User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
REGION = "eu-central-1"
APP = "an-app-of-ours"


class Issuer:
    """Signs as a user pool does, and publishes its keys on a port of its own."""

    def __init__(self) -> None:
        self.private: dict[str, rsa.RSAPrivateKey] = {}
        self.asked = 0
        self.is_away = False
        self.says: Any = None  # in place of its keys
        self.rotate()
        issuer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                self.send_response(503 if issuer.is_away else 200)
                self.end_headers()
                self.wfile.write(json.dumps(issuer.jwks() if issuer.says is None else issuer.says).encode())

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/pool"

    def rotate(self) -> None:
        self.private = {uuid.uuid4().hex: rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def jwks(self) -> dict[str, Any]:
        algorithm = jwt.algorithms.RSAAlgorithm
        return {
            "keys": [
                {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "RS256", "use": "sig"}
                for kid, key in self.private.items()
            ]
        }

    def token(self, use: str = "access", **claims: Any) -> str:
        ((kid, key),) = self.private.items()
        app = (
            {"client_id": APP} if use == "access" else {"aud": APP, "email": "ada@example.com", "email_verified": True}
        )
        now = int(time.time())
        usual = {"iss": self.url, "sub": "sub-of-ada", "token_use": use, "iat": now, "exp": now + 300}
        return jwt.encode({**usual, **app, **claims}, key, algorithm="RS256", headers={"kid": kid})


@pytest.fixture(scope="module")
def issuer_process() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def issuer(issuer_process, settings) -> Issuer:
    settings.COGNITO_ISSUER = issuer_process.url
    settings.COGNITO_JWKS_URL = issuer_process.url + "/.well-known/jwks.json"
    settings.COGNITO_CLIENT_IDS = [APP]
    cognito.keys.cache_clear()
    issuer_process.asked, issuer_process.is_away, issuer_process.says = 0, False, None
    return issuer_process


def linked(phone: Any, issuer: Issuer, **claims: Any) -> Any:
    return phone.post("auth/cognito/", {"id_token": issuer.token("id", **claims)})


def as_seen_with(phone: Any, token: str) -> tuple[int, str]:
    """The status of me/, and its e-mail or the problem's code."""
    phone.access = token
    answer = phone.get("me/")
    body = answer.json()
    return answer.status_code, body.get("email") or body["code"]


def test_with_a_token_of_a_real_user_pool_one_is_signed_in(phone, settings):
    address = os.environ["AWS_ENDPOINT_URL_SQS"]
    client = boto3.client("cognito-idp", region_name=REGION, endpoint_url=address)
    pool = client.create_user_pool(PoolName="shoppers", UsernameAttributes=["email"])["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    app = client.create_user_pool_client(
        UserPoolId=pool, ClientName="phone", ExplicitAuthFlows=flows, ReadAttributes=["email", "email_verified"]
    )
    app_id = app["UserPoolClient"]["ClientId"]
    attributes = [{"Name": "email", "Value": "ada@example.com"}, {"Name": "email_verified", "Value": "true"}]
    client.admin_create_user(UserPoolId=pool, Username="ada@example.com", UserAttributes=attributes)
    client.admin_set_user_password(
        UserPoolId=pool, Username="ada@example.com", Password="Correct-horse-1", Permanent=True
    )
    settings.COGNITO_ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{pool}"
    settings.COGNITO_JWKS_URL = f"{address}/{pool}/.well-known/jwks.json"
    settings.COGNITO_CLIENT_IDS = [app_id]
    cognito.keys.cache_clear()

    login = {"USERNAME": "ada@example.com", "PASSWORD": "Correct-horse-1"}
    tokens = client.initiate_auth(ClientId=app_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)
    tokens = tokens["AuthenticationResult"]
    assert as_seen_with(phone, tokens["AccessToken"]) == (401, "not_linked")
    phone.access = ""
    assert phone.post("auth/cognito/", {"id_token": tokens["IdToken"]}).json()["email"] == "ada@example.com"
    assert as_seen_with(phone, tokens["AccessToken"]) == (200, "ada@example.com")


def test_orders_and_carts_are_the_account_s(phone, issuer):
    cart = factories.open_cart(factories.variant())
    answer = phone.post("auth/cognito/", {"id_token": issuer.token("id"), "cart": str(cart.public_id)})
    assert answer.json()["cart"] is not None
    phone.access = issuer.token()
    assert len(phone.get("carts/current/").json()["lines"]) == 1
    assert phone.get("orders/").json()["results"] == []


def test_linking_again_gives_the_same_account_also_at_once(issuer):
    def once(_number: int) -> int:
        try:
            return outside.link(issuer.token("id")).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(once, range(4)))) == 1
    assert (User.objects.count(), OutsideIdentity.objects.count()) == (1, 1)


def test_an_address_that_has_an_account_is_linked_by_its_owner_alone(phone, others_phone, issuer):
    """Who opened it may not be who proves the address now."""
    ada = factories.user("ada@example.com")
    answer = linked(phone, issuer)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_exists")
    phone.sign_in(ada)
    assert linked(phone, issuer).json()["email"] == "ada@example.com"
    assert as_seen_with(phone, issuer.token()) == (200, "ada@example.com")

    others_phone.sign_in(factories.user("eve@example.com"))
    answer = linked(others_phone, issuer)
    assert (answer.status_code, answer.json()["code"]) == (409, "linked_elsewhere")


def test_a_sign_in_with_another_address_is_no_second_way_into_an_account(phone, issuer):
    """Who opened it with a stranger's address, or took its token, would still be in it after a new password."""
    phone.sign_in(factories.user("ada@example.com"))
    answer = linked(phone, issuer, sub="sub-of-eve", email="eve@example.com")
    assert (answer.status_code, answer.json()["code"]) == (409, "another_address")
    User.objects.update(is_active=False)
    assert linked(phone, issuer).status_code == 401, "nor is anything linked to a closed one"
    assert as_seen_with(phone, issuer.token(sub="sub-of-eve")) == (401, "not_linked")


def test_a_closed_account_stays_closed(phone, issuer):
    linked(phone, issuer)
    User.objects.update(is_active=False)
    assert as_seen_with(phone, issuer.token()) == (401, "not_linked")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"client_id": "another-app"}, "token_invalid"),
        ({"token_use": "id"}, "token_invalid"),
        ({"exp": 1}, "token_expired"),
        ({"iss": "https://elsewhere.example"}, "token_invalid"),
    ],
    ids=["of another app", "an id token", "too old", "of another issuer"],
)
def test_a_token_that_is_meant_for_something_else_is_refused(phone, issuer, claims, code):
    linked(phone, issuer)
    assert as_seen_with(phone, issuer.token(**claims)) == (401, code)


def test_a_token_of_a_clock_that_is_minutes_ahead_is_taken(phone, issuer):
    linked(phone, issuer)
    assert as_seen_with(phone, issuer.token(iat=int(time.time()) + 180))[0] == 200


def test_a_forged_token_is_refused(phone, issuer):
    linked(phone, issuer)
    stranger = Issuer.__new__(Issuer)
    stranger.url = issuer.url
    stranger.rotate()
    stranger.private = {next(iter(issuer.private)): next(iter(stranger.private.values()))}
    assert as_seen_with(phone, stranger.token()) == (401, "token_invalid")
    unsigned = jwt.encode({"iss": issuer.url, "sub": "sub-of-ada"}, None, algorithm="none")
    assert as_seen_with(phone, unsigned) == (401, "token_invalid")


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": ""}, {"aud": "another-app"}])
def test_an_id_token_that_proves_no_address_opens_no_account(phone, issuer, claims):
    assert linked(phone, issuer, **claims).status_code == 401
    assert not User.objects.exists()


def test_keys_are_asked_for_once_and_believed_while_the_issuer_is_away(phone, issuer, monkeypatch):
    linked(phone, issuer)
    issuer.is_away = True
    assert as_seen_with(phone, issuer.token())[0] == 200
    assert issuer.asked == 1
    kept = cognito.keys(issuer.url + "/.well-known/jwks.json")
    monkeypatch.setattr(kept, "_fetched_at", time.monotonic() - issuer_keys.FRESH - 1)
    monkeypatch.setattr(kept, "_asked_at", 0.0)
    assert as_seen_with(phone, issuer.token())[0] == 200  # asked, in vain
    assert issuer.asked == 2
    monkeypatch.setattr(kept, "_fetched_at", time.monotonic() - issuer_keys.STALE - 1)
    assert as_seen_with(phone, issuer.token()) == (503, "sign_in_unavailable")


def test_a_new_key_is_fetched_when_it_is_named_and_made_up_ones_cost_nothing(phone, issuer, monkeypatch):
    linked(phone, issuer)
    issuer.rotate()
    token = issuer.token()
    assert as_seen_with(phone, token) == (401, "token_invalid")  # asked a moment ago: not again yet
    monkeypatch.setattr(cognito.keys(issuer.url + "/.well-known/jwks.json"), "_asked_at", 0.0)
    assert as_seen_with(phone, token) == (200, "ada@example.com")
    asked = issuer.asked
    for _ in range(5):
        forged = jwt.encode(
            {"iss": issuer.url}, next(iter(issuer.private.values())), "RS256", {"kid": uuid.uuid4().hex}
        )
        assert as_seen_with(phone, forged)[0] == 401
    assert issuer.asked == asked


@pytest.mark.parametrize("said", [[], {"keys": None}, {"keys": ["a"]}, {"keys": [{"kty": "RSA"}]}])
def test_an_issuer_that_answers_something_else_than_keys_is_away(phone, issuer, said):
    issuer.says = said
    assert as_seen_with(phone, issuer.token()) == (503, "sign_in_unavailable")


def test_without_a_user_pool_nothing_is_linked(phone):
    assert phone.post("auth/cognito/", {"id_token": "a.b.c"}).status_code == 404


def test_who_signs_in_there_alone_erases_the_account_with_a_new_id_token(issuer, phone):
    """They have no password here; and an old token, which somebody may have found, does not do it."""
    phone.post("auth/cognito/", {"id_token": issuer.token("id")})
    phone.access = issuer.token()
    now = int(time.time())
    for asked, code in (
        ({"password": ""}, "wrong_password"),
        ({"id_token": issuer.token("id", auth_time=now - 700)}, "not_fresh"),
        ({"id_token": issuer.token("id", auth_time=now, sub="sub-of-bob")}, "not_fresh"),
        ({"id_token": "nonsense"}, "not_fresh"),
    ):
        answer = phone.send("delete", "me/", asked)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert phone.send("delete", "me/", {"id_token": issuer.token("id", auth_time=now)}).status_code == 204
    assert not User.objects.exists()
    assert phone.get("me/").json()["code"] == "not_linked"
