"""Mail: a row and an outbox message now, the sending later, once."""

import json
import logging
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation

from shop.notifications import folding
from shop.notifications.message import build
from shop.notifications.models import Mail
from shop.notifications.smtp import InDoubt, RefusedForGood
from shop.platform import outbox, sealing
from shop.platform.postgresql import planned

logger = logging.getLogger("shop.mail")
MOST_DOUBTS = 1  # repetitions of a mail that the server may have
DOUBT_WAIT = timedelta(seconds=30)


# The mail names its message and the message its mail, so the message's id is drawn here.
QUEUE = """
INSERT INTO notifications_mail (kind, "to", language, context, dedupe_key, message_id, subject, created_at, doubts)
VALUES (
    %(kind)s::text, %(to)s::text, %(language)s::text, %(context)s::jsonb, %(dedupe_key)s::text,
    nextval(pg_get_serial_sequence('platform_outboxmessage', 'id')), '', %(created_at)s, 0
)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id, message_id
"""


def queue(
    *,
    kind: str,
    to: str,
    context: dict[str, Any],
    dedupe_key: str | None = None,
    language: str = "",
    delay: timedelta = timedelta(),
) -> Mail | None:
    """Queue a mail in the current transaction; return it, or None if `dedupe_key` was used before, or nobody is
    there to get it: what an order says of its customer may be erased. Two queries.

    `kind` names the templates mail/<kind>.subject.txt, .txt and .html; `context` holds what they show, ready for JSON.
    """
    if not to:
        return None
    facts: dict[str, Any] = {"kind": kind, "to": to, "language": language or translation.get_language() or "en"}
    facts |= {"dedupe_key": dedupe_key, "created_at": timezone.now()}
    with transaction.atomic(savepoint=False):
        written = planned.rows(QUEUE, {**facts, "context": json.dumps(context)})
        if not written:
            return None
        mail_id, message_id = written[0]
        message = outbox.put(
            topic="notifications.mail", payload={"mail_id": mail_id}, message_id=message_id, delay=delay
        )
    return Mail(pk=mail_id, context=context, message=message, **facts)


def send(mail_id: int) -> None:
    """Write and send a mail that was queued; doing it again does nothing. Called with the outbox message locked.

    Raises Hopeless if the mail server refuses it for good, and what the connection raises if it may work later. If
    this process dies after the server took the mail and before the commit, it is sent again with the same Message-ID,
    by which mailboxes drop the second.
    """
    mail = Mail.objects.select_for_update().filter(pk=mail_id, sent_at=None).exclude(to="").first()
    if mail is None:
        return
    if folding.is_too_many(mail):
        _fold(mail)
        return
    try:
        message = build(mail)
        message.send()
    except sealing.CannotOpen as error:
        raise outbox.Hopeless("What this mail says was sealed with a SECRET_KEY that is not known here.") from error
    except RefusedForGood as error:
        raise outbox.Hopeless(f"The mail server refuses this mail for good: {error}") from error
    except InDoubt as error:
        _doubt(mail, message, error)
    else:
        _sent(mail, message)


def _fold(mail: Mail) -> None:
    """Leave it to the summary of this hour, which is queued with the first mail that is left to it."""
    end = folding.end_of_hour()
    facts = {"to": mail.to, "language": mail.language, "dedupe_key": folding.key(mail.to, end)}
    delay = end + folding.SETTLING - timezone.now()
    summary = queue(kind=folding.SUMMARY, context={}, delay=delay, **facts)
    mail.folded_into = summary or Mail.objects.get(dedupe_key=facts["dedupe_key"])
    mail.save(update_fields=["folded_into"])
    logger.warning("too many mails to one address; a summary tells the rest", extra={"mail": mail.pk})


def _sent(mail: Mail, message: EmailMessage) -> None:
    logger.info("mail sent", extra={"mail": mail.pk, "kind": mail.kind})
    mail.subject = message.subject[:255]
    mail.sent_at = timezone.now()
    for secret in ("url", "sealed"):  # what opens an account or an order, or is money, has no business here any more
        mail.context.pop(secret, None)
    mail.save(update_fields=["subject", "sent_at", "context"])
    if mail.kind == folding.SUMMARY:
        folding.forget_links(mail)


def _doubt(mail: Mail, message: EmailMessage, error: InDoubt) -> None:
    """Send once more, later, what the server may have: a mail twice is better than none, and than one three times."""
    mail.doubts += 1  # locked: by send
    logger.warning("the mail server did not confirm a mail", extra={"mail": mail.pk, "error": str(error)})
    if mail.doubts > MOST_DOUBTS:
        mail.save(update_fields=["doubts"])
        _sent(mail, message)
        return
    mail.message = outbox.put(topic="notifications.mail", payload={"mail_id": mail.pk}, delay=DOUBT_WAIT)
    mail.save(update_fields=["doubts", "message"])
