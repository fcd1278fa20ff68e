"""What has to be true after a run. Each claim is a function of the evidence and names what breaks it."""

from prove.claims import books, disk, gift_cards, journeys, mails, requests, vouchers
from prove.claims.claim import Claim
from prove.evidence import Evidence


def all_claims(evidence: Evidence, reference: Evidence | None) -> list[Claim]:
    """`reference`: the evidence of a calm run by one process with the same scripts, if there was one."""
    rolled = [requests.rolled_under_load(evidence)] if evidence.plan.rolls and not evidence.plan.kills else []
    return [
        journeys.ended_alike(evidence, reference),
        books.orders_once(evidence),
        books.charges_once(evidence),
        mails.each_once(evidence),
        books.stock_once(evidence),
        vouchers.used_once(evidence),
        gift_cards.spent_once(evidence),
        journeys.no_cart_lost(evidence),
        journeys.no_session_lost(evidence),
        journeys.no_picture_lost(evidence),
        mails.work_done(evidence),
        requests.none_failed(evidence),
        requests.another_process(evidence),
        disk.nothing_written(evidence),
        *rolled,
    ]
