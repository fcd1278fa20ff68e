"""docs/deploy/checklist.md has a row for each point, and names tests that there are."""

import re

from tests.k8s.manifests import ROOT, one, pod_template, quantity

TEXT = (ROOT / "docs/deploy/checklist.md").read_text()
POINTS = 56


def test_every_point_has_its_row() -> None:
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)] == list(range(1, POINTS + 1))


def test_every_test_that_is_named_exists() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    known = set(re.findall(r"^def (test_\w+)", sources, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", TEXT))
    assert len(named) > POINTS and named - known == set()


def test_every_row_names_a_test_a_command_or_a_reason() -> None:
    for row in re.findall(r"^\| \d+ \|.*$", TEXT, re.MULTILINE):
        assert "`test_" in row or "`make " in row or "not asserted" in row, row


def test_pods_request_the_memory_that_was_measured_and_a_quarter_more() -> None:
    measured = dict(re.findall(r"^\| (web|relay|worker|worker-media) \| (\d+) \|$", TEXT, re.MULTILINE))
    assert len(measured) == 4
    for name, mebibytes in measured.items():
        (container,) = pod_template(one("base", "Deployment", name))["spec"]["containers"]
        assert quantity(container["resources"]["requests"]["memory"]) >= 1.25 * int(mebibytes) * 2**20, name
