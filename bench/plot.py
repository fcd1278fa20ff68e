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
    axes.scatter(
        [goal for goal, _ in goals], [place for _, place in goals], marker="|", s=160, color="black", label="goal"
    )
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlabel(f"CPU time of a request, in bare views of {result.bare.cost:.2f} ms")
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
