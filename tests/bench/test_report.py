"""A result is kept whole, read back, compared and published."""

from pathlib import Path

import pytest
from rich.console import Console

from bench import report
from bench.crowd import Crowd, Point
from bench.guard import GuardCost
from bench.measure import Row, quantile
from bench.messages import MessageCost
from bench.plot import plot, plot_crowd, plot_sizes
from bench.result import Result, Size, read


def row(name: str, app: float, *, goal: float | None = None) -> Row:
    found = Row(name, name.capitalize(), goal, requests=100, rate=500, alone_p99=3, busy=10, explained=0.97)
    found.cpu = {"app": app, "postgres": 0.5, "redis": 0.25}
    found.ratio, found.sql, found.redis_trips = found.cost / 2, 3, 1
    return found


@pytest.fixture
def result() -> Result:
    bare = Row("bare", "Bare view", requests=1000, rate=2000, cpu={"app": 2.0}, ratio=1, busy=10, explained=1.03)
    settings = {"products": 200, "threads": 4}
    machine = {"cpu": "A CPU", "cores": 2, "memory_gb": 24, "kernel": "6", "app_core": [0], "other_cores": [1]}
    rows = [row("home", 0.85, goal=0.9), row("order", 61.25, goal=30)]
    return Result(bare, rows, [1.9, 2.0, 2.2], machine, {"Django": "5.2"}, settings, "abc", at="2026-01-01T00:00:00")


def test_a_result_comes_back_from_its_file(result, tmp_path):
    result.dump(tmp_path / "a.json")
    assert read(tmp_path / "a.json") == result


def test_each_row_shows_its_cost_beside_its_goal(result):
    text = report.markdown(result)
    assert "| Home | 0.80 | 0.9 ✓ | 0.85 + 0.50 + 0.25 |" in text
    assert "| Order | 31.00 | 30 | 61.25 + 0.50 + 0.25 | 16 | 500 |" in text


def test_a_kept_page_shows_the_goal_of_its_p99(result):
    result.rows[0].p99, result.rows[0].p99_goal = 3.9, 4.0
    assert "| 0.0 / 3.9 (≤ 4.0 ✓) |" in report.markdown(result)
    result.rows[0].p99 = 4.1
    assert "| 0.0 / 4.1 (≤ 4.0) |" in report.markdown(result)


@pytest.fixture
def larger(result) -> Result:
    rows = [row("home", 1.05, goal=0.9), row("order", 99.25, goal=30)]
    result.larger = [Size(1_000_000, result.bare, rows, [2.0], load_seconds=330)]
    return result


def test_each_row_is_compared_with_itself_at_the_largest_size(larger, tmp_path):
    larger.dump(tmp_path / "a.json")
    text = report.markdown(read(tmp_path / "a.json"))
    assert "| Cost in bare views | 200 products | 1,000,000 products | Last by first | Goal |" in text
    assert "| Home | 0.80 | 0.90 | 1.12 | 1.3 ✓ |" in text
    assert "| Order | 31.00 | 50.00 | 1.61 | 1.3 |" in text
    assert "1,000,000 products and as many orders were loaded in 5.5 minutes." in text


def test_a_row_that_shows_more_in_a_larger_catalogue_need_not_stay_as_cheap(larger):
    larger.rows[1].grows = True
    assert "| Order | 31.00 | 50.00 | 1.61 |  |" in report.markdown(larger)


def test_a_row_that_failed_at_one_size_has_no_ratio(larger):
    larger.larger[0].rows[0] = Row("home", "Home", 0.9, failures=1, complaints=["GET /: 500"])
    assert "| Home | 0.80 | failed |  | 1.3 |" in report.markdown(larger)
    assert "Home failed at 1,000,000 products: GET /: 500" in report.markdown(larger)
    assert not larger.good


def test_several_processes_are_compared_with_one(result, tmp_path):
    points = [Point(1, 2.0, 400, bare=0.5), Point(4, 2.2, 380, bare=0.54), Point(8, 3.0, 390, bare=0.6)]
    result.crowd = Crowd(points, starts=[2.5, 2.9, 3.6], memory=[121.4, 30.2], requests=10_000, hot=[80.0, 100.0])
    result.dump(tmp_path / "a.json")
    text = report.markdown(read(tmp_path / "a.json"))
    assert "| 1 | 4.00 | 1.00 | 1.1 ✓ | 2.00 | 0.50 | 400 |" in text
    assert "| 4 | 4.07 | 1.02 | 1.1 ✓ | 2.20 | 0.54 | 380 |" in text
    assert "| 8 | 5.00 | 1.25 | 1.1 | 3.00 | 0.60 | 390 |" in text
    assert "costs 5.00 bare views of as many processes, with one 4.00: 1.25 times as much (goal: at most 1.1)" in text
    assert "it is 1.50 times as much, and the bare view 1.20 times" in text
    assert "holds 121 MB of private memory after 10,000 mixed requests (goal: at most 130 MB ✓); its parent 30" in text
    assert "sell one product that everybody buys at once, they take 80 orders/s by the clock; 100" in text
    assert "takes 2.9 s (goal: at most 3 s ✓): the median of 3 starts, 2.5 to 3.6 s." in text


def test_the_cross_check_weighs_rows_by_their_busy_time_and_says_when_it_fails(result):
    assert result.explained == pytest.approx((1.03 + 0.97 + 0.97) / 3)
    assert "which agrees within 10%" in report.markdown(result)
    result.rows[0].explained = 0.4
    assert "does NOT agree" in report.markdown(result)


def test_foreign_work_is_named(result):
    result.rows[0].foreign = 0.9
    assert "30.0% of the busy time: times are noisy" in report.markdown(result)


def test_the_cost_of_the_guard_is_the_median_of_its_pairs(result, tmp_path):
    result.guard = GuardCost([1.01, 0.99, 1.02, 1.4, 1.00])
    result.dump(tmp_path / "a.json")
    text = report.markdown(read(tmp_path / "a.json"))
    assert "costs +1.0% of the CPU time of the cheapest answer of Django (goal: below 3% ✓), and" in text
    assert "the median of 5 rounds; half" in text
    result.guard = GuardCost([1.05])
    assert "answer of Django (goal: below 3%), and" in report.markdown(result)


def test_the_cost_of_a_message_is_told_by_the_core_that_relays_and_handles_it(result, tmp_path):
    assert "outbox message" not in report.markdown(result)
    result.messages = MessageCost(3000, relay=0.3, worker=0.5, postgres=0.2)
    result.dump(tmp_path / "a.json")
    assert "1250 are relayed and handled in a second by one core (goal: 1000 ✓)" in report.markdown(
        read(tmp_path / "a.json")
    )
    result.messages = MessageCost(3000, relay=0.6, worker=0.5, postgres=0.2)
    assert "by one core (goal: 1000)." in report.markdown(result)


def test_a_row_that_failed_says_why_and_meets_no_goal(result):
    result.rows[0] = Row("home", "Home", 0.9, failures=1, complaints=["GET / HTTP/1.1: 500 instead of 200"])
    assert "| Home | failed | 0.9 |" in report.markdown(result)
    assert "* Home failed at 200 products: GET / HTTP/1.1: 500 instead of 200" in report.markdown(result)
    assert not result.good


def test_two_results_are_compared_row_by_row(result, tmp_path):
    result.dump(tmp_path / "old.json")
    result.rows = [row("home", 1.65), row("new", 1)]
    result.rows[0].sql = 7
    console = Console(width=160, record=True, file=(tmp_path / "out").open("w"))
    console.print(report.comparison(read(tmp_path / "old.json"), result))
    text = console.export_text()
    home = next(line for line in text.splitlines() if "Home" in line)
    assert "1.50" in home
    assert "3.0→7.0" in home
    assert "New" not in text


def test_only_the_generated_part_of_a_page_is_replaced(result, tmp_path):
    page: Path = tmp_path / "page.md"
    page.write_text(f"Words before.\n\n{report.BEGIN}\nold table\n{report.END}\n\nWords after.\n")
    report.publish(result, page)
    report.publish(result, page)
    text = page.read_text()
    assert text.startswith("Words before.\n\n")
    assert text.endswith("\n\nWords after.\n")
    assert text.count("| Home |") == 1
    assert "old table" not in text
    assert "latest.svg" in text and "sizes.svg" not in text, "no picture that was not drawn"


def test_the_picture_shows_every_row(result, tmp_path):
    plot(result, tmp_path / "a.svg")
    assert "<!-- Order -->" in (tmp_path / "a.svg").read_text()


def test_the_pictures_show_sizes_and_processes(larger, tmp_path):
    larger.crowd = Crowd([Point(1, 2.0, 400, bare=0.5), Point(8, 2.3, 390, bare=0.5)])
    plot_sizes(larger, tmp_path / "sizes.svg")
    plot_crowd(larger, tmp_path / "crowd.svg")
    assert "Order -->" in (tmp_path / "sizes.svg").read_text()
    assert "<!-- web processes -->" in (tmp_path / "crowd.svg").read_text()


def test_a_quantile_is_one_of_the_values():
    values = [n / 1000 for n in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile([], 0.5)) == (51, 100, 0)
