import json
from typing import Any

import pytest
from django.test import Client

from tests import factories

PROBLEM = "application/problem+json"


class Phone:
    """A client of the API: JSON in and out, with an access token if it signed in."""

    def __init__(self) -> None:
        self.http = Client()
        self.access = ""

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """Path below /api/v1/; headers with _ for -."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.access:
            more.setdefault("Authorization", f"Bearer {self.access}")
        sent = {} if data is None else {"data": json.dumps(data)}
        call = getattr(self.http, method)
        if method == "get":
            return call(f"/api/v1/{path}", headers=more)
        return call(f"/api/v1/{path}", content_type="application/json", headers=more, **sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.send("post", path, data, **headers)

    def patch(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.send("patch", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, **headers)

    def sign_in(self, user: Any = None, password: str = "correct horse battery", **more: Any) -> Any:
        user = user or factories.user()
        answer = self.post("auth/token/", {"email": user.email, "password": password, **more})
        assert answer.status_code == 200, answer.content
        self.access = answer.json()["access"]
        return answer.json()


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def others_phone() -> Phone:
    return Phone()


@pytest.fixture
def fast_passwords(settings) -> None:
    """Where the time of hashing is not what is tested."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
