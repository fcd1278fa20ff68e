"""Each claim breaks by what it is about, and only by that."""

from typing import Any

from prove import html, options, report
from prove.claims import all_claims
from prove.disk import told_by_guard
from prove.evidence import Evidence
from prove.plan import Journey, Plan
from prove.proof import Part
from prove.record import CUT, FAILED, Event
from tests.prove.made_up import AT, GUEST, evidence, sample, tables


def broken(found: Evidence) -> dict[str, str]:
    return {claim.title: " ".join(claim.problems) for claim in all_claims(found, None) if not claim.holds}


def with_kill(found: Evidence, whom: str, at: float) -> Evidence:
    found.record.events.append(Event(at, "kill", whom))
    return found


def test_nothing_is_wrong_with_an_order_that_went_well():
    assert broken(evidence()) == {}


def test_a_second_order():
    order = tables()["orders"][0]
    twice = tables(orders=[order, {**order, "id": 2, "number": "B2"}])
    assert "ordered once and has A1 and B2" in broken(evidence(tables=twice))["Each order was placed once"]


def test_a_second_charge():
    charge = evidence().charges[0]
    said = broken(evidence(charges=[charge, charge]))["Each charge was made once"]
    assert "charged 2 times" in said


def test_a_charge_of_another_amount():
    found = evidence(charges=[{"description": "A1", "status": "paid", "amount": 2400}])
    assert "over 19.80 was charged 24.00" in broken(found)["Each charge was made once"]


def test_a_movement_too_many_shows_in_ledger_and_level():
    movements = [*tables()["movements"], tables()["movements"][1]]
    said = broken(evidence(tables=tables(movements=movements)))["Each stock movement was made once"]
    assert "once more than order A1 says" in said
    assert "the movements add up to 8" in said


def test_a_voucher_that_was_used_otherwise_than_its_orders_say():
    redeemer = Plan(0, (Journey(1, "guest"),))
    order = tables()["orders"][0] | {"discount": 2}
    use = {"order_id": 1, "voucher_id": 1, "amount": 2, "released_at": None}
    once = [{"id": 1, "code": "PROOF", "used": 1}]

    def said(**rows: Any) -> str:
        well = {"orders": [order], "vouchers": once, "redemptions": [use]}
        return broken(evidence(plan=redeemer, tables=tables(**(well | rows)))).get("Each voucher was used once", "")

    assert said() == ""
    assert "Order A1 has 0 uses of a voucher instead of 1" in said(redemptions=[use | {"released_at": AT}])
    assert "Order A1 is 2 less, and its use of a voucher 3" in said(redemptions=[use | {"amount": 3}])
    assert "2 uses are counted, and 1 orders have it" in said(vouchers=[once[0] | {"used": 2}])
    assert "Order A1 has 1 uses of a voucher instead of 0" in broken(
        evidence(tables=tables(orders=[order], vouchers=once, redemptions=[use]))
    ).get("Each voucher was used once", "")


def test_a_gift_card_that_paid_otherwise_than_its_orders_say():
    title = "Each gift card was spent once"
    issued, spent = tables()["gift_card_entries"]

    def said(**rows: Any) -> str:
        return broken(evidence(tables=tables(**rows))).get(title, "")

    assert "Order A1 took nothing from gift cards instead of 5.00" in said(gift_card_entries=[issued])
    assert "Order A1 took 5.00 and 5.00 from gift cards" in said(gift_card_entries=[issued, spent, spent])
    assert "Order A1 says 4 by gift card, and took 5.00" in said(
        orders=[tables()["orders"][0] | {"gift_card_amount": 4}]
    )
    assert "On gift card 1 are 5, and its entries leave 0.00" in said(gift_cards=[{"id": 1, "balance": 5}])
    stranger = Plan(0, (Journey(1, "guest"),))
    assert "took 5.00 from gift cards instead of nothing" in broken(evidence(plan=stranger)).get(title, "")


def test_a_mail_that_never_arrived():
    found = evidence(arrivals=[("<mail-1@x>", GUEST.email, AT)])
    assert "order_paid to guest-1@example.com never arrived" in broken(found)["Each mail arrived once"]


def test_a_mail_twice_needs_a_killed_worker():
    twice = [*evidence().arrivals, ("<mail-1@x>", GUEST.email, AT + 5)]
    assert "not idempotent" in broken(evidence(arrivals=twice))["Each mail arrived once"]
    assert broken(with_kill(evidence(arrivals=twice), "worker-1", AT + 0.1)) == {}
    assert broken(with_kill(evidence(arrivals=twice), "worker-1", AT + 60)) != {}


def test_work_that_was_given_up():
    row = tables()["outbox"][0] | {"done_at": None, "dead_at": AT, "last_error": "no"}
    assert "was given up: no" in broken(evidence(tables=tables(outbox=[row])))["All work that was put off was done"]


def test_a_request_that_failed():
    found = evidence()
    found.record.samples.append(sample(fate=FAILED, status=500))
    assert "got 500 from web-1" in broken(found)["No other request failed"]


def test_a_request_without_an_answer_needs_a_kill_and_a_success_later():
    def cut(*, then: bool) -> Evidence:
        found = evidence()
        found.record.samples[:] = [sample(fate=CUT, status=502)]
        if then:
            found.record.samples.append(sample(number=2, pod="web-2", before="web-1"))
        return found

    assert "Nothing was killed there" in broken(cut(then=True))["No other request failed"]
    assert broken(with_kill(cut(then=True), "web-1", AT + 0.05)) == {}
    assert "did not succeed later" in broken(with_kill(cut(then=False), "web-1", AT))["No other request failed"]


def test_a_connection_that_breaks_in_an_answer_breaks_with_a_kill_of_another_than_the_last():
    def broken_off(whom: str, at: float) -> Evidence:
        found = evidence()
        cut = sample(fate=CUT, status=0, pod="", seconds=9.0, error="ReadError('')")
        found.record.samples[:] = [cut, sample(number=2)]
        return with_kill(found, whom, at)

    assert broken(broken_off("web-1", AT + 9.1)) == {}
    for whom, at in {"web-1": AT + 2, "web-2": AT + 9}.items():
        assert "no answer (ReadError(''))" in broken(broken_off(whom, at))["No other request failed"]


def test_a_request_that_went_to_the_same_process():
    found = evidence()
    found.record.samples.append(sample(before="web-1"))
    assert "stayed on web-1" in broken(found)["Each request went to another process than the last"]


def test_a_file_on_a_disk():
    found = evidence(written={"web-1": {"/tmp/a"}})
    assert "web-1 wrote on its own disk: /tmp/a." in broken(found)["Nothing was written on local disk"]


def test_what_the_guard_saw_is_told_though_a_killed_process_left_half_a_line(tmp_path):
    log = tmp_path / "web-1.log"
    line = '{"logger": "stateless.guard", "event": "GET / wrote a file. More"}'
    log.write_text(f"{line}\n{line[:40]}\nplain text of stateless.guard\n")
    assert told_by_guard(log) == ["GET / wrote a file"]


def test_a_visitor_who_saw_something_else_than_in_the_calm_run():
    calm, found = evidence(), evidence()
    found.record.seen[GUEST.name] = {"total": "0.00"}
    (claim,) = [claim for claim in all_claims(found, calm) if not claim.holds]
    assert "{'total': '0.00'} instead of {'total': '24.80'}" in claim.problems[0]


def test_what_went_wrong_in_the_calm_run_is_told_as_a_sentence():
    calm, found = evidence(), evidence()
    calm.record.complain(GUEST.name, "The cart is empty.", about="cart")
    (claim,) = [claim for claim in all_claims(found, calm) if not claim.holds]
    assert f"{GUEST.name}, in the calm run: The cart is empty." in claim.problems


def test_a_visitor_who_never_came_to_an_end():
    found = evidence()
    found.record.seen.clear()
    assert "never came to its end" in broken(found)["Every journey ended as in the one-process run"]


def test_the_verdict_names_how_many_claims_do_not_hold():
    found = evidence(written={"web-1": {"/tmp/a"}})
    part = Part("storm", "The storm", found, all_claims(found, None), 1.0)
    assert report.verdict([part], 7) == "NOT PROVEN: 1 claim does not hold (seed 7)."
    page = html.document([part], options.parse(["--quick", "--seed", "7"]))
    assert "<h1>Not proven</h1>" in page
    assert "web-1 wrote on its own disk: /tmp/a." in page
