"""What visitors saw: everything as if one process had served them and lived."""

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence
from prove.plan import SIGNED_IN


def ended_alike(evidence: Evidence, reference: Evidence | None) -> Claim:
    title = "Every journey ended as in the one-process run"
    problems = evidence.record.about("journey")
    names = [journey.name for journey in evidence.plan.journeys]
    unfinished = [name for name in names if name in evidence.record.complaints]
    missing = [name for name in names if name not in evidence.record.seen and name not in unfinished]
    problems += [f"{name} never came to its end." for name in missing]
    if reference:
        problems += [f"{name}, in the calm run: {text}" for name, (_about, text) in reference.record.complaints.items()]
        problems += _differences(evidence, reference)
    elsewhere = len(unfinished) - len(evidence.record.about("journey"))
    if elsewhere > 0:
        problems.append(f"{counted(elsewhere, 'journey')} broke off for a reason that is named below.")
    return Claim(title, f"{len(names) - len(unfinished) - len(missing)} of {counted(len(names), 'journey')}", problems)


def _differences(evidence: Evidence, reference: Evidence) -> list[str]:
    expected = {journey.script: reference.outcome(journey) for journey in reference.plan.journeys}
    found = []
    for journey in evidence.plan.journeys:
        if journey.name in evidence.record.complaints:
            continue
        outcome = evidence.outcome(journey)
        for name, wanted in expected[journey.script].items():
            if outcome[name] != wanted:
                found.append(f"{journey.name}: {name} {outcome[name]} instead of {wanted}.")
    return found


def no_cart_lost(evidence: Evidence) -> Claim:
    kept = [journey for journey in evidence.plan.journeys if journey.script.startswith("window")]
    found = f"{counted(len(kept), 'full cart')} left alone; each add and change of the others was there afterwards"
    return Claim("No cart was lost", found, evidence.record.about("cart"))


def no_session_lost(evidence: Evidence) -> Claim:
    people = [journey for journey in evidence.plan.journeys if journey.script in (*SIGNED_IN, "staff")]
    found = f"{counted(len(people), 'visitor')} signed in, and asked again at the end"
    return Claim("No session was lost", found, evidence.record.about("session"))


def no_picture_lost(evidence: Evidence) -> Claim:
    staff = [journey for journey in evidence.plan.journeys if journey.script == "staff"]
    problems = evidence.record.about("media")
    return Claim("No upload was lost", f"{counted(len(staff), 'picture')} uploaded and shown", problems)
