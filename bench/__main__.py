"""`python -m bench`: measure every kind of request and write the table."""

import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from rich.console import Console

from bench import crowd, guard, messages, report, result, versus
from bench.client import Broken
from bench.measure import Measurement, Row
from bench.options import EXTRAS, RESULTS, Options, parse
from bench.scenarios import BARE, SCENARIOS, Scenario
from bench.stage import Stage, check_machine
from config.local.errors import LaunchError
from config.local.steps import Steps

Extra = TypeVar("Extra", guard.GuardCost, crowd.Crowd, messages.MessageCost)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _end)
    try:
        if options.compare:
            return compare(options, console)
        check_machine()
        if options.base:
            return versus.compare(options, console)
        return run(options, console)
    except LaunchError as trouble:
        print(f"✗ {trouble}", *trouble.lines, sep="\n    ", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(options: Options, console: Console) -> int:
    """Return 0 if every row was measured."""
    smallest, *larger = options.sizes
    with Steps(console) as steps:
        finished = measure_first(smallest, steps, options)
        for products in larger:
            finished.larger.append(measure_size(products, steps, options))
    save(finished, options)
    console.print(report.terminal(finished, width=console.width))
    for sentence in report.notes(finished):
        console.print(f"• {sentence}", markup=False)
    console.print(f"Written to {options.out}/latest.json, .md and .svg", markup=False)
    return 0 if finished.good else 1


def measure_first(products: int, steps: Steps, options: Options) -> result.Result:
    """Measure the smallest size, and what does not depend on a size."""
    with Stage(steps, products=products, hashed=not options.quick, keep=options.keep) as stage:
        found = measure(Measurement(stage, options), steps, options)
        cost, crowd = watch(stage, steps, options), many(stage, steps, options)
        finished = result.collect(stage, options, result.size(stage, *found))
        finished.guard, finished.crowd = cost, crowd
        finished.messages = relayed(stage, steps, options)
        return finished


def measure_size(products: int, steps: Steps, options: Options) -> result.Size:
    with Stage(steps, products=products, hashed=not options.quick, keep=options.keep) as stage:
        return result.size(stage, *measure(Measurement(stage, options), steps, options))


def measure(measurement: Measurement, steps: Steps, options: Options) -> tuple[list[Row], list[Row]]:
    """Return the slices of the bare view and the rows; a slice before each row, as a machine's speed drifts."""
    short = {"seconds": options.seconds / 4, "alone": options.alone / 3}
    slices, rows = [measurement.run(BARE, **short)], []
    for scenario in _chosen(options):
        slices.append(measurement.run(BARE, **short))
        step = steps.begin(scenario.title)
        rows.append(_attempt(measurement, scenario, options))
        step.done(f"{rows[-1].cost / rows[-1].yardstick:.2f} bare views" if rows[-1].good else "failed")
    return slices, rows


def watch(stage: Stage, steps: Steps, options: Options) -> guard.GuardCost:
    """Measure what the guard adds to a request."""
    pairs, rounds = (1, 2) if options.quick else (guard.PAIRS, guard.ROUNDS)
    own = {"connections": options.connections, "warm_up": options.warm_up}
    run = partial(guard.measure, stage, pairs=pairs, rounds=rounds, **own)
    found = _extra("guard", "The guard against local writes", run, steps, options)
    return found or guard.GuardCost()


def many(stage: Stage, steps: Steps, options: Options) -> crowd.Crowd:
    """Measure several web processes."""
    times = {"seconds": options.seconds, "warm_up": options.warm_up}
    run = partial(crowd.measure, stage, options.crowd, **times, requests=options.mixed, orders=options.orders)
    return _extra("crowd", f"{max(options.crowd)} web processes", run, steps, options) or crowd.Crowd()


def relayed(stage: Stage, steps: Steps, options: Options) -> messages.MessageCost:
    """Measure what an outbox message costs."""
    run = partial(messages.measure, stage, number=40 if options.quick else messages.NUMBER)
    return _extra("messages", "Outbox messages", run, steps, options) or messages.MessageCost()


def _extra(name: str, title: str, run: Callable[[], Extra], steps: Steps, options: Options) -> Extra | None:
    """Return one of EXTRAS; None where only other rows were asked for, or where it did not work."""
    if not options.wants(name):
        return None
    step = steps.begin(title)
    try:
        found = run()
    except (Broken, OSError, LaunchError) as error:
        step.done(f"failed: {error}"[:100])
        return None
    step.done(found.in_short)
    return found


def _attempt(measurement: Measurement, scenario: Scenario, options: Options) -> Row:
    """A kind of request that does not work is a row that says so; the others are still measured."""
    try:
        return measurement.run(scenario, seconds=options.seconds, alone=options.alone)
    except (Broken, OSError, LookupError, ValueError) as error:
        return Row(scenario.name, scenario.title, scenario.goal, failures=1, complaints=[str(error)[:300]])


def _chosen(options: Options) -> list[Scenario]:
    found = [s for s in SCENARIOS if not options.only or any(part in s.name for part in options.only)]
    if not found and not set(options.only) & set(EXTRAS):
        raise LaunchError(f"No row has such a name: {', '.join(s.name for s in SCENARIOS)}.")
    return found


def save(finished: result.Result, options: Options) -> None:
    """Write JSON, Markdown and the picture; the page of the documentation follows the committed table only."""
    from bench.plot import plot, plot_crowd, plot_sizes

    options.out.mkdir(parents=True, exist_ok=True)
    finished.dump(options.out / "latest.json")
    (options.out / "latest.md").write_text(f"# Cost of a request\n\n{report.markdown(finished)}")
    plot(finished, options.out / "latest.svg")
    plot_sizes(finished, options.out / "sizes.svg")
    plot_crowd(finished, options.out / "processes.svg")
    if options.out == RESULTS and not options.only and not options.quick:
        report.publish(finished, PAGE)


def compare(options: Options, console: Console) -> int:
    """Show what changed from one result to another, or to the latest. Raises LaunchError for what is none."""
    old, new = [*options.compare, options.out / "latest.json"][:2]
    try:
        console.print(report.comparison(result.read(old), result.read(new)))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LaunchError(f"{old} and {new} are not two results of this benchmark: {error}") from error
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
