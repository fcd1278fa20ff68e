"""The result as text: Markdown for the project, a table for the terminal, ratios of two results."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bench import crowd
from bench.crowd import MOST_DEARER
from bench.measure import Row
from bench.result import LARGER, Result

HEADINGS = (
    "Request",
    "Cost in bare views",
    "Goal",
    "CPU ms: app + PostgreSQL + Redis",
    "Requests/s per core",
    "by the clock",
    "p50 / p99 ms alone",
    "p50 / p99 ms loaded",
    "SQL",
    "Redis trips",
)
CROWD = (
    "Web processes", "Cost in bare views of as many", "by that with one", "Goal", "CPU ms of a request",
    "of a bare view", "Requests/s by the clock",
)  # fmt: skip
SHORT = ("Request", "Bare views", "Goal", "CPU ms", "/s, core", "/s", "p50/p99 alone", "loaded", "SQL", "Redis")
FITTING = {142: range(len(SHORT)), 124: (0, 1, 2, 3, 4, 6, 8, 9), 0: (0, 1, 2, 8, 9)}  # terminal width: columns
BEGIN, END = "<!-- begin of the generated part: make bench -->", "<!-- end of the generated part -->"
AGREEMENT = 0.10  # how far the clocks may be from the machine's own count before the run is doubted
QUIET = 0.05  # share of foreign work above which timings are called noisy


def cells(row: Row) -> list[str]:
    """Return a row's cells, in the order of HEADINGS."""
    if not row.good:
        return [row.title, "failed", _goal(row), *[""] * (len(HEADINGS) - 3)]
    return [
        row.title,
        f"{row.ratio:.2f}",
        _goal(row),
        " + ".join(f"{value:.2f}" for value in row.cpu.values()),
        f"{row.per_core:.0f}",
        f"{row.rate:.0f}",
        f"{row.alone_p50:.1f} / {row.alone_p99:.1f}",
        f"{row.p50:.1f} / {row.p99:.1f}{_prompt(row)}",
        f"{row.sql:.1f}",
        f"{row.redis_trips:.1f}",
    ]


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    met = row.good and row.ratio <= row.goal
    return f"{row.goal:g}{' ✓' if met else ''}"


def _prompt(row: Row) -> str:
    """The goal of the p99 of a kept page."""
    if row.p99_goal is None:
        return ""
    return f" (≤ {row.p99_goal:.1f}{' ✓' if row.p99 <= row.p99_goal else ''})"


def markdown(result: Result) -> str:
    lines = [*(f"* {fact}" for fact in _facts(result)), ""]
    lines += _table(HEADINGS, (cells(row) for row in result.all_rows))
    lines += ["", *(f"* {sentence}" for sentence in notes(result))]
    if result.larger:
        lines += ["", "### By size", "", *_table(_size_headings(result), _size_rows(result))]
    if result.crowd.points:
        lines += ["", "### By web processes", "", *_table(CROWD, _crowd_rows(result))]
    return "\n".join(lines) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_line(headings), _line(["---", *["---:"] * (len(headings) - 1)]), *map(_line, rows)]


def _size_headings(result: Result) -> list[str]:
    return ["Cost in bare views", *(f"{size.products:,} products" for size in result.sizes), "Last by first", "Goal"]


def _size_rows(result: Result) -> Iterator[list[str]]:
    for name, title, grows in ((row.name, row.title, row.grows) for row in result.rows):
        found = [next((row for row in size.rows if row.name == name), None) for size in result.sizes]
        ratios = [f"{row.ratio:.2f}" if row and row.good else "failed" for row in found]
        first, last = found[0], found[-1]
        growth = last.ratio / first.ratio if first and last and first.good and last.good else None
        met = " ✓" if growth is not None and growth <= LARGER else ""
        goal = "" if grows else f"{LARGER:g}{met}"
        yield [title, *ratios, f"{growth:.2f}" if growth is not None else "", goal]


def _crowd_rows(result: Result) -> Iterator[list[str]]:
    first = result.crowd.points[0]
    for point in result.crowd.points:
        growth = point.ratio / first.ratio
        met = " ✓" if growth <= MOST_DEARER else ""
        times = f"{point.cost:.2f}", f"{point.bare:.2f}", f"{point.rate:.0f}"
        yield [str(point.processes), f"{point.ratio:.2f}", f"{growth:.2f}", f"{MOST_DEARER:g}{met}", *times]


def _line(parts: Sequence[str]) -> str:
    return f"| {' | '.join(parts)} |"


def _facts(result: Result) -> list[str]:
    machine, settings = result.machine, result.settings
    changed = " with changes that are not committed" if result.changed else ""
    versions = ", ".join(f"{name} {number}" for name, number in result.versions.items())
    return [
        f"{settings['products']:,} products with 3 variants each, and as many orders; "
        f"commit {result.commit or 'unknown'}{changed}; {result.at}.",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']:g} GB, Linux {machine['kernel']}; "
        f"one web process with {settings['threads']} threads on core {_cores(machine['app_core'])}, "
        f"load generator, PostgreSQL and Redis on core {_cores(machine['other_cores'])}.",
        f"{versions}.",
    ]


def _cores(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def notes(result: Result) -> Iterator[str]:
    """What has to be known to trust the numbers, or not to."""
    low, high = min(result.bare_costs), max(result.bare_costs)
    times = f"{len(result.bare_costs)} times, between the rows and by turns with each"
    yield f"The bare view was measured {times}: {low:.2f} to {high:.2f} ms."
    agreement = abs(1 - result.explained)
    verdict = "which agrees" if agreement <= AGREEMENT else "which does NOT agree"
    yield (
        f"Cross-check: the clocks of all processes add up to {result.explained:.1%} of the busy time that the machine "
        f"itself counted, {verdict} within {AGREEMENT:.0%}."
    )
    foreign = f"Work of other programs took {result.foreign:.1%} of the busy time"
    noisy = ": times are noisy, and the bare view's range shows how far CPU times are" if result.foreign > QUIET else ""
    yield f"{foreign}{noisy}; the host took {result.stolen:.1f} CPU seconds for others."
    if result.guard.ratios:
        yield str(result.guard)
    yield from crowd.sentences(result.crowd)
    if result.messages.measured:
        yield str(result.messages)
    for size in result.sizes:
        if size.load_seconds:
            yield f"{size.products:,} products and as many orders were loaded in {size.load_seconds / 60:.1f} minutes."
        yield from (_failure(row, size.products) for row in [size.bare, *size.rows] if not row.good)


def _failure(row: Row, products: int) -> str:
    said = "; ".join(row.complaints) or "no answer"
    return f"{row.title} failed at {products:,} products: {said}".replace("\n", " ")


def terminal(result: Result, *, width: int) -> Table:
    """Show what fits; the files have the rest."""
    shown = next(columns for least, columns in FITTING.items() if width >= least)
    table = Table(title="Cost of a request", title_justify="left", padding=(0, 1), box=SIMPLE_HEAD)
    for number in shown:
        table.add_column(SHORT[number], justify="right" if number else "left", no_wrap=True)
    for row in result.all_rows:
        missed = row.goal is not None and row.ratio > row.goal
        found = cells(row)
        table.add_row(*(found[number] for number in shown), style="red" if not row.good else "yellow" if missed else "")
    return table


def comparison(old: Result, new: Result) -> Table:
    """New by old: below 1 is cheaper, or faster for requests/s above 1."""
    table = Table(title=f"{new.commit} by {old.commit}", title_justify="left", box=SIMPLE_HEAD)
    headings = ("Request", "Bare views", "CPU ms", "/s", "p99", "SQL", "Redis")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    before = {row.name: row for row in old.all_rows}
    for row in new.all_rows:
        if row.good and row.name in before and before[row.name].good:
            table.add_row(row.title, *_ratios(before[row.name], row))
    return table


def _ratios(old: Row, new: Row) -> list[str]:
    pairs = [(old.ratio, new.ratio), (old.cost, new.cost), (old.rate, new.rate), (old.alone_p99, new.alone_p99)]
    ratios = [f"{after / before:.2f}" if before else "" for before, after in pairs]
    counts = [(old.sql, new.sql), (old.redis_trips, new.redis_trips)]
    return ratios + [f"{after:.1f}" if before == after else f"{before:.1f}→{after:.1f}" for before, after in counts]


def publish(result: Result, page: Path) -> None:
    """Put the pictures and the table between the two marks of a page of the documentation."""
    head, _, rest = page.read_text().partition(BEGIN)
    tail = rest.partition(END)[2]
    shown = "\n\n".join(_pictures(result))
    page.write_text(f"{head}{BEGIN}\n{shown}\n\n{markdown(result)}{END}{tail}")


def _pictures(result: Result) -> Iterator[str]:
    """Those that bench.plot draws of it."""
    yield "![CPU time of each request](../bench/results/latest.svg)"
    if result.larger:
        yield "![Cost by size](../bench/results/sizes.svg)"
    if result.crowd.points:
        yield "![Cost and throughput by number of web processes](../bench/results/processes.svg)"
