"""A conventional store goes from one server into pods, by the commands of docs/move, and nobody is signed out."""

import hashlib
import re
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stateless.move import guide
from tests.stateless.move.services_of_the_shop import NAMES, Services, services
from tests.stateless.move.shoppers import Shopper
from tests.stateless.move.teashop import Pod, Server

POD_LOCAL = {
    "E001", "E010", "W013", "W020", "E030", "E031", "E060", "W062", "W063", "E080", "W110", "W070", "W150", "W155",
}  # fmt: skip
AUDIT = "python -m shop.stateless --settings teashop.settings."
PICTURE = b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=")  # a GIF of one pixel
LAST_YEARS = "/order/2025-000/"


class Visitors:
    """A shopper who is signed in, a guest, staff, and somebody who signs out on the way."""

    def __init__(self) -> None:
        self.grace, self.guest, self.ada, self.leaver = Shopper(), Shopper(), Shopper(), Shopper()

    def come(self, pod: Pod) -> None:
        self.grace.sign_in(pod, "grace", "a cup of tea")
        self.ada.sign_in(pod, "ada", "two cups of tea")
        self.leaver.sign_in(pod, "grace", "a cup of tea")
        for tea in ("assam", "assam", "oolong"):
            self.grace.add(pod, tea)
        self.guest.add(pod, "sencha")

    def are_still_there(self, pods: list[Pod]) -> None:
        for pod in pods:
            assert "Hello grace" in self.grace.open(pod, "/").text
            assert "Hello ada" in self.ada.open(pod, "/").text
            assert self.grace.cart(pod) == ["2 × Assam", "1 × Oolong"]
            assert self.guest.cart(pod) == ["1 × Sencha"]


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


@pytest.mark.fleet
@pytest.mark.timeout(1200)  # the whole way, by more than twenty processes
def test_everybody_stays_signed_in(server, there):
    visitors = Visitors()
    with server.web("before") as [pod]:
        visitors.come(pod)
        assam = visitors.grace.picture(pod, "assam")
    look(server)
    make_the_code_fit(server, visitors)
    move_the_database(server)
    with server.worker("bridge"), server.web("bridge", 2) as pods:
        visitors.are_still_there(pods)
        pictures_open(visitors, pods, assam)
        visitors.leaver.sign_out(pods[0])
        move_the_sessions(server)
        move_the_uploads(server, visitors, pods)
    leave_the_server(server)
    with server.worker("after"), server.web("after", 2) as pods:
        visitors.are_still_there(pods)
        pictures_open(visitors, pods, assam)
        assert "Sign in" in visitors.leaver.open(pods[0], "/").text
        pods[0].kill()
        order_is_done_once(visitors.grace, pods[1], there)
    keep_the_cart_in_rows(server, visitors)
    guide.check(server.done)


def test_the_code_of_the_guide_is_that_of_the_shop():
    guide.check_code()


def look(server: Server) -> None:
    table = server.run(f"{AUDIT}before", "before", code=1)
    server.run(f"{AUDIT}before --html --output map.html", "before", code=1)
    assert set(re.findall(r"stateless\.([EW]\d+)", table.output)) == POD_LOCAL


def make_the_code_fit(server: Server, visitors: Visitors) -> None:
    """One release, still on one server with the old settings."""
    server.run("python manage.py move tasks", "bridge", code=1)
    server.release("fit_for_pods")
    server.run("python manage.py move tasks", "bridge")
    with server.web("before") as [pod]:
        visitors.are_still_there([pod])
        other = Shopper()
        other.add(pod, "assam")
        assert "Invoice" in other.open(pod, other.order(pod, "other@example.com")).text


def move_the_database(server: Server) -> None:
    before = fingerprint(server.data)
    server.run("python manage.py move database --from old --to default --dry-run", "bridge")
    server.run("python manage.py move database --from old --check", "bridge")
    server.run("python manage.py collectstatic --noinput -v 0", "bridge")
    server.run("python manage.py move database --from old --to default", "bridge")
    assert fingerprint(server.data) == before


def move_the_sessions(server: Server) -> None:
    before = fingerprint(server.data)
    server.run("python manage.py move database --from old --to default", "bridge", code=2)  # the shop has opened
    server.run("python manage.py move sessions", "bridge")
    server.run("python manage.py move sessions --verify", "bridge")
    assert fingerprint(server.data) == before


def move_the_uploads(server: Server, visitors: Visitors, pods: list[Pod]) -> None:
    before = fingerprint(server.data)
    server.run("python manage.py move media --dry-run", "bridge")
    with uploading(visitors.ada, pods) as uploaded:
        server.run("python manage.py move media", "bridge")
    server.run("python manage.py move media --verify", "bridge")
    assert fingerprint(server.data) == before
    assert uploaded
    for tea in uploaded:
        assert visitors.guest.picture(pods[0], tea)[1] == PICTURE


@contextmanager
def uploading(staff: Shopper, pods: list[Pod]) -> Iterator[list[str]]:
    """One tea after another, to both pods in turn, until the block ends; yields the names."""
    uploaded: list[str] = []
    over = threading.Event()

    def upload() -> None:
        while not over.is_set():
            number = len(uploaded)
            staff.upload_tea(pods[number % 2], f"new-{number}", PICTURE)
            uploaded.append(f"new-{number}")

    with ThreadPoolExecutor(1) as pool:
        uploads = pool.submit(upload)
        try:
            yield uploaded
        finally:
            over.set()
    uploads.result()


def leave_the_server(server: Server) -> None:
    """From here on its disk is not there."""
    server.data.rename(server.data.with_name("left behind"))
    found = server.run(f"{AUDIT}after", "after", **NAMES)
    assert "0 pod-local, 0 unknown" in found.output
    server.run("python manage.py check --deploy --tag stateless", "after", **NAMES)


def pictures_open(visitors: Visitors, pods: list[Pod], old: tuple[str, bytes]) -> None:
    address, content = old
    for pod in pods:
        assert visitors.guest.picture(pod, "assam")[1] == content
        assert visitors.guest.open(pod, address).content == content
        assert visitors.grace.open(pod, f"{LAST_YEARS}invoice/").text.startswith("Invoice 2025-000")


def order_is_done_once(shopper: Shopper, pod: Pod, there: Services) -> None:
    page = shopper.order(pod, "grace@example.com")
    deadline = time.monotonic() + 180
    while "Invoice" not in shopper.open(pod, page).text or not there.mails:
        assert time.monotonic() < deadline, "The worker makes no invoice."
        time.sleep(0.2)
    assert "2 × Assam\t17.00" in shopper.open(pod, f"{page}invoice/").text
    assert [mail["To"] for mail in there.mails] == ["grace@example.com"]


def keep_the_cart_in_rows(server: Server, visitors: Visitors) -> None:
    """The step after the move: pieces that are added at once by two pods all count."""
    server.release("cart_in_rows")
    server.run("python manage.py migrate", "after")
    with server.web("after", 2) as pods:
        visitors.guest.add_at_once(pods, "sencha", 20)
        assert visitors.guest.cart(pods[0]) == ["21 × Sencha"]


def fingerprint(directory: Path) -> dict[str, str]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
