"""Handing out an event to endpoints, and what becomes of each delivery.

A delivery that did not arrive is no failure of its outbox message: its next turn is another message, written in the
transaction that says why this one ended.
"""

import json
import logging
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.platform import outbox, sealing
from shop.platform.models import WebhookDelivery, WebhookEndpoint
from shop.platform.models.webhook import LONGEST_FAILURE
from shop.platform.webhooks import DELIVER, endpoints, metrics, schedule, sending, signing
from shop.platform.webhooks.sending import Answer

logger = logging.getLogger("shop.webhooks")
AT_ONCE = 2  # deliveries under way to one endpoint, whatever the number of workers
TEST = "webhook.test.v1"
BATCH = 1_000  # rows of one statement
State, Off = WebhookDelivery.State, WebhookEndpoint.Off
PLACE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
# One statement, so that an event is handed out once to each endpoint, however many workers do it at the same time
HAND_OUT = """
    INSERT INTO platform_webhookdelivery (
        endpoint_id, event_id, kind, subject, body, state, turn, step, attempts, answer, error,
        created_at, begun_at, due_at
    )
    SELECT id, %(event_id)s, %(kind)s, %(subject)s, %(body)s, 'waiting', 1, 0, 0, '', '', %(now)s, %(now)s, %(now)s
    FROM platform_webhookendpoint
    WHERE off_at IS NULL AND CASE WHEN %(only)s::bigint IS NULL THEN kinds = '{}' OR %(kind)s = ANY(kinds)
        ELSE id = %(only)s::bigint END
    ON CONFLICT (endpoint_id, event_id) DO NOTHING
    RETURNING id
"""


def fan_out(event: dict[str, Any]) -> None:
    """Hand an event to each endpoint that wants its type. Doing it again, or twice at once, changes nothing."""
    _hand_out(event)


def send_test(endpoint_id: int) -> int | None:
    """Send an event that says nothing to one endpoint, whatever types it wants.

    Return the delivery's id, or None if the endpoint is switched off.
    """
    now = timezone.now().isoformat()
    event = {"specversion": "1.0", "id": str(uuid.uuid4()), "source": settings.PUBLIC_URL, "type": TEST, "time": now}
    with transaction.atomic():
        return next(iter(_hand_out({**event, "datacontenttype": "application/json", "data": {}}, endpoint_id)), None)


def _hand_out(event: dict[str, Any], only: int | None = None) -> list[int]:
    facts = {"event_id": event["id"], "kind": event["type"], "subject": event.get("subject", "")}
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(HAND_OUT, {**facts, "body": body, "now": timezone.now(), "only": only})
        ids = [pk for (pk,) in cursor.fetchall()]
    outbox.put_many(topic=DELIVER, payloads=[{"delivery_id": pk, "turn": 1} for pk in ids])
    return ids


def deliver(delivery_id: int, turn: int) -> None:
    """Try a delivery whose turn it is. Called with the outbox message locked, in the transaction that says it is done.

    If this process dies after the POST and before the commit, the same event is sent again under the same id.
    """
    waiting = WebhookDelivery.objects.select_related("endpoint").filter(state=State.WAITING)
    delivery = waiting.filter(pk=delivery_id, turn=turn).first()
    if delivery is not None:
        metrics.deliveries.labels(_deliver(delivery, delivery.endpoint)).inc()


def _deliver(delivery: WebhookDelivery, endpoint: WebhookEndpoint) -> str:
    if not endpoint.is_on:
        _end(delivery, State.GIVEN_UP, error=_("The webhook is switched off."))
        return "given_up"
    if endpoint.rest or not _has_a_place(endpoint):
        _later(delivery, schedule.wait(rest=endpoint.rest, age=timezone.now() - delivery.begun_at))
        return "put_off"
    answer = _sent(endpoint, delivery)
    outcome = _settle(delivery, answer)
    # Neither the address, which may hold a secret, nor a body
    facts = {"delivery": delivery.pk, "endpoint": endpoint.pk, "status": answer.status, "outcome": outcome}
    logger.info("webhook sent", extra={**facts, "seconds": round(answer.seconds, 3)})
    return outcome


def _has_a_place(endpoint: WebhookEndpoint) -> bool:
    """Take one of the endpoint's places until the transaction ends, also by the worker's death."""
    with connection.cursor() as cursor:
        for place in range(AT_ONCE):
            cursor.execute(PLACE, [f"webhook:{endpoint.pk}:{place}"])
            if cursor.fetchone()[0]:
                return True
    return False


def _sent(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Answer:
    try:
        keys = endpoints.keys(endpoint)
    except sealing.CannotOpen:
        return Answer(0, 0.0, error=_("Its secret was sealed with a SECRET_KEY that is not known here: rotate it."))
    body = delivery.body.encode()
    return sending.post(
        endpoint.url, body, signing.headers(keys, event_id=delivery.event_id, at=int(time.time()), body=body)
    )


def _settle(delivery: WebhookDelivery, answer: Answer) -> str:
    """Write down what came of a try, and return that."""
    said: dict[str, Any] = {"status": answer.status or None, "answer": answer.text}
    said |= {"seconds": round(answer.seconds, 3), "error": _why(answer)[:500]}
    said |= {"attempts": F("attempts") + 1, "tried_at": timezone.now()}
    pause = schedule.pause(delivery.step)
    if answer.is_success:
        _end(delivery, State.DELIVERED, **said)
        _arrived(delivery.endpoint, answer)
        return "delivered"
    _failed(delivery.endpoint, answer)
    if answer.is_gone or pause is None:
        _end(delivery, State.GIVEN_UP, **said)
        return "given_up"
    _later(delivery, pause, step=delivery.step + 1, **said)
    return "failed"


def _why(answer: Answer) -> str:
    if answer.is_success or answer.error:
        return answer.error
    return _("It answered %(status)s, which is no success (2xx).") % {"status": answer.status}


def _end(delivery: WebhookDelivery, state: WebhookDelivery.State, **said: Any) -> None:
    _write(delivery, state=state, due_at=None, ended_at=timezone.now(), **said)


def _later(delivery: WebhookDelivery, pause: timedelta, **said: Any) -> None:
    due = timezone.now() + pause
    if _write(delivery, turn=delivery.turn + 1, due_at=due, **said):
        outbox.put(topic=DELIVER, payload={"delivery_id": delivery.pk, "turn": delivery.turn + 1}, delay=pause)


def _write(delivery: WebhookDelivery, **said: Any) -> int:
    """Unless staff sent it again meanwhile: then that other turn says what became of it."""
    return WebhookDelivery.objects.filter(pk=delivery.pk, turn=delivery.turn).update(**said)


def _arrived(endpoint: WebhookEndpoint, answer: Answer) -> None:
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    rows.exclude(failing_since=None).update(failing_since=None, failures=0, rests_until=None)
    if rest := schedule.rest_after(answer.seconds):
        rows.update(rests_until=timezone.now() + rest)


def _failed(endpoint: WebhookEndpoint, answer: Answer) -> None:
    now = timezone.now()
    row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    row.failures += 1  # locked: above
    row.failing_since = row.failing_since or now
    if answer.is_away or schedule.rest_after(answer.seconds):
        row.rests_until = now + schedule.rest_after_failures(row.failures)
    row.save(update_fields=["failures", "failing_since", "rests_until"])
    if answer.is_gone:
        endpoints.switch_off(row.pk, Off.GONE)
    elif now - row.failing_since >= LONGEST_FAILURE:
        endpoints.switch_off(row.pk, Off.FAILING)


def send_again(delivery_ids: Sequence[int]) -> int:
    """Begin these deliveries anew, under their own ids, whatever became of them; return how many there were."""
    return sum(_send_again(delivery_ids[start : start + BATCH]) for start in range(0, len(delivery_ids), BATCH))


@transaction.atomic
def _send_again(delivery_ids: Sequence[int]) -> int:
    rows = WebhookDelivery.objects.select_for_update().filter(pk__in=delivery_ids).order_by("pk")
    turns = [(pk, turn + 1) for pk, turn in rows.values_list("pk", "turn")]
    now = timezone.now()
    anew = {"state": State.WAITING, "turn": F("turn") + 1, "step": 0, "begun_at": now, "due_at": now}
    anew |= {"ended_at": None, "error": ""}
    WebhookDelivery.objects.filter(pk__in=[pk for pk, _turn in turns]).update(**anew)
    outbox.put_many(topic=DELIVER, payloads=[{"delivery_id": pk, "turn": turn} for pk, turn in turns])
    return len(turns)
