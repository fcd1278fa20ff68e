"""A conventional store goes from one server into pods, by the commands of docs/move, and nobody is signed out."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stateless.move.services_of_the_shop import Services, services
from tests.stateless.move.shoppers import Shopper
from tests.stateless.move.teashop import Server

POD_LOCAL = {
    "E001", "E010", "W013", "W020", "E030", "E031", "E060", "W062", "W063", "E080", "W110", "W070", "W150",
}  # fmt: skip


@pytest.fixture
def there() -> Iterator[Services]:
    with services() as found:
        yield found


@pytest.fixture
def server(there: Services, tmp_path: Path) -> Server:
    server = Server(tmp_path, there.environment)
    server.run("python manage.py migrate -v 0", "before")
    server.run("python manage.py demo", "before")
    return server


class Visitors:
    """A shopper who is signed in, a guest, and staff."""

    def __init__(self) -> None:
        self.grace, self.guest, self.ada = Shopper(), Shopper(), Shopper()

    def come(self, pod) -> None:
        self.grace.sign_in(pod, "grace", "a cup of tea")
        self.ada.sign_in(pod, "ada", "two cups of tea")
        for tea in ("assam", "assam", "oolong"):
            self.grace.add(pod, tea)
        self.guest.add(pod, "sencha")
        self.are_still_there(pod)

    def are_still_there(self, pod) -> None:
        assert "Hello grace" in self.grace.open(pod, "/").text
        assert self.grace.cart(pod) == ["2 × Assam", "1 × Oolong"]
        assert self.guest.cart(pod) == ["1 × Sencha"]


def test_everybody_stays_signed_in(server, there):
    visitors = Visitors()
    with server.web("before") as [pod]:
        visitors.come(pod)
    look(server)
    make_the_code_fit(server, visitors)
    server.run("python manage.py collectstatic --noinput -v 0", "bridge")
    move_the_database(server)
    with server.worker("bridge"), server.web("bridge", 2) as pods:
        for pod in pods:
            visitors.are_still_there(pod)
        move_the_sessions(server)
    with server.worker("after"), server.web("after", 2) as pods:
        for pod in pods:
            visitors.are_still_there(pod)


def look(server: Server) -> None:
    server.run("python -m shop.stateless --settings teashop.settings.before", "before", code=1)
    found = server.run("python -m shop.stateless --settings teashop.settings.before --json", "before", code=1)
    rows = json.loads(found.output)["rows"]
    assert {row["id"].removeprefix("stateless.") for row in rows if row["verdict"] == "pod-local"} == POD_LOCAL


def make_the_code_fit(server: Server, visitors: Visitors) -> None:
    """One release, still on one server with the old settings."""
    server.release("fit_for_pods")
    with server.web("before") as [pod]:
        visitors.are_still_there(pod)


def move_the_database(server: Server) -> None:
    before = fingerprint(server.data)
    server.run("python manage.py move database --from old --to default", "bridge")
    assert fingerprint(server.data) == before


def move_the_sessions(server: Server) -> None:
    before = fingerprint(server.data)
    server.run("python manage.py move sessions", "bridge")
    server.run("python manage.py move sessions --verify", "bridge")
    assert fingerprint(server.data) == before


def fingerprint(directory: Path) -> dict[str, str]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
