"""What will happen, decided by a seed before anything starts: which journeys, and when what is killed or cut."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

WEIGHTS = {  # of 100 journeys
    "guest": 20,
    "guest-card": 14,
    "member": 18,
    "phone": 10,
    "phone-card": 6,
    "phone-member": 12,
    "window": 8,
    "window-member": 6,
    "staff": 6,
}
FEW = 40  # journeys; below that everything happens sooner
LEAST_AT_ORDERS = 3  # kills while an order is placed
EARLY = 0.005  # seconds; no order is placed that fast
LEAST_REQUESTS = 8  # that each journey makes
SENT, COMMITTED, MAILED = "sent", "committed", "mailed"
ORDER = "order"  # the request that places an order
ORDERING = ("guest", "guest-card", "member", "phone", "phone-card", "phone-member")
REDEEMING = ("guest", "phone-member")  # a voucher
SPENDING = ("guest-card", "phone")  # a gift card, and the rest another way
SIGNED_IN = ("member", "phone-member", "window-member")
WEB_KILLS, WORKER_KILLS, RELAY_KILLS = 0.22, 0.06, 0.04  # for each journey


@dataclass(frozen=True)
class Kill:
    """SIGKILL during a request of a journey; a web process is the one that serves it.

    `at`: the number of the request, or ORDER. `after`: what `delay`, in seconds, is counted from: SENT, or the moment
    at which the order is COMMITTED, or its mail is MAILED.
    """

    role: str
    at: int | str
    delay: float
    after: str = SENT

    def __str__(self) -> str:
        when = f"{self.delay * 1000:.0f} ms after" if self.delay else "at once when"
        what = "the order" if self.at == ORDER else f"request {self.at}"
        return f"{when} {'its mail' if self.after == MAILED else what} was {self.after}"


@dataclass(frozen=True)
class Journey:
    """One visitor. `script` says what they do, `number` who they are."""

    number: int
    script: str
    kills: tuple[Kill, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.script} {self.number}"

    @property
    def email(self) -> str:
        person = "staff" if self.script == "staff" else "member" if self.script in SIGNED_IN else "guest"
        return f"{person}-{self.number}@example.com"


@dataclass(frozen=True)
class Outage:
    """`service` is away for `seconds` from when journey number `begins` sets out. `way`: refuse or hold."""

    service: str
    begins: int
    seconds: float
    way: str


@dataclass(frozen=True)
class Plan:
    """`rolls`: the numbers of the journeys whose start begins a rolling restart of everything.

    `held`: numbers of journeys, each with how many processes have to have begun to leave before it sets out.
    """

    seed: int
    journeys: tuple[Journey, ...]
    outages: tuple[Outage, ...] = ()
    rolls: tuple[int, ...] = ()
    held: Mapping[int, int] = field(default_factory=dict)

    @property
    def kills(self) -> int:
        return sum(len(journey.kills) for journey in self.journeys)


def storm(seed: int, journeys: int, *, scripts: tuple[str, ...] = tuple(WEIGHTS)) -> Plan:
    """Return a plan with kills, outages and a roll. The same arguments give the same plan."""
    chance = random.Random(seed)
    visitors = _visitors(chance, journeys, scripts)
    roll = journeys // 2 if journeys >= FEW else journeys // 4  # early enough for visitors to meet it
    return Plan(seed, _with_kills(chance, visitors), _outages(chance, journeys), (roll,))


def rollout(seed: int, journeys: int, *, processes: int) -> Plan:
    """Return a plan in which nothing is killed or cut; so many processes are replaced while visitors shop.

    They come in as many groups, however fast they are: one for each process that leaves.
    """
    visitors = tuple(_visitors(random.Random(seed), journeys, tuple(WEIGHTS)))
    groups = {journey.number: journey.number * processes // journeys for journey in visitors}
    held = {number: group + 1 for number, group in groups.items() if group}
    return Plan(seed, visitors, rolls=(max(0, min(4, journeys // processes - 1)),), held=held)


def calm(plan: Plan) -> Plan:
    """Return one journey of each script of a plan, and nothing that happens to them."""
    first: dict[str, Journey] = {}
    for journey in plan.journeys:
        first.setdefault(journey.script, Journey(journey.number, journey.script))
    return Plan(plan.seed, tuple(first.values()))


def _visitors(chance: random.Random, journeys: int, scripts: tuple[str, ...]) -> list[Journey]:
    """Each script at least once if there is room; then by their weights."""
    weights = [WEIGHTS[script] for script in scripts]
    drawn = [*scripts, *chance.choices(scripts, weights, k=max(0, journeys - len(scripts)))][:journeys]
    chance.shuffle(drawn)
    return [Journey(number, script) for number, script in zip(count(), drawn, strict=False)]


def _with_kills(chance: random.Random, visitors: list[Journey]) -> tuple[Journey, ...]:
    kills: dict[int, list[Kill]] = {journey.number: [] for journey in visitors}
    buyers = [journey.number for journey in visitors if journey.script in ORDERING]
    many = max(LEAST_AT_ORDERS, _share(len(visitors), WEB_KILLS / 2))
    for place, number in enumerate(chance.sample(buyers, min(len(buyers), many))):
        kills[number].append(_at_the_order(chance, place))
    for number in _some(chance, visitors, WEB_KILLS / 2):
        kills[number].append(Kill("web", chance.randint(2, LEAST_REQUESTS), chance.uniform(0.0, 0.04)))
    for role, share in (("worker", WORKER_KILLS), ("relay", RELAY_KILLS)):
        for number in chance.sample(buyers, min(len(buyers), _share(len(visitors), share))):
            kills[number].append(_behind_the_order(chance, role))
    return tuple(Journey(journey.number, journey.script, tuple(kills[journey.number])) for journey in visitors)


def _at_the_order(chance: random.Random, place: int) -> Kill:
    """In turn at the commit, when the answer may have left or not, and some time after sending, mostly before it."""
    if place % 2:
        return Kill("web", ORDER, 0.0, COMMITTED)
    return Kill("web", ORDER, chance.uniform(0.0, 0.08) if place else EARLY)


def _behind_the_order(chance: random.Random, role: str) -> Kill:
    """While its message and its mail are on their way."""
    if role == "worker" and chance.random() < 0.5:
        return Kill(role, ORDER, 0.0, MAILED)
    return Kill(role, ORDER, chance.uniform(0.0, 1.0))


def _some(chance: random.Random, visitors: list[Journey], share: float) -> list[int]:
    return [journey.number for journey in chance.sample(visitors, _share(len(visitors), share))]


def _share(whole: int, share: float) -> int:
    return min(whole, max(1, round(whole * share))) if whole else 0


def _outages(chance: random.Random, journeys: int) -> tuple[Outage, ...]:
    """One of each service, apart from each other and from the roll in the middle."""
    seconds = 2.0 if journeys < FEW else 5.0
    places = {"redis": 0.15, "sqs": 0.35, "s3": 0.75}
    ways = {service: chance.choice(("refuse", "hold")) for service in places}
    return tuple(Outage(name, round(journeys * place), seconds, ways[name]) for name, place in places.items())
