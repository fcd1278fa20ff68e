"""Signing keys: named in each token, published, changed without signing anybody out, checked at start."""

import uuid
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.checks import run_checks
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError

from config.local.secret_files import signing_key
from shop.accounts import keys
from shop.accounts.tokens import AccessToken, RefreshToken, access_token


def public_of(private: str) -> str:
    key = serialization.load_pem_private_key(private.encode(), None).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def pem(key) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def new_token() -> str:
    return access_token(user_id=7, family=uuid.uuid4())


def test_a_token_names_its_key_and_verifies_with_the_published_one(client):
    token = new_token()
    answer = client.get("/.well-known/jwks.json")
    assert answer["Cache-Control"] == "public, max-age=300"
    published = jwt.PyJWKSet.from_dict(answer.json())
    claims = jwt.decode(token, published[jwt.get_unverified_header(token)["kid"]], algorithms=["ES256"])
    assert claims["sub"] == "7"
    assert "d" not in answer.json()["keys"][0], "the private part stays here"


def test_tokens_outlive_a_change_of_the_key_and_both_keys_are_published(settings, client):
    old = settings.JWT_SIGNING_KEY
    token = new_token()
    settings.JWT_SIGNING_KEY, settings.JWT_PREVIOUS_KEYS = signing_key(), old
    assert AccessToken(token)["sub"] == "7"
    assert len(client.get("/.well-known/jwks.json").json()["keys"]) == 2
    settings.JWT_PREVIOUS_KEYS = public_of(old) + public_of(signing_key())
    assert AccessToken(token)["sub"] == "7"
    assert AccessToken(new_token())["sub"] == "7"
    settings.JWT_PREVIOUS_KEYS = ""
    with pytest.raises(TokenError):
        AccessToken(token)


def test_the_next_key_can_be_announced_before_it_signs(settings):
    current, coming = settings.JWT_SIGNING_KEY, signing_key()
    settings.JWT_SIGNING_KEY = coming
    token = new_token()
    settings.JWT_SIGNING_KEY, settings.JWT_PREVIOUS_KEYS = current, public_of(coming)
    assert AccessToken(token)["sub"] == "7"


@pytest.mark.parametrize("kind", [AccessToken, RefreshToken])
def test_a_pod_whose_clock_is_minutes_behind_takes_what_another_made_just_now(kind):
    token = kind()
    token.set_iat(at_time=timezone.now() + timedelta(minutes=3))
    assert kind(str(token))["jti"] == token["jti"]


def test_a_token_signed_otherwise_is_refused(settings):
    kid = keys.key_set().kid
    claims = jwt.decode(new_token(), options={"verify_signature": False})
    forged = [
        jwt.encode(claims, "", algorithm="none", headers={"kid": kid}),
        jwt.encode(claims, signing_key(), algorithm="ES256", headers={"kid": kid}),
        jwt.encode(claims, settings.JWT_SIGNING_KEY, algorithm="ES256"),
        jwt.encode(claims, "a secret that is long enough to be one", algorithm="HS256", headers={"kid": kid}),
    ]
    for token in forged:
        with pytest.raises(TokenError):
            AccessToken(token)


def test_one_line_with_escaped_breaks_is_a_key_too():
    private = signing_key()
    assert keys.parse(private.replace("\n", "\\n")).kid == keys.parse(private).kid


@pytest.mark.parametrize(
    ("signing", "others", "words"),
    [
        ("", "", "JWT_SIGNING_KEY is not set"),
        ("secret", "", "no key in PEM form"),
        (public_of(signing_key()), "", "one private key"),
        (pem(rsa.generate_private_key(65537, 2048)), "", "P-256"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "", "P-256"),
        (signing_key(), "rubbish", "JWT_PREVIOUS_KEYS"),
        (signing_key().replace("M", "!", 3), "", "cannot be read"),
    ],
)
def test_a_key_that_cannot_sign_is_found_before_anybody_signs_in(settings, signing, others, words):
    settings.JWT_SIGNING_KEY, settings.JWT_PREVIOUS_KEYS = signing, others
    found = [message for message in run_checks() if message.id == "accounts.E001"]
    assert len(found) == 1
    assert words in found[0].msg
    assert "openssl" in found[0].hint


def test_good_keys_pass_the_check():
    assert not [message for message in run_checks() if message.id == "accounts.E001"]
