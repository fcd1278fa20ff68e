"""The text of a mail, from its templates."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import loader
from django.utils import translation

from shop.notifications import folding
from shop.notifications.models import Mail
from shop.platform import request_id


def build(mail: Mail) -> EmailMultiAlternatives:
    """Return the mail in its language, text and HTML, with a Message-ID that depends on nothing but the row."""
    context = {**mail.context, "shop_name": settings.SHOP_NAME, "public_url": settings.PUBLIC_URL}
    with translation.override(mail.language):
        if mail.kind == folding.SUMMARY:
            context |= _folded(mail)
        subject = " ".join(_render(mail.kind, "subject.txt", context).split())
        text = _render(mail.kind, "txt", context)
        html = _render(mail.kind, "html", context)
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [mail.to], headers=_headers(mail))
    message.attach_alternative(html, "text/html")
    return message


def _folded(summary: Mail) -> dict[str, object]:
    listed, more = folding.contents(summary)
    told = [(_render(kind, "subject.txt", facts).strip(), facts.get("url")) for kind, facts in listed]
    return {"mails": [{"subject": subject, "url": url} for subject, url in told], "more": more}


def _render(kind: str, part: str, context: dict[str, object]) -> str:
    return loader.render_to_string(f"mail/{kind}.{part}", context).strip() + "\n"


def _headers(mail: Mail) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<mail-{mail.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    cause = request_id.current()
    return headers | {request_id.HEADER: cause} if cause else headers
