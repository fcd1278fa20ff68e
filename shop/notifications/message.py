"""The text of a mail, from its templates."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import loader
from django.utils import translation

from shop.notifications import folding
from shop.notifications.models import Mail
from shop.platform import request_id, sealing


def build(mail: Mail) -> EmailMultiAlternatives:
    """Return the mail in its language, text and HTML, with a Message-ID that depends on nothing but the row.

    Raises sealing.CannotOpen.
    """
    sealed = mail.context.get("sealed")
    context = _context(mail.context) | (sealing.unseal(sealed) if sealed else {})
    with translation.override(mail.language):
        if mail.kind == folding.SUMMARY:
            context |= _folded(mail)
        subject = _subject(mail.kind, context)
        text = _render(mail.kind, "txt", context)
        html = _render(mail.kind, "html", context)
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=_headers(mail))
    message.attach_alternative(html, "text/html")
    return message


def _folded(summary: Mail) -> dict[str, object]:
    listed, more = folding.contents(summary)
    mails = [{"subject": _subject(kind, _context(facts)), "url": facts.get("url")} for kind, facts in listed]
    return {"mails": mails, "more": more}


def _context(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "shop_name": settings.SHOP_NAME, "public_url": settings.PUBLIC_URL}


def _subject(kind: str, context: dict[str, Any]) -> str:
    """Return the subject on one line."""
    return " ".join(_render(kind, "subject.txt", context).split())


def _render(kind: str, part: str, context: dict[str, Any]) -> str:
    return loader.render_to_string(f"mail/{kind}.{part}", context).strip() + "\n"


def _headers(mail: Mail) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<mail-{mail.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    cause = request_id.current()
    return headers | {request_id.HEADER: cause} if cause else headers
