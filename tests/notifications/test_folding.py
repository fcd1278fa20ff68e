"""Who orders in another's name, again and again, floods no mailbox: what is too much is told by one mail."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from shop.notifications import folding
from shop.notifications import services as notifications
from shop.notifications.invariants import INVARIANTS
from shop.notifications.models import Mail

pytestmark = pytest.mark.django_db
TO = "Ada@example.com"


@pytest.fixture(autouse=True)
def _two_an_hour(settings):
    settings.MAILS_PER_MAILBOX = 2


def mail(number: int, to: str = TO, kind: str = "order_paid") -> Mail:
    facts = {"number": f"N{number}", "url": f"https://shop.example/orders/{number}/", "lines": [], "address": {}}
    made = notifications.queue(kind=kind, to=to, context=facts)
    notifications.send(made.pk)
    return Mail.objects.get(pk=made.pk)


def text(mailbox, sent: Mail) -> str:
    (file,) = mailbox.glob(f"mail-{sent.pk}@*.eml")
    return message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()


def test_what_is_too_much_in_an_hour_is_told_by_one_mail_at_its_end(mailbox, monkeypatch):
    mails = [mail(number, to=TO.upper() if number % 2 else TO) for number in range(6)]
    assert [each.state for each in mails] == ["sent"] * 2 + ["in a summary"] * 4
    assert mail(7, to="bob@example.com").state == "sent"
    summary = Mail.objects.get(kind=folding.SUMMARY)
    assert summary.message.available_at > timezone.now()

    monkeypatch.setattr(folding, "LISTED", 3)
    notifications.send(summary.pk)
    told = text(mailbox, summary)
    assert [f"order N{number}: https://shop.example/orders/{number}/" in told for number in range(6)] == [
        *[False, False],
        *[True, True, True],
        False,
    ]
    assert "And 1 more." in told
    assert not any("url" in each.context for each in Mail.objects.all()), "links have no business here any more"
    assert [list(rule.find(0, 10**9)) for rule in INVARIANTS] == [[]]


def test_a_mail_of_any_kind_is_told_by_its_subject(mailbox, settings):
    for number in range(2):
        mail(number)
    for kind in ("order_placed", "order_shipped"):
        mail(7, kind=kind)
    summary = Mail.objects.get(kind=folding.SUMMARY)
    notifications.send(summary.pk)
    told = text(mailbox, summary)
    assert f"Your order N7 at {settings.SHOP_NAME}: https://" in told
    assert "Your order N7 is on its way: https://" in told


def test_an_hour_later_mails_are_sent_as_ever():
    mails = [mail(number) for number in range(3)]
    Mail.objects.filter(pk__in=[each.pk for each in mails]).update(sent_at=timezone.now() - timedelta(hours=1))
    assert mail(4).state == "sent"


def test_mails_about_accounts_are_no_part_of_it():
    for number in range(3):
        mail(number)
    assert mail(4, kind="account_reset").state == "sent"
