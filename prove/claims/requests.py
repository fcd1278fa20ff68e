"""What became of each request."""

from collections import Counter, defaultdict

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence
from prove.record import CUT, FAILED, OK, WAITED, Event, Sample

SHOWN = 12


def none_failed(evidence: Evidence) -> Claim:
    """Only what a SIGKILL cut may have no answer, and has to succeed when it is sent again."""
    record = evidence.record
    fates = Counter(sample.fate for sample in record.samples)
    problems = [_sentence(sample) for sample in record.samples if sample.fate == FAILED]
    cut = [sample for sample in record.samples if sample.fate == CUT]
    problems += [f"{_sentence(sample)} Nothing was killed there." for sample in cut if not record.killed_during(sample)]
    problems += [f"{_sentence(sample)} It did not succeed later." for sample in _hopeless(record.samples)]
    found = f"{counted(len(record.samples), 'request')}, {fates[CUT]} cut by a SIGKILL and good when sent again"
    notes = [f"{counted(fates[WAITED], 'request')} was told to wait a second (409 with Retry-After) and did."]
    return Claim("No other request failed", found, problems[:SHOWN], notes if fates[WAITED] else [])


def _sentence(sample: Sample) -> str:
    answer = sample.status or f"no answer ({sample.error})"
    who = sample.pod or "nobody"
    return f"{sample.journey}: {sample.method} {sample.path} got {answer} from {who} after {sample.seconds:.1f} s."


def _hopeless(samples: list[Sample]) -> list[Sample]:
    """Return what was cut and never followed by a request of the same journey that succeeded."""
    last_good: dict[str, int] = defaultdict(int)
    for sample in samples:
        if sample.fate == OK:
            last_good[sample.journey] = max(last_good[sample.journey], sample.number)
    return [sample for sample in samples if sample.fate == CUT and last_good[sample.journey] < sample.number]


def rolled_under_load(evidence: Evidence) -> Claim:
    """A process that was replaced while nobody asked for anything proves nothing."""
    title = "Every process was replaced under visitors"
    times = [
        (event.whom, event.at, next((up.at for up in evidence.record.events[index:] if _back(up, event)), event.at))
        for index, event in enumerate(evidence.record.events)
        if event.what == "stop"
    ]
    alone = [name for name, left, back in times if not _asked(evidence.record.samples, left, back)]
    problems = [f"Nobody asked anything while {name} was replaced: it takes more --journeys." for name in alone]
    longest = max((back - left for _name, left, back in times), default=0.0)
    return Claim(title, f"{len(times)} processes, {longest:.0f} s at most from leaving to serving", problems)


def _back(event: Event, left: Event) -> bool:
    return event.what == "up" and event.whom == left.whom


def _asked(samples: list[Sample], left: float, back: float) -> bool:
    return any(left <= sample.at <= back for sample in samples)


def another_process(evidence: Evidence) -> Claim:
    title = "Each request went to another process than the last"
    if evidence.web < 2:
        return Claim(title, "one process: nothing to see")
    moves = [sample for sample in evidence.record.samples if sample.before and sample.pod]
    same = [sample for sample in moves if sample.before == sample.pod]
    pods = Counter(sample.pod for sample in evidence.record.samples if sample.pod)
    shares = ", ".join(f"{name} {number}" for name, number in sorted(pods.items()))
    problems = [f"{sample.journey}: request {sample.number} stayed on {sample.pod}." for sample in same]
    return Claim(title, f"{len(moves):,} moves; {shares}", problems)
