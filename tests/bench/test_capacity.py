"""Capacity on paper: the formulas agree with a simulation, and the pages with the measurement they name."""

import json
from pathlib import Path

import pytest

from bench.capacity import __main__ as command
from bench.capacity import cost_page, demand, mix, queueing, scale_page
from bench.capacity.simulation import Visit, play
from shop.platform.pages import page, shelf

DOCS = demand.ROOT / "docs"


def test_erlangs_formula_gives_the_values_of_the_books():
    assert queueing.waits(0.6, 1, 1) == pytest.approx(0.6)  # one server: as often as it is busy
    assert queueing.waits(1, 1, 2) == pytest.approx(1 / 3)
    assert queueing.waits(3, 1, 2) == 1.0


@pytest.mark.parametrize(("servers", "busy"), [(1, 0.6), (4, 0.8), (40, 0.9)])
def test_the_simulation_agrees_with_the_formula(servers, busy):
    seconds = 0.01
    rate = busy * servers / seconds
    played = play([Visit(1, seconds)], rate=rate, pods=servers)
    assert played.utilisation == pytest.approx(queueing.utilisation(rate, seconds, servers), rel=0.03)
    for share, found in ((0.5, played.median), (0.99, played.p99)):
        assert found == pytest.approx(queueing.percentile(share, rate, seconds, servers), rel=0.12)


def test_making_a_page_anew_stops_to_grow_with_its_visitors():
    assert mix.renewals(1.0, 1, 60.0) == pytest.approx(1 / 61)
    assert mix.renewals(1e9, 500, 60.0) == pytest.approx(500 / 60, rel=0.01)
    assert mix.renewals(0.0, 500, 60.0) == 0


def test_what_visitors_ask_for_is_asked_of_somebody():
    assert sum(kind.share for kind in mix.KINDS) == pytest.approx(1)
    costs = mix.measured()
    reaching = [sum(each.rate for each in mix.streams(1000, costs, cdn=cdn)) for cdn in (False, True)]
    assert reaching[0] == pytest.approx(1000)
    assert reaching[1] < 1000


@pytest.mark.parametrize(("rate", "cdn"), scale_page.RATES)
def test_the_pods_of_the_paper_bear_the_simulated_visitors(rate, cdn):
    costs = mix.measured()
    need = demand.need(rate, costs, cdn=cdn)
    visits = scale_page.visits(mix.streams(rate, costs, cdn=cdn))
    played = play(visits, rate=need.asked, pods=need.pods, requests=30_000, pooled=False)
    assert played.utilisation < demand.web().busy * 1.1
    assert played.p99 < 0.5


def test_times_of_the_model_are_those_of_the_store():
    assert mix.FRESH == shelf.FRESH
    assert f"s-maxage={mix.CDN_FRESH:.0f}," in page.CACHING


def test_each_size_of_infra_has_its_prices_and_its_use():
    assert set(demand.sizes()) == {"small", "medium", "large"} == set(cost_page.USES)
    for size in demand.sizes().values():
        assert {size.database, size.cache} <= set(scale_page.PRICES["hour"])
        assert size.database in scale_page.PRICES["cores"]


def test_a_measurement_may_have_more_rows_and_no_fewer(tmp_path):
    result = json.loads(mix.LATEST.read_text())
    file = tmp_path / "latest.json"
    file.write_text(json.dumps({"rows": [*result["rows"], {"name": "new", "cpu": {}}, {"name": "newer"}]}))
    assert mix.measured(file) == mix.measured()
    file.write_text(json.dumps({"rows": [row for row in result["rows"] if row["name"] != "search"]}))
    with pytest.raises(mix.NotMeasured, match="search: run `make bench`"):
        mix.measured(file)


def measurement(page: Path) -> str:
    return page.read_text().partition("From the measurement of ")[2].partition(",")[0]


def test_the_pages_are_those_of_the_measurement_that_they_name(capsys):
    if scale_page.origin().partition("From the measurement of ")[2].partition(",")[0] != measurement(DOCS / "scale.md"):
        pytest.skip("it was measured again since: make scale")
    assert command.main(["--check"]) == 0, capsys.readouterr().out
