"""The proof can fail: with some things swapped it does, and says of each what is to blame."""

import pytest

from config.local.steps import Steps
from prove.claims import all_claims
from prove.ground import Ground
from prove.plan import Journey, Plan
from prove.proof import Scene, run
from prove.stage import Size

pytestmark = pytest.mark.fleet
SMALL = Size(web=2, workers=1, relays=1, echo=1.0)


def problems(ground: Ground, steps: Steps, culprits: tuple[str, ...], scripts: tuple[str, ...]) -> dict[str, str]:
    """Let visitors through a store with these faults; return {claim that does not hold: what was said}."""
    plan = Plan(0, tuple(Journey(number, script) for number, script in enumerate(scripts)))
    extra = {"DJANGO_SETTINGS_MODULE": "prove.culprits.settings", "PROVE_CULPRITS": " ".join(culprits)}
    name = "_".join(("culprits", *culprits))
    scene = Scene(name, name, plan, SMALL, extra=extra, patience=4)
    evidence = run(ground, steps, scene)
    return {claim.title: " ".join(claim.problems) for claim in all_claims(evidence, None) if not claim.holds}


@pytest.fixture(scope="module")
def of_two_places(ground: Ground, steps: Steps) -> dict[str, str]:
    """Of a store that keeps sessions and carts in one process each."""
    return problems(ground, steps, ("sessions", "cart"), ("member", "window-member", "window", "guest"))


@pytest.fixture(scope="module")
def of_three_faults(ground: Ground, steps: Steps) -> dict[str, str]:
    """Of a store that keeps media on its disk, repeats the work of messages, and forgets the keys of orders."""
    return problems(ground, steps, ("media", "handler", "key"), ("staff", "guest", "phone"))


def test_sessions_in_files_of_a_process_are_found(of_two_places):
    assert "sessions are kept where only one process sees them" in of_two_places["No session was lost"]
    assert "/tmp/sessionid" in of_two_places["Nothing was written on local disk"]
    assert "POST /account/" in of_two_places["Nothing was written on local disk"], "the guard was not heard"


def test_carts_in_the_memory_of_a_process_are_found(of_two_places):
    assert "A cart is kept where only one process sees it" in of_two_places["No cart was lost"]


def test_media_on_the_disk_of_a_process_are_found(of_three_faults):
    assert "media are kept on the disk of one process" in of_three_faults["No upload was lost"]
    assert ".jpg" in of_three_faults["Nothing was written on local disk"]


def test_a_handler_that_repeats_its_work_is_found(of_three_faults):
    assert "a handler is not idempotent" in of_three_faults["Each mail arrived once"]


def test_an_order_whose_key_is_not_looked_up_is_found(of_three_faults):
    assert "nobody looks whether the key was used before" in of_three_faults["Each order was placed once"]
