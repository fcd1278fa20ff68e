"""The operators' page: pods, services, work that waits, inspections, and what lives where."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shop.backoffice.cron import SILENT_PODS_KEPT, forget_silent_pods
from shop.platform import inspections, outbox, roll_call
from shop.platform.models import OutboxMessage, Pod
from tests import factories
from tests.backoffice.conftest import signed_in
from tests.backoffice.pages import address

pytestmark = pytest.mark.django_db


def pod(name, *, silent=0.0, release="1.4.0", role="web"):
    moments = {"started_at": timezone.now() - timedelta(days=2), "seen_at": timezone.now() - timedelta(seconds=silent)}
    return Pod.objects.create(name=name, role=role, release=release, **moments)


def shown(browser):
    answer = browser.get(address(Pod))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_who_serves_which_release_and_who_is_gone(viewer):
    pod("web-a"), pod("web-b", release="1.5.0"), pod("web-z", silent=600), pod("worker-a", role="worker")
    pod("web-of-yesterday", silent=86_000)
    page = shown(viewer)
    assert "2 web, 1 worker" in page
    assert "Releases side by side" in page
    assert "gone, last heard" in page.split("web-z")[1].split("</tr>")[0]
    assert "gone" not in page.split("web-a")[1].split("</tr>")[0]
    assert "web-of-yesterday" not in page


def test_it_says_what_is_away_what_waits_and_what_was_found(viewer):
    message = outbox.put(topic="notifications.mail", payload={})
    OutboxMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(seconds=480))
    inspections.end(inspections.CHECK, summary="3 rows break a rule", broken=3, report={})
    page = shown(viewer)
    assert "480 <small>s" in page or "481 <small>s" in page
    assert "3 rows break a rule" in page
    assert "PostgreSQL" in page.split("Services")[1]
    assert "<svg" in page, "what lives where"


def test_an_empty_store_says_so(viewer):
    page = shown(viewer)
    assert "No pod has said anything in the last hour" in page
    assert "No look at the store yet" in page


def test_it_needs_a_right_of_its_own():
    stranger = signed_in(factories.user("clerk@example.com", is_staff=True))
    assert stranger.get(address(Pod)).status_code == 403


def test_its_queries_do_not_grow_with_the_pods(viewer, django_assert_max_num_queries):
    for number in range(40):
        pod(f"web-{number}")
    shown(viewer)
    with django_assert_max_num_queries(16):
        shown(viewer)


def test_a_pod_answers_once_however_often_it_is_heard(settings):
    settings.RELEASE = "2.0.0"
    roll_call.answer("web")
    roll_call.answer("web")
    (found,) = Pod.objects.all()
    assert (found.name, found.role, found.release) == (settings.POD_NAME, "web", "2.0.0")
    assert found.is_heard


@pytest.mark.parametrize("minutes", [-3, 3])
def test_a_pod_whose_clock_is_wrong_says_so_and_is_heard_by_the_clock_of_all(monkeypatch, caplog, minutes):
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(minutes=minutes))
    roll_call.answer("web")
    monkeypatch.undo()
    assert abs(Pod.objects.get().seen_at - timezone.now()) < timedelta(minutes=1)
    assert [record.getMessage() for record in caplog.records if "clock" in record.name] == [
        f"the clock of this machine is {60 * minutes:+d} s off"
    ]


def test_pods_that_are_gone_for_long_are_forgotten():
    pod("here"), pod("gone", silent=SILENT_PODS_KEPT.total_seconds() + 60)
    assert forget_silent_pods() == 1
    assert [found.name for found in Pod.objects.all()] == ["here"]
