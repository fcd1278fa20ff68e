"""The parts of a proof, one after the other: a calm run by one process, the storm, old code beside new."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console

from config.local.steps import Step, Steps
from prove import plan as plans
from prove.claims import all_claims
from prove.claims.claim import Claim
from prove.evidence import Evidence, collect, settle
from prove.ground import Ground
from prove.options import Options
from prove.plan import Plan
from prove.record import CUT, Record
from prove.run import Run
from prove.stage import CALM, Size, Stage

TOLD = 15.0  # seconds between two lines where nobody watches a terminal


@dataclass(frozen=True)
class Part:
    """One run and what it showed."""

    title: str
    evidence: Evidence
    claims: list[Claim]
    seconds: float

    @property
    def holds(self) -> bool:
        return all(claim.holds for claim in self.claims)


def prove(options: Options, console: Console) -> list[Part]:
    """Run all parts. Raises LaunchError if something cannot be started."""
    storm = plans.storm(options.seed, options.journeys)
    mixed = plans.storm(options.seed + 1, options.mixed)
    people = max(options.journeys, options.mixed)
    staff = {journey.number for plan in (storm, mixed) for journey in plan.journeys if journey.script == "staff"}
    ground = Ground(
        steps := Steps(console), people=people, staff=sorted(staff), revision=options.revision, old=options.old
    )
    with steps, ground:
        calm = run(ground, steps, "calm", "One process, nothing happens to it", plans.calm(storm), CALM)
        parts = [_part(ground, steps, "storm", "The storm", storm, Size(), calm, options)]
        if options.old:
            title = f"The storm with {options.old} beside the new code"
            parts.append(_part(ground, steps, "mixed", title, mixed, Size(mixed=True), calm, options))
    return parts


def _part(
    ground: Ground, steps: Steps, name: str, title: str, plan: Plan, size: Size, calm: Evidence, options: Options
) -> Part:
    began_at = time.monotonic()
    evidence = run(ground, steps, name, title, plan, size, at_once=options.at_once)
    return Part(title, evidence, all_claims(evidence, calm), time.monotonic() - began_at)


def run(
    ground: Ground,
    steps: Steps,
    name: str,
    title: str,
    plan: Plan,
    size: Size,
    *,
    at_once: int = 6,
    extra: Mapping[str, str] | None = None,
) -> Evidence:
    """One run from start to evidence. `name`: of its database and queues. `extra`: more environment."""
    with Stage(ground, name, size, extra) as stage:
        teller = Teller(steps, title, len(plan.journeys))
        record = Run(stage, plan, teller, at_once=at_once).go()
        settle(stage)
        stage.disk.end()
        teller.done(record)
        return collect(stage, plan, record)


class Teller:
    """Says how far a run is."""

    def __init__(self, steps: Steps, title: str, journeys: int) -> None:
        self.steps, self.title, self.journeys = steps, title, journeys
        self.step: Step = steps.begin(f"{title}: {journeys} journeys")
        self._told_at = time.monotonic()

    def __call__(self, record: Record) -> None:
        done = len(record.seen.keys() | record.complaints.keys())
        text = f"{done}/{self.journeys}, {len(record.samples):,} requests, {len(record.kills())} kills"
        self.step.note(text)
        if self.steps.progress.disable and time.monotonic() - self._told_at > TOLD:
            self._told_at = time.monotonic()
            self.steps.console.print(f"  {self.title}: {text}", markup=False)

    def done(self, record: Record) -> None:
        cut = sum(sample.fate == CUT for sample in record.samples)
        self.step.done(f"{len(record.samples):,} requests, {len(record.kills())} kills, {cut} cut")
