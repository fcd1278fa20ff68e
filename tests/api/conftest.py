import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openapi_schema_validator import OAS30Validator, oas30_format_checker

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


@pytest.fixture(scope="session")
def schema(tmp_path_factory) -> dict[str, Any]:
    """The API's description, as it is served; made once, as that takes seconds."""
    file = tmp_path_factory.mktemp("schema") / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(file))
    return json.loads(file.read_text())


def agrees(schema: dict[str, Any], path: str, answer: Any, method: str = "get") -> None:
    """Fail unless an answer is what the description says of this path, without a field that it does not name."""
    described = schema["paths"][f"/api/v1/{path}"][method]["responses"][str(answer.status_code)]
    shape = described["content"]["application/json"]["schema"]
    strict = _closed({**shape, "components": schema["components"]})
    found = OAS30Validator(strict, format_checker=oas30_format_checker).iter_errors(answer.json())
    mistakes = [f"{list(error.path)}: {error.message}" for error in found]
    assert not mistakes, mistakes


def _closed(shape: Any) -> Any:
    """Let no object have fields that are not described; let null be where another component is named as nullable."""
    if isinstance(shape, list):
        return [_closed(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    found = {name: _closed(each) for name, each in shape.items()}
    if shape.get("nullable") and "allOf" in shape:
        return {"anyOf": [{"allOf": found["allOf"]}, {"enum": [None], "nullable": True}]}
    return {**found, "additionalProperties": False} if isinstance(shape.get("properties"), dict) else found
