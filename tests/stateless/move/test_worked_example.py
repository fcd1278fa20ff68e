"""A conventional store goes from one server into pods, by the commands of docs/move, and nobody is signed out."""

import json
from pathlib import Path

import pytest

from tests.stateless.move.shoppers import Shopper
from tests.stateless.move.teashop import Server

POD_LOCAL = {
    "E001", "E010", "W013", "W020", "E030", "E031", "E060", "W062", "W063", "E080", "W110", "W070", "W150",
}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Server:
    server = Server(tmp_path, {})
    server.run("python manage.py migrate -v 0", "before")
    server.run("python manage.py demo", "before")
    return server


def test_nobody_is_signed_out(server):
    grace, guest = Shopper(), Shopper()
    with server.web("before") as [pod]:
        grace.sign_in(pod, "grace", "a cup of tea")
        grace.add(pod, "assam")
        grace.add(pod, "assam")
        grace.add(pod, "oolong")
        guest.add(pod, "sencha")
        assert grace.cart(pod) == ["2 × Assam", "1 × Oolong"]
        assert guest.cart(pod) == ["1 × Sencha"]
    found = server.run("python -m shop.stateless --settings teashop.settings.before --json", "before", code=1)
    rows = json.loads(found.output)["rows"]
    assert {row["id"].removeprefix("stateless.") for row in rows if row["verdict"] == "pod-local"} == POD_LOCAL
