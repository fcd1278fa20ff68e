"""What may be chosen on the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Options:
    """`seconds`: of the loaded part of each row; `alone`: of the part with one request at a time."""

    products: int
    seconds: float
    alone: float
    connections: int
    orders: int
    out: Path
    only: tuple[str, ...]
    profile: bool
    compare: tuple[Path, ...]
    quick: bool


def parse(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--products", type=int, help="size of the catalogue (10000)")
    parser.add_argument("--seconds", type=float, help="under full load, for each row (4)")
    parser.add_argument("--connections", type=int, default=4, help="that keep the process busy (4: its threads)")
    parser.add_argument("--orders", type=int, help="to place for each of the two rows that place orders (160)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results (bench/results)")
    parser.add_argument("--only", default="", help="comma-separated parts of row names; the bare view is always there")
    parser.add_argument("--profile", action="store_true", help="also write a flame graph for each row (py-spy)")
    parser.add_argument("--compare", type=Path, nargs="+", default=[], metavar="FILE", help="show ratios: OLD [NEW]")
    parser.add_argument("--quick", action="store_true", help="a small catalogue and a glance at each row")
    found = parser.parse_args(arguments)
    quick = found.quick
    return Options(
        products=found.products or (200 if quick else 10_000),
        seconds=found.seconds or (0.3 if quick else 4.0),
        alone=0.1 if quick else 1.5,
        connections=found.connections,
        orders=found.orders or (12 if quick else 160),
        out=found.out,
        only=tuple(part for part in found.only.split(",") if part),
        profile=found.profile,
        compare=tuple(found.compare),
        quick=quick,
    )
