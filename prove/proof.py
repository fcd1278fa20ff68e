"""The parts of a proof, one after the other: a calm run by one process, the storm, old code beside new."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console

from config.local.steps import Step, Steps
from prove import code
from prove import plan as plans
from prove.claims import all_claims
from prove.claims.claim import Claim
from prove.evidence import PATIENCE, Evidence, collect, settle
from prove.ground import Ground
from prove.manifest import Pod, pods
from prove.options import Options
from prove.plan import Plan
from prove.record import CUT, Record
from prove.run import Run
from prove.stage import CALM, FULL, ROLLED, Size, Stage

TOLD = 15.0  # seconds between two lines where nobody watches a terminal


@dataclass(frozen=True)
class Part:
    """One run and what it showed."""

    name: str
    title: str
    evidence: Evidence
    claims: list[Claim]
    seconds: float

    @property
    def holds(self) -> bool:
        return all(claim.holds for claim in self.claims)


@dataclass(frozen=True)
class Scene:
    """What is run, and on how much. `name`: of its database and queues. `extra`: more environment of the processes.

    `pods`: whose settings and time-outs they have, by role; else this machine's. `patience`: seconds at the end for
    work that was put off.
    """

    name: str
    title: str
    plan: Plan
    size: Size = FULL
    at_once: int = 6
    extra: Mapping[str, str] = field(default_factory=dict)
    pods: Mapping[str, Pod] = field(default_factory=dict)
    patience: float = PATIENCE


def prove(options: Options, console: Console) -> list[Part]:
    """Run all parts. Raises LaunchError if something cannot be started."""
    calm, *others = scenes(options)
    journeys = [journey for scene in others for journey in scene.plan.journeys]
    staff = {journey.number for journey in journeys if journey.script == "staff"}
    people = 1 + max(journey.number for journey in journeys)
    steps = Steps(console)
    revisions = {"revision": options.revision, "old": options.old}
    with steps, Ground(steps, people=people, staff=sorted(staff), **revisions) as ground:
        reference = run(ground, steps, calm)
        return [_part(ground, steps, scene, reference) for scene in others]


def scenes(options: Options) -> list[Scene]:
    """Return what is run: the calm run first, which all others are compared with."""
    if options.rollout:
        return _rollout(options)
    storm = plans.storm(options.seed, options.journeys)
    planned = [
        Scene("calm", "One process, nothing happens to it", plans.calm(storm), CALM),
        Scene("storm", "The storm", storm, at_once=options.at_once),
    ]
    if options.old:
        met = {journey.script for journey in storm.journeys}  # the calm run knows how the journeys of these end
        if not code.has(options.old, "shop/payments/gift_cards.py"):
            met -= set(plans.SPENDING)
        scripts = tuple(script for script in plans.WEIGHTS if script in met)
        mixed = plans.storm(options.seed + 1, options.mixed, scripts=scripts)
        title = f"The storm, with {options.old} beside the new code"
        planned.append(Scene("mixed", title, mixed, Size(mixed=True), at_once=options.at_once))
    return planned


def _rollout(options: Options) -> list[Scene]:
    plan = plans.rollout(options.seed, options.journeys, processes=ROLLED.web + ROLLED.relays + ROLLED.workers)
    return [
        Scene("calm", "One process, nothing happens to it", plans.calm(plan), CALM),
        Scene("rollout", "A roll-out", plan, ROLLED, options.at_once, pods=pods()),
    ]


def _part(ground: Ground, steps: Steps, scene: Scene, reference: Evidence) -> Part:
    began_at = time.monotonic()
    evidence = run(ground, steps, scene)
    return Part(scene.name, scene.title, evidence, all_claims(evidence, reference), time.monotonic() - began_at)


def run(ground: Ground, steps: Steps, scene: Scene) -> Evidence:
    """One run from its start to its evidence."""
    teller = Teller(steps, scene.title, len(scene.plan.journeys))
    with Stage(ground, scene.name, scene.size, scene.extra, scene.pods) as stage:
        record = Run(stage, scene.plan, teller, at_once=scene.at_once).go()
        settle(stage, patience=scene.patience)
        stage.disk.end()
        teller.done(record)
        return collect(stage, scene.plan, record)


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
