"""What may be chosen on the command line."""

import argparse
import secrets
from dataclasses import dataclass
from pathlib import Path

from prove import code

RESULTS = Path(__file__).resolve().parent / "results"
NONE = "none"
MOST = 5000  # journeys
ABOUT = (
    "Let visitors shop in a store of several processes while these are killed, rolled and cut off from Redis, SQS and "
    "S3, and prove that nothing was lost and nothing happened twice. Everything is started here and ended again. "
    "Exit code 0: proven; 1: something does not hold, and a sentence says what is to blame; 2: it could not be tried."
)


@dataclass(frozen=True)
class Options:
    """`rollout`: nothing but a roll-out with the time-outs of the manifests. `mixed`: journeys of the run in which
    `old` processes work beside the new ones; `old` is "" for none.
    """

    journeys: int
    mixed: int
    seed: int
    old: str
    revision: str
    out: Path
    at_once: int
    rollout: bool = False


def parse(arguments: list[str] | None = None) -> Options:
    """Raises LaunchError for a revision that is not there, SystemExit(2) for what else cannot be used."""
    found = _parser().parse_args(arguments)
    journeys = 12 if found.quick else found.journeys
    skip = found.rollout or found.old == NONE or (found.quick and not found.old)
    return Options(
        journeys=journeys,
        mixed=max(9, journeys // 5),
        seed=secrets.randbelow(1_000_000) if found.seed is None else found.seed,
        old="" if skip else code.check(found.old or code.previous()),
        revision=code.check(found.revision),
        out=found.out,
        at_once=found.at_once,
        rollout=found.rollout,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m prove", description=ABOUT)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--journeys", type=_visitors, default=200, metavar="N", help="visitors of the storm (200)")
    size.add_argument("--quick", action="store_true", help="12 visitors, and no old code unless --old names it")
    rollout = "replace all processes under visitors with the very time-outs of k8s/base, and do nothing else to them"
    parser.add_argument("--rollout", action="store_true", help=rollout)
    parser.add_argument("--seed", type=int, metavar="N", help="the plan of an earlier run (drawn anew)")
    old = "run this revision beside the new code (last release, else HEAD~1); none: only the new code"
    parser.add_argument("--old", default="", metavar="REV", help=old)
    parser.add_argument("--revision", default="", metavar="REV", help="prove this commit (the working tree)")
    parser.add_argument(
        "--out", type=Path, default=RESULTS, metavar="DIR", help="directory of the report (prove/results)"
    )
    parser.add_argument("--at-once", type=_visitors, default=6, metavar="N", help="visitors at the same time (6)")
    return parser


def _visitors(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MOST:
        raise argparse.ArgumentTypeError(f"write a number from 1 to {MOST}")
    return number
