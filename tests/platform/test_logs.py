"""What may end up in an error tells nobody who a customer is, and a line stays one JSON object."""

import json
import logging
import logging.config

import pytest
from django.db import IntegrityError, connection, transaction

from shop.platform.logs import logging_config
from tests import factories

PERSON = ["Ada Byron", "Kastanienallee 12"]


@pytest.fixture
def say():
    """Return a function that logs, as a pod does, and returns the line."""
    handler = logging.StreamHandler()
    formatter = logging_config(level="INFO", pod="web-1")["formatters"]["json"]
    handler.setFormatter(logging.config.DictConfigurator({}).configure_formatter(dict(formatter)))

    def logged(text, *values, error=None, **extra):
        info = (type(error), error, error.__traceback__) if error else None
        record = logging.getLogger("shop.tests").makeRecord(
            "shop.tests", 30, "f.py", 1, text, values, info, extra=extra
        )
        return handler.format(record)

    return logged


@pytest.mark.parametrize("address", ["ada@example.com", "a.b+c@mail.example.co", "ädä@exämple.com", "o\\a@example.com"])
def test_addresses_are_cut_wherever_they_stand(say, address):
    line = say(
        "refused %s", f"<{address}>", reason={"to": [address, 5]}, error=ValueError(f'550 "{address}" is unknown')
    )
    found = json.loads(line)
    assert "example" not in line and "ex\\u00e4mple" not in line
    assert found["event"] == "refused <<e-mail>>"
    assert found["reason"] == {"to": ["<e-mail>", 5]}
    assert "is unknown" in found["exception"]
    assert found["pod"] == "web-1"


@pytest.mark.django_db
def test_a_row_that_postgresql_refuses_is_not_quoted(say):
    factories.user("ada@example.com")
    with pytest.raises(IntegrityError) as twice, transaction.atomic():
        factories.user("ada@example.com")
    with pytest.raises(IntegrityError) as broken, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people (name text, city text, age int NOT NULL) ON COMMIT DROP")
        cursor.execute("INSERT INTO people VALUES (%s, %s, NULL)", PERSON)  # a traceback shows this line
    assert "ADA@EXAMPLE.COM" in str(twice.value) and "Ada Byron" in str(broken.value), "else this test shows nothing"
    for error in (twice.value, broken.value):
        line = say("failed", error=error, reason=error)
        assert not [text for text in ("ADA@", *PERSON) if text in line]
        assert "violates" in line


@pytest.mark.parametrize(
    "path",
    [
        "/orders/s3cret/pay/",
        "/api/v1/orders/s3cret/",
        "/api/v1/carts/s3cret/lines/",
        "/account/password/reset/key/1-s3cret/",
        "https://shop.example/orders/s3cret/?a=s3cret",
    ],
)
def test_a_path_that_opens_something_is_cut_where_its_secret_begins(say, path):
    """Django says "Service Unavailable: <path>" in an outage, and the guard what a request wrote."""
    line = say("Service Unavailable: %s", path, work=f"GET {path} on web-1", error=OSError(f"({path!r}, None)"))
    assert "s3cret" not in line
    assert json.loads(line)["work"].endswith(" on web-1")


@pytest.mark.parametrize("path", ["/products/orders/", "/admin/orders/order/7/change/", "/app/shop/orders/models.py"])
def test_other_paths_are_named(say, path):
    assert path in say("Service Unavailable: %s", path)
