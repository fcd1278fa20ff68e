"""What does not arrive is tried again for three days, and keeps nobody else waiting."""

import socket
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.utils import timezone

from shop.platform import outbox, patience
from shop.platform.invariants import examine
from shop.platform.models import OutboxMessage, WebhookEndpoint
from shop.platform.webhooks import DELIVER, FAN_OUT, delivery, endpoints, schedule
from shop.platform.webhooks.invariants import INVARIANTS
from tests.at_once import other_connection
from tests.platform.webhooks.hearing import SOON, counted, delivered, endpoint, state, tell, waiting, work
from tests.receiver import Answer

pytestmark = pytest.mark.django_db(transaction=True)


class TestWhatDoesNotArrive:
    def test_it_is_tried_again_until_it_does(self, there):
        endpoint(there.url())
        there.answers["/"] = [Answer(500, b"I am \x00 broken" + b"." * 600), Answer(400), Answer(200, b"thanks")]
        failed = counted("failed")
        tell()
        work()
        row = delivered(there.url())
        assert (row.state, row.status, row.attempts) == ("waiting", 500, 1)
        assert row.answer.startswith("I am  broken...") and len(row.answer) == 500
        assert "500" in row.error
        assert timedelta(0) < row.due_at - row.tried_at < SOON
        assert WebhookEndpoint.objects.failing().count() == 1
        assert work() == ["done"] and work() == ["done"] and work() == []
        assert state(row) == "delivered" and row.attempts == 3 and row.answer == "thanks" and not row.error
        assert not WebhookEndpoint.objects.failing().exists()
        assert len(set(there.ids())) == 1
        assert counted("failed") == failed + 2

    def test_the_tries_take_three_days_and_then_it_is_given_up_for_staff_to_send_again(self, there):
        endpoint(there.url())
        there.answers["/"] = [Answer(500)]
        tell()
        work()
        row = delivered(there.url())
        waited, given_up = timedelta(), counted("given_up")
        while state(row) == "waiting":
            waited += row.due_at - row.tried_at
            assert OutboxMessage.objects.open().get(topic=DELIVER).available_at - row.due_at < SOON
            work()
        assert (row.state, row.attempts) == ("given up", len(schedule.PAUSES) + 1)
        assert timedelta(days=3) < waited < timedelta(days=4)
        assert counted("given_up") == given_up + 1 and not waiting()

        there.answers.clear()
        delivery.send_again([row.pk])
        work()
        assert state(row) == "delivered"

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_is_no_success_and_is_not_followed(self, there, status):
        endpoint(there.url())
        there.answers["/"] = [Answer(status, headers={"Location": there.url("/elsewhere")})]
        tell()
        work()
        assert [heard.path for heard in there.heard] == ["/"]
        assert (delivered(there.url()).state, delivered(there.url()).status) == ("waiting", status)

    def test_who_is_gone_is_switched_off_with_all_that_waits(self, there):
        made = endpoint(there.url())
        there.answers["/"] = [Answer(410)]
        tell()
        tell()
        work()
        made.refresh_from_db()
        assert (made.is_on, made.off_why) == (False, "gone")
        assert list(made.deliveries.values_list("state", flat=True)) == ["given up"] * 2
        assert len(there.heard) == 1 and not waiting()
        assert WebhookEndpoint.objects.given_up().count() == 1
        assert endpoints.switch_on(made.pk) and not endpoints.switch_on(made.pk)
        made.refresh_from_db()
        assert made.is_on and not made.failing_since

    @pytest.mark.parametrize(("days", "is_on"), [(4, True), (5, False)])
    def test_who_fails_for_five_days_is_switched_off(self, there, days, is_on):
        made = endpoint(there.url())
        there.answers["/"] = [Answer(500)]
        WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=days, seconds=1), failures=9)
        tell()
        work()
        made.refresh_from_db()
        assert (made.is_on, made.off_why) == (is_on, "" if is_on else "failing")

    def test_who_is_not_there_is_left_alone_for_a_while_and_others_are_not(self, there):
        with closing(socket.socket()) as nobody:  # has the port, and listens to nobody
            nobody.bind(("127.0.0.1", 0))
            away = endpoint(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
            endpoint(there.url())
            tell()
            tell()
            put_off = counted("put_off")
            work()
        assert len(there.heard) == 2
        away.refresh_from_db()
        first, other = away.deliveries.order_by("id")
        assert "cannot be reached" in first.error and first.attempts == 1
        assert (other.attempts, other.step, counted("put_off")) == (0, 0, put_off + 1), "it was not even asked"
        assert other.due_at >= away.rests_until
        assert schedule.rest_after_failures(1) < schedule.rest_after_failures(3) < schedule.rest_after_failures(9999)

    @pytest.mark.parametrize("drips", [False, True])
    def test_who_is_slow_costs_a_bounded_time(self, there, monkeypatch, drips):
        monkeypatch.setattr(patience, "WEBHOOK", 0.3)
        made, held = endpoint(there.url()), threading.Event()
        there.answers["/"] = [Answer(held=held, drips=drips)]
        tell()
        work()
        assert not held.is_set()
        held.set()
        made.refresh_from_db()
        assert made.deliveries.get().error == "No answer in time."
        assert made.rests_until

    def test_who_takes_long_has_half_of_the_time_at_most(self, there, monkeypatch):
        monkeypatch.setattr(schedule, "SLOW", 0.0)
        made = endpoint(there.url())
        tell()
        work()
        made.refresh_from_db()
        row = made.deliveries.get()
        assert row.state == "delivered"
        assert made.rests_until - row.ended_at > timedelta(seconds=row.seconds / 2)

    def test_of_one_endpoint_so_many_deliveries_run_at_once(self, there):
        made = endpoint(there.url())
        tell()
        assert outbox.handle(waiting(FAN_OUT)[0]) == "done"
        with other_connection() as other:  # of workers that are at it
            for place in range(delivery.AT_ONCE):
                other.execute(delivery.PLACE, [f"webhook:{made.pk}:{place}"])
            work()
            row = made.deliveries.get()
            assert (row.state, row.attempts, row.turn) == ("waiting", 0, 2) and not there.heard
        work()
        assert state(row) == "delivered"

    def test_a_delivery_that_nothing_will_send_is_found_and_sent(self, there):
        endpoint(there.url())
        tell()
        outbox.handle(waiting(FAN_OUT)[0])
        assert not any(found.broken for found in examine(INVARIANTS, lambda *_: None))
        OutboxMessage.objects.filter(topic=DELIVER).delete()
        (found,) = examine(INVARIANTS, lambda *_: None)
        assert found.broken == 1
        found.invariant.repair([violation.pk for violation in found.violations])
        assert not any(found.broken for found in examine(INVARIANTS, lambda *_: None))
        work()
        assert len(there.heard) == 1
