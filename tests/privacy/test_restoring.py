"""A dump that is older than an erasure brings the data back; they are erased again by what the log says."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from shop.accounts.models import Address, User
from shop.backoffice import fsck
from shop.orders.models import Order
from shop.payments import services as payments
from shop.privacy import erasure
from shop.privacy.models import Erased, Request
from tests import factories
from tests.privacy.conftest import ordered

pytestmark = pytest.mark.django_db


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("erase_again", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def restored(ada, tmp_path):
    """As after a restore: the account and a guest's order are there, the list of the erased is not; a log is."""
    guest = ordered(None, "guest@example.com")
    payments.cancel_order(order_id=guest.pk)
    before = {model: list(model.objects.filter(**of)) for model, of in (
        (User, {"pk": ada.user.pk}), (Address, {"user": ada.user}), (Order, {"pk": guest.pk}),
    )}  # fmt: skip
    erasure.erase_account(user_id=ada.user.pk)
    erasure.erase_address(email="guest@example.com", actor="boss@example.com")
    listed = run("--list")
    Erased.objects.all().delete()
    Request.objects.all().delete()
    for rows in before.values():
        for row in rows:
            row.save()
    log = tmp_path / "log.jsonl"
    other = '2026-11-27T17:09:32Z pod {"event": "outbox message", "outcome": "done"}\n"erased" {nonsense\n'
    log.write_text(other + listed)
    return log, ada, guest


def test_the_log_is_enough_to_erase_again(restored):
    log, ada, guest = restored
    assert User.objects.filter(pk=ada.user.pk).exists()
    assert "Erased again: 0" not in run(log)
    assert not User.objects.filter(pk=ada.user.pk).exists()
    assert not Order.objects.get(pk=guest.pk).email
    assert Request.objects.filter(actor="restore").exists()
    assert not fsck.check().broken
    assert "Erased again: 0 rows." in run(log)


def test_the_list_holds_ids_and_nothing_else(restored):
    log, _ada, _guest = restored
    rows = [json.loads(line)["erased"] for line in log.read_text().splitlines() if line.startswith('{"erased"')]
    assert rows
    assert all(isinstance(ids[0], int) for row in rows for ids in row.values())
    assert "@" not in log.read_text()


def test_what_cannot_be_erased_is_told_in_a_sentence(tmp_path):
    boss = factories.user(is_staff=True)
    (tmp_path / "log").write_text(json.dumps({"erased": {"account": [boss.pk], "planet": [3]}}))
    with pytest.raises(CommandError, match="Ask whoever runs the shop"):
        run(tmp_path / "log")
    assert User.objects.filter(pk=boss.pk).exists()
