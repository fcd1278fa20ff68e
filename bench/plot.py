"""A picture of the result: what each request costs, and of what that consists."""

from pathlib import Path

from bench.result import Result

COLOURS = {"app": "#2f5d62", "postgres": "#c98b3c", "redis": "#a4443b"}
NAMES = {"app": "application", "postgres": "PostgreSQL", "redis": "Redis"}


def plot(result: Result, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "bench"  # the same numbers give the same file
    from matplotlib import pyplot

    rows = [row for row in reversed(result.all_rows) if row.good]
    figure, axes = pyplot.subplots(figsize=(9, 1 + 0.32 * len(rows)), layout="constrained")
    left = [0.0] * len(rows)
    for part, colour in COLOURS.items():
        values = [row.cpu.get(part, 0.0) / result.bare.cost for row in rows]
        axes.barh([row.title for row in rows], values, left=left, color=colour, label=NAMES[part])
        left = [before + value for before, value in zip(left, values, strict=True)]
    goals = [(row.goal, place) for place, row in enumerate(rows) if row.goal is not None]
    at, places = zip(*goals, strict=True) if goals else ((), ())
    axes.scatter(at, places, marker="|", s=160, color="#d6336c", label="goal", zorder=3)
    for place, row in enumerate(rows):
        axes.annotate(f" {row.ratio:.1f}", (left[place], place), va="center", fontsize=8)
    axes.set_xlabel(f"CPU time of a request, in bare views of {result.bare.cost:.2f} ms")
    axes.margins(y=0.01)
    figure.legend(loc="outside upper right", ncols=4, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
