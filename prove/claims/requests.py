"""What became of each request."""

from collections import Counter, defaultdict

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence
from prove.record import CUT, FAILED, OK, WAITED, Sample

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
