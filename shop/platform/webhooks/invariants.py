"""What must be true of webhooks, for `manage.py fsck`."""

from collections.abc import Sequence

from shop.platform.invariants import Invariant, by_sql
from shop.platform.webhooks import DELIVER, delivery

# What was put off, failed or is a dead letter has its message still; that of a turn that is over is done
WAITS_FOR_NOTHING = f"""
    SELECT one.id, one.event_id, one.kind FROM platform_webhookdelivery one
    LEFT JOIN platform_outboxmessage message ON message.topic = '{DELIVER}' AND message.done_at IS NULL
        AND (message.payload ->> 'delivery_id')::bigint = one.id AND (message.payload ->> 'turn')::int = one.turn
    WHERE one.id > %(low)s AND one.id <= %(high)s AND one.state = 'waiting' AND message.id IS NULL
"""  # noqa: S608 - names of ours


def _send(delivery_ids: Sequence[int]) -> None:
    delivery.send_again(delivery_ids)


INVARIANTS = (
    Invariant(
        name="webhook-is-on-its-way",
        rule="a webhook delivery that waits has a message in the outbox",
        table="platform_webhookdelivery",
        find=by_sql(WAITS_FOR_NOTHING, "delivery of event", "{0} waits, and nothing will send it"),
        advice="`manage.py fsck --repair` sends it; the receiver knows the event by its id.",
        repair=_send,
    ),
)
