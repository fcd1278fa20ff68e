"""Work that is done later: mails that arrive once, messages that come to an end."""

from collections import Counter, defaultdict

from prove.claims.claim import Claim, counted
from prove.evidence import Evidence
from prove.plan import ORDERING

KILLED = " under one Message-ID: its worker was killed between sending and noting it."
AGAIN = (
    " and no worker was killed over it: a handler is not idempotent, it does its work again when its message is "
    "delivered again."
)
BEFORE, AFTER = 0.5, 3.0  # seconds around a mail's arrival in which a worker's death explains that it comes again


def each_once(evidence: Evidence) -> Claim:
    """Counted by Message-ID, as mailboxes do. What came twice is told, and has to have a killed worker for it."""
    arrivals: dict[str, list[float]] = defaultdict(list)
    to = {}
    for identifier, recipient, moment in evidence.arrivals:
        arrivals[identifier].append(moment)
        to[identifier] = recipient
    problems = _kinds(evidence)
    numbers = {identifier.partition("@")[0].rpartition("-")[2]: identifier for identifier in arrivals}
    for mail in evidence.tables["mails"]:
        if str(mail["id"]) not in numbers:
            problems.append(f"The mail {mail['kind']} to {mail['to']} never arrived.")
    notes = []
    for identifier, moments in arrivals.items():
        if len(moments) > 1:
            text = f"A mail to {to[identifier]} arrived {len(moments)} times"
            excused = len(moments) == 2 and _has_excuse(evidence, min(moments))
            (notes if excused else problems).append(f"{text}{KILLED if excused else AGAIN}")
    surplus = len(evidence.arrivals) - len(arrivals)
    found = f"{counted(len(arrivals), 'mail')}; {counted(surplus, 'repetition')} under the same Message-ID"
    return Claim("Each mail arrived once", found, problems, notes)


def _has_excuse(evidence: Evidence, moment: float) -> bool:
    return any(moment - BEFORE <= kill.at <= moment + AFTER for kill in evidence.record.kills("worker"))


def _kinds(evidence: Evidence) -> list[str]:
    """One confirmation for each order, one receipt for each that was paid."""
    rows = Counter((mail["to"], mail["kind"]) for mail in evidence.tables["mails"])
    problems = []
    for journey in evidence.plan.journeys:
        orders = evidence.orders_of(journey) if journey.script in ORDERING else []
        paid = [order for order in orders if order["state"] == "paid"]
        for kind, wanted in {"order_placed": len(orders), "order_paid": len(paid)}.items():
            found = rows[(journey.email, kind)]
            if found != wanted:
                problems.append(f"{journey.name}: {counted(found, 'mail')} {kind} instead of {wanted}.")
    return problems


def work_done(evidence: Evidence) -> Claim:
    messages = evidence.tables["outbox"]
    problems = [
        f"Message {row['id']} ({row['topic']}) was given up: {row['last_error'][:120]}"
        for row in messages
        if row["dead_at"]
    ]
    problems += [
        f"Message {row['id']} ({row['topic']}) is not done: {row['last_error'][:120] or 'nobody took it'}"
        for row in messages
        if not row["done_at"] and not row["dead_at"]
    ]
    again = sum(row["sends"] > 1 for row in messages)
    found = f"{counted(len(messages), 'message')} done; {again} had to be sent again"
    return Claim("All work that was put off was done", found, problems)
