"""The proof can fail: with one thing swapped it does, and says what is to blame."""

import pytest

from config.local.steps import Steps
from prove.claims import all_claims
from prove.ground import Ground
from prove.plan import Journey, Plan
from prove.proof import Scene, run
from prove.stage import Size

pytestmark = pytest.mark.fleet
SMALL = Size(web=2, workers=1, relays=1, echo=1.0)


def problems(ground: Ground, steps: Steps, culprit: str, *scripts: str) -> dict[str, str]:
    """Let visitors through a store with this fault; return {claim that does not hold: what was said}."""
    plan = Plan(0, tuple(Journey(number, script) for number, script in enumerate(scripts)))
    extra = {"DJANGO_SETTINGS_MODULE": "prove.culprits.settings", "PROVE_CULPRIT": culprit}
    scene = Scene(f"culprit_{culprit}", culprit, plan, SMALL, extra=extra, patience=4)
    evidence = run(ground, steps, scene)
    return {claim.title: " ".join(claim.problems) for claim in all_claims(evidence, None) if not claim.holds}


def test_sessions_in_files_of_a_process_are_found(ground, steps):
    said = problems(ground, steps, "sessions", "member", "window-member")
    assert "sessions are kept where only one process sees them" in said["No session was lost"]
    assert "/tmp/sessionid" in said["Nothing was written on local disk"]
    assert "POST /account/" in said["Nothing was written on local disk"], "the guard was not heard"


def test_media_on_the_disk_of_a_process_are_found(ground, steps):
    said = problems(ground, steps, "media", "staff")
    assert "media are kept on the disk of one process" in said["No upload was lost"]
    assert ".jpg" in said["Nothing was written on local disk"]


def test_carts_in_the_memory_of_a_process_are_found(ground, steps):
    said = problems(ground, steps, "cart", "window", "guest")
    assert "A cart is kept where only one process sees it" in said["No cart was lost"]


def test_a_handler_that_repeats_its_work_is_found(ground, steps):
    said = problems(ground, steps, "handler", "guest", "phone")
    assert "a handler is not idempotent" in said["Each mail arrived once"]


def test_an_order_whose_key_is_not_looked_up_is_found(ground, steps):
    said = problems(ground, steps, "key", "phone")
    assert "nobody looks whether the key was used before" in said["Each order was placed once"]
