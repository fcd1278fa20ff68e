"""Webhooks: events for systems that have an https address and no queue.

    event ──► outbox: webhooks.fan_out ──► a WebhookDelivery for each endpoint ──► outbox: webhooks.deliver ──► POST
                                                    ▲                                      │ no 2xx
                                                    └──────── its next turn, later ◄───────┘

endpoints  addresses and their secrets: made, rotated, switched on and off
signing    what receivers check, after https://www.standardwebhooks.com
sending    one POST to an address that somebody wrote
schedule   when a delivery that failed is tried again, and how long an endpoint that failed is left alone
outage     what everybody sees while a receiver is away
delivery   handing out an event, and what becomes of each delivery
"""

FAN_OUT = "webhooks.fan_out"
DELIVER = "webhooks.deliver"
# Whether an endpoint wants the event of a new row of the outbox; for a statement that writes the row only then, so that
# a store without endpoints pays nothing and nobody asks ahead
IS_WANTED = f"""(topic <> '{FAN_OUT}' OR EXISTS (
    SELECT 1 FROM platform_webhookendpoint
    WHERE off_at IS NULL AND (kinds = '{{}}' OR payload -> 'event' ->> 'type' = ANY(kinds))
))"""  # noqa: S608 - names of ours
