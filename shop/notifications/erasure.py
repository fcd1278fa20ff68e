"""What the log of mails no longer says of a recipient."""

from collections.abc import Sequence

from shop.platform.models import OutboxMessage
from shop.platform.postgresql import planned

# A mail that has a purpose still goes out: what becomes of an order, or a gift card, whose code is nowhere else. One
# about an account has none without the account. `message` and `summary` are what sends the mail.
CLEAR = r"""
UPDATE notifications_mail AS mail SET "to" = '',
    context = CASE WHEN mail.context ? 'number' THEN jsonb_build_object('number', mail.context -> 'number')
        ELSE '{}'::jsonb END,
    dedupe_key = CASE WHEN mail.kind = 'order_summary' THEN NULL ELSE mail.dedupe_key END
WHERE mail.id = ANY (%(ids)s::bigint[]) AND NOT (
    mail.sent_at IS NULL AND (mail.kind LIKE 'order\_%%' OR mail.kind = 'gift_card') AND (
        EXISTS (
            SELECT FROM platform_outboxmessage AS message WHERE message.id = mail.message_id
            AND message.done_at IS NULL AND message.discarded_at IS NULL
            AND (message.dead_at IS NULL OR mail.kind = 'gift_card')
        )
        OR EXISTS (
            SELECT FROM notifications_mail AS summary
            JOIN platform_outboxmessage AS message ON message.id = summary.message_id
            WHERE summary.id = mail.folded_into_id AND summary.sent_at IS NULL
            AND message.done_at IS NULL AND message.dead_at IS NULL
        )
    )
)
RETURNING mail.id, mail.message_id
"""


def clear(mail_ids: Sequence[int]) -> list[int]:
    """Remove recipients and facts from these mails, in the caller's transaction; return those that it did.

    One that still has to go out keeps them until then. Of an order its number stays. Repeating changes nothing.
    """
    cleared = planned.anew(CLEAR, {"ids": list(mail_ids)})
    sending = [message for _mail, message in cleared if message]
    OutboxMessage.objects.filter(pk__in=sending).update(last_error="", traceback="", history=[])  # may quote an address
    return sorted(mail for mail, _message in cleared)
