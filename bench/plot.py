"""Pictures of the result: what each request costs, of what that consists, and on what it does not depend."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.crowd import MOST_DEARER
from bench.measure import Row
from bench.result import LARGER, Result

COLOURS = {"app": "#2f5d62", "postgres": "#c98b3c", "redis": "#a4443b"}
GOAL = "#d6336c"
NAMES = {"app": "application", "postgres": "PostgreSQL", "redis": "Redis"}


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "bench"  # the same numbers give the same file
    from matplotlib import pyplot

    return pyplot


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    _pyplot().close(figure)


def plot(result: Result, path: Path) -> None:
    """The cost of each row at the smallest size, beside its goal."""
    rows = [row for row in reversed(result.all_rows) if row.good]
    figure, axes = _rows(len(rows))
    left = [0.0] * len(rows)
    for part, colour in COLOURS.items():
        values = [row.ratio * row.cpu.get(part, 0.0) / row.cost for row in rows]
        axes.barh([row.title for row in rows], values, left=left, color=colour, label=NAMES[part])
        left = [before + value for before, value in zip(left, values, strict=True)]
    goals = [(row.goal, place) for place, row in enumerate(rows) if row.goal is not None]
    at, places = zip(*goals, strict=True) if goals else ((), ())
    axes.scatter(at, places, marker="|", s=160, color=GOAL, label="goal", zorder=3)
    for place, row in enumerate(rows):
        _beside(axes, place, *_told(row))
    axes.set_xlabel("CPU time of a request, in bare views, and the goal")
    figure.legend(loc="outside upper right", ncols=4, frameon=False)
    _save(figure, path)


def plot_sizes(result: Result, path: Path) -> None:
    """A dot for each row and size: its cost by that at the smallest."""
    if not result.larger:
        return
    rows = list(reversed(list(_growths(result))))
    figure, axes = _rows(len(rows))
    axes.barh([title for title, _ in rows], [0] * len(rows))  # names the places
    axes.axvline(1, color="#868e96", linewidth=1)
    axes.axvline(LARGER, color=GOAL, linestyle="--", label="goal: at most")
    for place, (_, growth) in enumerate(rows):
        dear = max(growth) > LARGER
        colour = COLOURS["redis"] if dear else COLOURS["app"]
        axes.plot(growth, [place] * len(growth), marker="o", color=colour)
        _beside(axes, place, f"{growth[-1]:.2f}", not dear)
    axes.set_xlim(min(0.6, *(min(growth) for _, growth in rows)), max(1.5, *(max(growth) for _, growth in rows)))
    smallest, *_, largest = (f"{size.products:,}" for size in result.sizes)
    axes.set_xlabel(f"cost of a request at {largest} products and orders, by that at {smallest}")
    figure.legend(loc="outside upper right", frameon=False)
    _save(figure, path)


def _told(row: Row) -> tuple[str, bool]:
    """Return a row's cost beside its goal, and whether it keeps to it."""
    if row.goal is None:
        return f"{row.ratio:.2f}", True
    return f"{row.ratio:.2f} of {row.goal:g}", row.ratio <= row.goal


def _rows(count: int) -> tuple[Any, Any]:
    """Return a figure and its axes for that many rows, one below another."""
    figure, axes = _pyplot().subplots(figsize=(9, 1 + 0.32 * count), layout="constrained")
    axes.margins(y=0.01)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _beside(axes: Any, place: int, text: str, good: bool) -> None:
    """Write a row's numbers into a column at the right."""
    colour = "#212529" if good else COLOURS["redis"]
    where = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 8, "color": colour}
    axes.annotate(f"  {text}", (1, place), annotation_clip=False, **where)


def _growths(result: Result) -> Iterator[tuple[str, list[float]]]:
    """Yield the title of each row that shows the same at all sizes, and its cost by that at the smallest."""
    for name, title in ((row.name, row.title) for row in result.rows if not row.grows):
        found = [next((row for row in size.rows if row.name == name and row.good), None) for size in result.sizes]
        if found[0] and all(found):
            yield title, [row.ratio / found[0].ratio for row in found if row]


def plot_crowd(result: Result, path: Path) -> None:
    """What a request costs, and how many are answered, with each number of web processes."""
    points = result.crowd.points
    if not points:
        return
    figure, (cost, rate) = _pyplot().subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    numbers = [point.processes for point in points]
    cost.plot(numbers, [point.ratio for point in points], marker="o", color=COLOURS["app"])
    cost.axhline(MOST_DEARER * points[0].ratio, color=GOAL, linestyle="--", label="goal")
    cost.set(xlabel="web processes", ylabel="bare views of as many processes", ylim=(0, None))
    cost.legend(frameon=False, loc="lower left")
    rate.plot(numbers, [point.rate for point in points], marker="o", color=COLOURS["postgres"])
    rate.set(xlabel="web processes", ylabel="requests/s by the clock", ylim=(0, None))
    for axes in (cost, rate):
        axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)
