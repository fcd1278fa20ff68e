"""`make bench`, in short: a row for each kind of request, with what it cost."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.scenarios import SCENARIOS
from config.local.process import PROJECT

pytestmark = [pytest.mark.fleet, pytest.mark.timeout(600)]  # on a machine that is busy with other things


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out: Path = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "bench", "--quick", "--out", str(out)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=560, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| Place order, guest, 3 lines |" in (out / "latest.md").read_text()
    found: dict[str, Any] = json.loads((out / "latest.json").read_text())
    return found


@pytest.fixture(scope="module")
def rows(result) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in result["rows"]}


def test_every_kind_of_request_was_measured_without_a_wrong_answer(rows):
    assert list(rows) == [scenario.name for scenario in SCENARIOS]
    assert {name: row["complaints"] for name, row in rows.items() if row["failures"] or not row["requests"]} == {}


def test_each_row_has_its_cost_in_cpu_time_and_in_bare_views(rows, result):
    bare = result["bare"]["cpu"]["app"]
    assert bare > 0
    for row in rows.values():
        assert set(row["cpu"]) == {"app", "postgres", "redis"}
        assert row["cpu"]["app"] > 0
        assert row["ratio"] == pytest.approx(sum(row["cpu"].values()) / row["yardstick"], rel=0.01)


def test_a_watched_page_is_compared_with_one_that_is_not(result):
    assert all(0.1 < ratio < 10 for ratio in result["guard"]["ratios"])
    assert len(result["guard"]["ratios"]) == 2


def test_one_product_was_sold_by_all_processes_at_once(result):
    assert len(result["crowd"]["hot"]) == 2 and min(result["crowd"]["hot"]) > 0


def test_messages_were_relayed_and_handled(result):
    assert result["messages"]["measured"] == 40  # so few may be through before anybody looks what they cost


def test_statements_and_round_trips_are_those_of_the_requests(rows):
    assert rows["product-304"]["sql"] < 1  # from the cache
    assert rows["product-304"]["redis_trips"] == pytest.approx(1, abs=0.5)
    assert rows["product-cold"]["sql"] >= 1
    assert rows["order"]["sql"] > rows["cart"]["sql"] >= 1
    assert rows["order"]["control"] >= 2  # BEGIN and COMMIT


def test_an_order_can_be_placed_once_and_a_set_number_is(rows):
    assert rows["order"]["requests"] == 12


def test_several_processes_are_started_measured_and_weighed(result):
    crowd = result["crowd"]
    assert [point["processes"] for point in crowd["points"]] == [1, 2]
    assert all(point["cost"] > 0 and point["bare"] > 0 and point["rate"] > 0 for point in crowd["points"])
    assert len(crowd["starts"]) == 2
    assert crowd["requests"] >= 200
    assert 30 < crowd["memory"][0] < 1000
