"""A short storm holds, its report says so, and old processes work beside new ones."""

import re
from pathlib import Path

import pytest

from prove import code, html, options, plan
from prove.claims import all_claims
from prove.plan import Journey, Plan
from prove.proof import FULL, Part, Scene, run
from prove.record import CUT
from prove.stage import CALM, Size
from tests.prove.conftest import PEOPLE

pytestmark = pytest.mark.fleet
SEED = 11


@pytest.fixture(scope="module")
def storm(ground, steps) -> Part:
    made = plan.storm(SEED, PEOPLE)
    calm = run(ground, steps, Scene("calm", "Calm", plan.calm(made), CALM))
    evidence = run(ground, steps, Scene("storm", "The storm", made, FULL))
    return Part("storm", "The storm", evidence, all_claims(evidence, calm), 1.0)


def test_all_claims_hold(storm):
    assert {claim.title: claim.problems for claim in storm.claims if not claim.holds} == {}


def test_what_was_planned_happened(storm):
    record = storm.evidence.record
    assert len(record.kills()) == storm.evidence.plan.kills
    assert {role: bool(record.kills(role)) for role in ("web", "worker", "relay")} == dict.fromkeys(
        ("web", "worker", "relay"), True
    )
    assert any(sample.fate == CUT for sample in record.samples)
    assert {whom for whom, _from, _to in record.periods("away", "back")} == {"redis", "sqs", "s3"}
    rolled = {event.whom for event in record.events if event.what == "stop"}
    assert rolled == set(storm.evidence.names)


def test_the_report_is_one_file_with_everything(storm, tmp_path):
    page = html.write([storm], options.parse(["--quick", "--out", str(tmp_path)]))
    text = page.read_text()
    assert "<h1>Proven</h1>" in text
    assert text.count("<circle") > len(storm.evidence.record.samples)
    assert all(claim.title in text for claim in storm.claims)
    assert not re.search(r'(src|href)="', text), "something is loaded from elsewhere"
    assert (tmp_path / "storm.svg").read_text().startswith("<svg")


@pytest.mark.skipif(not code.described("HEAD~1"), reason="there is no earlier revision here")
def test_every_other_request_of_a_visitor_is_served_by_the_previous_revision(ground, steps):
    visitors = Plan(0, tuple(Journey(number, name) for number, name in enumerate(("guest-card", "member", "phone"))))
    size = Size(web=2, workers=2, relays=2, mixed=True)
    evidence = run(ground, steps, Scene("mixed", "Mixed", visitors, size))
    assert [claim for claim in all_claims(evidence, None) if not claim.holds] == []
    assert {sample.pod for sample in evidence.record.samples} == {"web-1", "web-2"}
    assert Path(ground.code["old"], "config").is_dir()


def test_nobody_may_write_to_the_code_that_runs(ground):
    for directory in ground.code.values():
        paths = [directory, *directory.rglob("*")]
        assert len(paths) > 500
        assert [path for path in paths if not path.is_symlink() and path.stat().st_mode & 0o222] == []
