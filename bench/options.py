"""What may be chosen on the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
EXTRAS = ("guard", "crowd", "messages")  # what `--only` may name beside rows


@dataclass(frozen=True)
class Options:
    """`sizes`: products of each catalogue, the smallest first; there are as many orders.

    `seconds`: of the loaded part of each row; `alone`: of the part with one request at a time. `crowd`: numbers of web
    processes; `mixed`: requests after which the memory of one is measured. `keep`: where loaded databases are kept.

    `turns`: in which a row and the bare view are asked, one after the other, as a machine's speed drifts; `yard`:
    seconds of the bare view at each of them. `warm_up`: seconds of each process of the guard and of the crowd.
    """

    sizes: tuple[int, ...]
    seconds: float
    alone: float
    connections: int
    orders: int
    crowd: tuple[int, ...]
    mixed: int
    turns: int
    yard: float
    warm_up: float
    out: Path
    only: tuple[str, ...]
    profile: bool
    compare: tuple[Path, ...]
    base: str
    quick: bool
    keep: Path | None = None

    def wants(self, extra: str) -> bool:
        """Say whether one of EXTRAS was asked for, by name or with everything."""
        return not self.only or extra in self.only


def parse(arguments: list[str] | None = None) -> Options:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", help="products, and orders, of each catalogue (10000,1000000)")
    parser.add_argument("--seconds", type=float, help="under full load, for each row (6)")
    parser.add_argument("--connections", type=int, default=4, help="that keep the process busy (4: its threads)")
    parser.add_argument("--orders", type=int, help="to place for each of the two rows that place orders (160)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="directory of the results (bench/results)")
    parser.add_argument("--only", default="", help="comma-separated parts of row names, or guard, or crowd")
    parser.add_argument("--profile", action="store_true", help="also write a flame graph for each row (py-spy)")
    parser.add_argument("--compare", type=Path, nargs="+", default=[], metavar="FILE", help="show ratios: OLD [NEW]")
    parser.add_argument("--base", default="", metavar="COMMIT", help="measure this commit and HEAD, and show ratios")
    parser.add_argument("--keep", type=Path, help="directory that keeps loaded databases for the next run")
    parser.add_argument("--quick", action="store_true", help="a small catalogue and a glance at each row")
    found = parser.parse_args(arguments)
    sizes = found.sizes or ("200" if found.quick else "10000" if found.base else "10000,1000000")
    try:
        return _options(found, tuple(sorted(int(size) for size in sizes.split(","))))
    except ValueError:
        parser.error(f"--sizes takes numbers with commas between them, not {sizes!r}")


def _options(found: argparse.Namespace, sizes: tuple[int, ...]) -> Options:
    quick = found.quick
    return Options(
        sizes=sizes,
        seconds=found.seconds or (0.2 if quick else 6.0),
        alone=0.1 if quick else 1.5,
        connections=found.connections,
        orders=found.orders or (12 if quick else 160),
        crowd=(1, 2) if quick else (1, 2, 4, 8),
        mixed=200 if quick else 10_000,
        turns=2 if quick else 24,
        yard=0.05 if quick else 0.15,
        warm_up=0.2 if quick else 1.0,
        out=found.out,
        only=tuple(part for part in found.only.split(",") if part),
        profile=found.profile,
        compare=tuple(found.compare),
        base=found.base,
        quick=quick,
        keep=found.keep,
    )
