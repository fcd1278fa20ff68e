"""Pictures of the result: what each request costs, of what that consists, and on what it does not depend."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.crowd import MOST_DEARER
from bench.result import LARGER, Result

COLOURS = {"app": "#2f5d62", "postgres": "#c98b3c", "redis": "#a4443b"}
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
    pyplot = _pyplot()
    rows = [row for row in reversed(result.all_rows) if row.good]
    figure, axes = pyplot.subplots(figsize=(9, 1 + 0.32 * len(rows)), layout="constrained")
    left = [0.0] * len(rows)
    for part, colour in COLOURS.items():
        values = [row.ratio * row.cpu.get(part, 0.0) / row.cost for row in rows]
        axes.barh([row.title for row in rows], values, left=left, color=colour, label=NAMES[part])
        left = [before + value for before, value in zip(left, values, strict=True)]
    goals = [(row.goal, place) for place, row in enumerate(rows) if row.goal is not None]
    at, places = zip(*goals, strict=True) if goals else ((), ())
    axes.scatter(at, places, marker="|", s=160, color="#d6336c", label="goal", zorder=3)
    for place, row in enumerate(rows):
        axes.annotate(f" {row.ratio:.1f}", (left[place], place), va="center", fontsize=8)
    axes.set_xlabel("CPU time of a request, in bare views")
    axes.margins(y=0.01)
    figure.legend(loc="outside upper right", ncols=4, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def plot_sizes(result: Result, path: Path) -> None:
    """A line for each row: its cost at each size, by that at the smallest. Those that grow too much are named."""
    if not result.larger:
        return
    figure, axes = _pyplot().subplots(figsize=(9, 5), layout="constrained")
    products = [size.products for size in result.sizes]
    for title, growth in _growths(result):
        dear = max(growth) > LARGER
        axes.plot(products, growth, marker="o", color=COLOURS["redis"] if dear else COLOURS["app"], alpha=0.8)
        if dear:
            axes.annotate(f"  {title}", (products[-1], growth[-1]), va="center", fontsize=8, annotation_clip=False)
    axes.axhline(LARGER, color="#d6336c", linestyle="--", label="goal: at most")
    axes.set(xscale="log", xlabel="products, and orders", ylabel="cost of a request, by that of the smallest size")
    axes.margins(x=0.25)
    axes.legend(frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _growths(result: Result) -> Iterator[tuple[str, list[float]]]:
    """Yield the title of each row that was measured at all sizes, and its cost by that at the smallest."""
    for name, title in ((row.name, row.title) for row in result.rows):
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
    cost.axhline(MOST_DEARER * points[0].ratio, color="#d6336c", linestyle="--", label="goal")
    cost.set(xlabel="web processes", ylabel="bare views of as many processes", ylim=(0, None))
    cost.legend(frameon=False)
    rate.plot(numbers, [point.rate for point in points], marker="o", color=COLOURS["postgres"])
    rate.set(xlabel="web processes", ylabel="requests/s by the clock", ylim=(0, None))
    for axes in (cost, rate):
        axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)
