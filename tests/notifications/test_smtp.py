"""A mail server that refuses, is silent, or hangs up: what is sent again, how often, and what is not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from config import env
from config.local.mailserver import MailServer, mail_server
from config.mail import outgoing
from shop.notifications import services as notifications
from shop.notifications.models import Mail
from shop.platform import outbox
from shop.platform.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings, monkeypatch) -> Iterator[MailServer]:
    with mail_server() as started:
        monkeypatch.setenv("EMAIL_URL", started.url)
        mail = outgoing(env.url("EMAIL_URL", schemes=("smtp",)))
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = mail.backend, mail.host, mail.port
        settings.EMAIL_TIMEOUT = 30
        yield started


def a_mail() -> Mail:
    mail = notifications.queue(kind="order_paid", to="ada@example.com", context={"number": "ABCD-EFGH", "lines": []})
    assert mail is not None
    return mail


def work() -> list[str]:
    """Handle whatever is due now or later, once; returns what happened."""
    ids = list(OutboxMessage.objects.open().values_list("pk", flat=True))
    return [outbox.handle(pk) for pk in ids]


def test_a_mail_is_sent_once(server):
    a_mail()
    assert work() == ["done"]
    assert len(server.mails) == 1
    assert work() == []


@pytest.mark.parametrize("answers", [{"to_recipient": "550 no such user here"}, {"to_mail": "554 we do not like it"}])
def test_what_the_server_refuses_for_good_is_not_tried_again(server, answers):
    mail = a_mail()
    vars(server).update(answers)
    assert work() == ["failed"]
    message = OutboxMessage.objects.get()
    assert message.state == "dead"
    assert next(iter(answers.values())) in message.last_error
    mail.refresh_from_db()
    assert mail.state == "given up"
    assert server.asked == 1


@pytest.mark.parametrize(
    "answers", [{"to_recipient": "451 later, please"}, {"to_mail": "452 the disk is full"}, {"to_mail": "500 confused"}]
)
def test_what_the_server_refuses_for_now_comes_later(server, answers):
    a_mail()
    vars(server).update(answers)
    assert work() == ["failed"]
    assert OutboxMessage.objects.get().state == "waiting"
    server.to_recipient = server.to_mail = ""
    assert work() == ["done"]
    assert len(server.mails) == 1


def test_a_server_that_is_gone_costs_little_time_and_the_mail_comes_later(server, settings):
    mail = a_mail()
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    assert work() == ["failed"]
    mail.refresh_from_db()
    assert mail.state == "trying again"
    settings.EMAIL_PORT = there
    assert work() == ["done"]
    assert server.ids() == [f"<mail-{mail.pk}@tessel.example>"]


@pytest.mark.parametrize("manner", [{"hangs_up": 9}, {"silent": 8.0}])
def test_a_mail_that_the_server_took_without_saying_so_is_sent_a_second_time_and_no_third(server, settings, manner):
    mail, before = a_mail(), timezone.now()
    vars(server).update(manner)
    settings.EMAIL_TIMEOUT = 2
    assert work() == ["done"]
    mail.refresh_from_db()
    assert mail.state == "trying again"
    assert mail.message.available_at > before + timedelta(seconds=10)
    assert work() == ["done"]
    assert work() == []
    mail.refresh_from_db()
    assert (mail.state, mail.doubts) == ("sent", 2)
    assert server.ids() == [f"<mail-{mail.pk}@tessel.example>"] * 2


def test_a_connection_that_breaks_before_the_mail_was_handed_over_is_no_doubt(server, monkeypatch):
    mail = a_mail()
    server.to_recipient = "421 going down"
    assert work() == ["failed"]
    mail.refresh_from_db()
    assert mail.doubts == 0
    assert not server.mails
