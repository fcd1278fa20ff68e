"""What must be true of mail."""

from shop.platform.invariants import Invariant, by_sql

# An outbox row is forgotten 7 days after it was done, which is after the mail was sent, and 90 days after a person
# discarded it. A younger mail that was not sent still has its row. One without a recipient was erased.
STRANDED = """
SELECT mail.id, mail.id, mail.kind
FROM notifications_mail AS mail LEFT JOIN platform_outboxmessage AS message ON message.id = mail.message_id
WHERE mail.id > %(low)s AND mail.id <= %(high)s AND mail.sent_at IS NULL AND mail.folded_into_id IS NULL
  AND mail."to" <> ''
  AND (message.done_at IS NOT NULL OR message.id IS NULL AND mail.created_at > now() - interval '90 days')
"""

INVARIANTS = [
    Invariant(
        name="mail-is-on-its-way",
        rule="A mail was sent, is told by another one, was erased, or has an outbox row that is not done.",
        table="notifications_mail",
        find=by_sql(STRANDED, "mail", "{0}: not sent, and no outbox row would send it"),
        advice="Nobody will send it any more. Look at it in the admin, and write to the customer.",
    ),
]
