"""Secrets straight from Secrets Manager: read at the start, looked up when a password was changed, noticed when new."""

import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from psycopg import sql

from config import env
from shop.platform import secrets
from shop.platform.postgresql.base import DatabaseWrapper
from tests.services import fleet, started
from tests.waiting import patience

PROJECT = Path(__file__).resolve().parents[2]
ADDRESS = "AWS_ENDPOINT_URL_SECRETS_MANAGER"
until = patience(120)


class Vault:
    """An entry of Secrets Manager on the emulator."""

    def __init__(self, value: Any) -> None:
        self._client = boto3.client("secretsmanager", region_name="eu-central-1")
        self.name = f"shop/{uuid.uuid4().hex}"
        self._client.create_secret(Name=self.name, SecretString=json.dumps(value))

    def put(self, value: Any) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        self._client.put_secret_value(SecretId=self.name, SecretString=text)


@pytest.fixture
def emulator(monkeypatch) -> Any:
    monkeypatch.setenv(ADDRESS, os.environ["AWS_ENDPOINT_URL_SQS"])
    yield
    secrets.entries.cache_clear()


@pytest.fixture
def vault(emulator, monkeypatch) -> Vault:
    made = Vault({"SECRET_KEY": "from the vault", "CARD_PROVIDER_KEY": "", "WEB_PORT": 8000})
    monkeypatch.setenv("SECRETS_FROM", made.name)
    secrets.entries.cache_clear()
    return made


def test_what_an_entry_holds_wins_over_files_and_environment(vault, monkeypatch):
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere")
    monkeypatch.setenv("CARD_PROVIDER_KEY", "another")
    assert env.text("SECRET_KEY") == "from the vault"
    assert env.text("CARD_PROVIDER_KEY", "none") == "none"
    assert env.number("WEB_PORT", 1) == 8000
    assert env.text("POD_NAME", "as ever") == "as ever"


def test_it_is_asked_once_a_process_which_knows_what_has_changed_since(vault, monkeypatch):
    assert env.text("SECRET_KEY") == "from the vault"
    vault.put({"SECRET_KEY": "changed"})
    assert env.text("SECRET_KEY") == "from the vault"
    entries = secrets.entries()
    assert entries
    with pytest.raises(ImproperlyConfigured, match="has lost CARD_PROVIDER_KEY, WEB_PORT"):
        entries.changed()
    vault.put({"SECRET_KEY": "changed", "CARD_PROVIDER_KEY": "", "WEB_PORT": 8000})
    assert entries.changed() == {"SECRET_KEY"}
    monkeypatch.setattr(entries, "_read_at", 0.0)
    entries.reread()
    assert entries.changed() == {"SECRET_KEY"}, "the settings are still made of the old one"


def test_several_entries_are_read_among_them_one_that_rds_keeps(vault, monkeypatch):
    rds = Vault({"username": "shop", "password": "rotated"})
    monkeypatch.setenv("SECRETS_FROM", f"{vault.name}, {rds.name}")
    assert (env.text("DATABASE_USER"), env.text("DATABASE_PASSWORD")) == ("shop", "rotated")
    assert env.text("SECRET_KEY") == "from the vault"


@pytest.mark.parametrize("text", ["plain text", "[1]", '{"SECRET_KEY": {"a": 1}}'])
def test_an_entry_of_another_shape_is_named_and_never_repeated(vault, text):
    vault.put(text)
    with pytest.raises(ImproperlyConfigured, match=f"{vault.name}, which is no JSON object") as refused:
        env.text("SECRET_KEY")
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, r"JWT_SIGNING_KEY is not set\."),
        ({"SECRETS_FROM": "shop/none"}, "SECRETS_FROM names shop/none, which cannot be read: .*can't find"),
        ({ADDRESS: "http://127.0.0.1:1"}, "which cannot be read: Could not connect"),
    ],
    ids=["lacks a key", "is not there", "is away"],
)
def test_a_pod_whose_secret_is_wrong_refuses_to_start_and_says_why(vault, change, sentence):
    environment = {**os.environ, **change}
    environment.pop("JWT_SIGNING_KEY", None)
    code = "import os, sys; from config import env; env.text('SECRET_KEY'); env.text('JWT_SIGNING_KEY')"
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    last = said.stderr.splitlines()[-1]
    assert said.returncode == 1
    assert "ImproperlyConfigured" in last
    assert re.search(sentence, last), last
    if not change:
        assert f"give {vault.name} (SECRETS_FROM) the key JWT_SIGNING_KEY" in last


@pytest.fixture
def login(request) -> Any:
    """A user of PostgreSQL whose password is "one"; call it to change that."""
    name = f"rotated_{uuid.uuid4().hex[:8]}"
    admin = psycopg.connect(
        **{**connection.get_connection_params(), "user": "postgres", "dbname": "postgres", "cursor_factory": None},
        autocommit=True,
    )

    def change(password: str) -> str:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password))
        admin.execute(statement)
        return name

    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
    change("one")
    yield change
    admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    admin.close()


def a_session(user: str, password: str) -> DatabaseWrapper:
    return DatabaseWrapper({**connection.settings_dict, "USER": user, "PASSWORD": password})


@pytest.mark.django_db(transaction=True)
def test_a_password_that_was_rotated_is_looked_up_when_it_is_refused(vault, login, monkeypatch):
    user = login("one")
    vault.put({"username": user, "password": "one"})
    entries = secrets.entries()
    assert entries
    session = a_session(user, "one")
    session.ensure_connection()

    login("two")
    vault.put({"username": user, "password": "two"})
    session.close()
    with pytest.raises(OperationalError):
        session.ensure_connection()  # the entry was read a moment ago: not asked again so soon
    monkeypatch.setattr(entries, "_read_at", 0.0)
    monkeypatch.setattr("shop.platform.postgresql.base._door._retry_at", 0.0)
    session.ensure_connection()
    assert session.settings_dict["PASSWORD"] == "two"
    session.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.fleet
def test_processes_that_notice_new_secrets_end_gently(vault):
    ours = {"SECRETS_FROM": vault.name, "SECRETS_LOOK": "1", "SECRETS_NOTICE": "0"}
    with started(fleet("secrets", django_settings.DATABASES["default"], web=1, relays=1, environment=ours)) as pods:
        vault.put("{}")  # broken: nobody leaves for that, since nobody could come instead
        until(lambda: pods.processes["web-1"].log.read_text().count("has lost") > 1)
        vault.put({"SECRET_KEY": "the next", "CARD_PROVIDER_KEY": "", "WEB_PORT": 8000})
        until(lambda: [pods.processes[name].exit_code for name in ("web-1", "relay-1")] == [0, 0])
