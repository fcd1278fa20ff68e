"""Messages that were sent together are done in one transaction, and each by itself where that fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from shop.notifications.models import Mail
from shop.platform import metrics, outbox, packs
from shop.platform.models import OutboxMessage, QueueDepth

pytestmark = pytest.mark.django_db(transaction=True)
hooks: list[str] = []
meeting = Barrier(2)


class Killed(BaseException):
    """Nothing comes after it, as after a SIGKILL."""


def write(name, after=""):
    """Leave a mail, then do what the test wants."""
    Mail.objects.create(kind=name, to="nobody@example.com", context={})
    transaction.on_commit(lambda: hooks.append(name))
    if after == "late":
        transaction.on_commit(lambda: hooks.remove("nothing"))
    if after == "fail":
        raise RuntimeError("it never works")
    if after == "break":
        Mail.objects.create(kind=None, to="nobody@example.com", context={})
    if after == "dangle":  # PostgreSQL looks at foreign keys when it commits
        Mail.objects.create(kind="dangling", to="nobody@example.com", context={}, message_id=10**9)
    if after == "kill":
        raise Killed


def lock(name, first, second):
    """Lock two rows, when the other pack has locked one, too."""
    write(name)
    with transaction.atomic():
        QueueDepth.objects.select_for_update().get(queue=first)
        if connection.execute_wrappers:  # in company
            meeting.wait(timeout=60)
        QueueDepth.objects.select_for_update().get(queue=second)


@pytest.fixture(autouse=True)
def _topics(settings) -> None:
    hooks.clear()
    settings.OUTBOX_TOPICS |= {name: ("default", f"{__name__}.{name}") for name in ("write", "lock")}


def put(*names: str, **after: str) -> list[int]:
    payloads = [{"name": name} | ({"after": after[name]} if name in after else {}) for name in names]
    return [row.pk for row in outbox.put_many(topic="write", payloads=payloads)]


def written() -> list[str]:
    return sorted(Mail.objects.values_list("kind", flat=True))


def transactions(ids: list[int]) -> int:
    """In how many these rows were written at last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM platform_outboxmessage WHERE id = ANY(%s)", [ids])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("after", ["fail", "break"])
def test_one_that_fails_is_taken_back_and_tried_again_and_the_others_are_done_at_once(after):
    ids, before = put("a", "b", "c", b=after), timezone.now()
    packs.handle(ids)
    assert (written(), hooks) == (["a", "c"], ["a", "c"])
    failed = OutboxMessage.objects.get(done_at=None)
    assert (failed.pk, failed.state, failed.failures) == (ids[1], "waiting", 1)
    assert failed.available_at > before + timedelta(seconds=3)
    assert transactions([ids[0], ids[2]]) == 1


def test_what_fails_after_the_commit_keeps_nothing_of_the_others_from_being_done():
    told = metrics.messages_total.labels("write", "done")._value
    before = told.get()
    packs.handle(put("a", "b", "c", b="late"))
    assert hooks == ["a", "b", "c"]
    assert not OutboxMessage.objects.filter(done_at=None).exists()
    assert told.get() == before + 3


def test_what_fails_when_it_is_committed_makes_each_go_by_itself():
    ids = put("a", "b", "c", b="dangle")
    packs.handle(ids)
    assert written() == ["a", "c"]
    assert OutboxMessage.objects.get(done_at=None).failures == 1
    assert transactions([ids[0], ids[2]]) == 2


def test_a_pack_that_ends_with_its_worker_has_done_nothing_and_comes_again_one_by_one():
    ids = put("a", "b", "c", b="kill")
    OutboxMessage.objects.update(taken_until=timezone.now() + timedelta(seconds=9))  # its relay has not settled it
    with pytest.raises(Killed):
        packs.handle(ids)
    assert not written()
    packs.give_back(ids)
    assert set(OutboxMessage.objects.due().values_list("pk", "sends")) == {(pk, 1) for pk in ids}


def test_of_messages_that_tell_others_something_only_the_one_in_work_is_open_after_its_worker_died():
    ids = put("a", "b", "c", b="kill")
    with pytest.raises(Killed):
        packs.handle(ids, apart=True)
    assert written() == ["a"]
    packs.give_back(ids)
    assert set(OutboxMessage.objects.due().values_list("pk", "sends")) == {(pk, 1) for pk in ids[1:]}


def test_what_was_not_begun_in_time_is_due_again():
    done, late = put("done", "late")
    packs.handle([done])
    OutboxMessage.objects.update(sent_at=timezone.now())
    packs.handle([done, late], seconds=-1)
    assert OutboxMessage.objects.due().values_list("pk", "sends").get() == (late, 1)
    assert written() == ["done"]


def _elsewhere(ids):
    try:
        packs.handle(ids)
    finally:
        connection.close()


def test_two_workers_with_the_same_messages_do_each_once():
    names = [f"{number:02}" for number in range(12)]
    ids = put(*names)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(_elsewhere, [ids[:8], ids[4:], ids[::-1]]))
    assert written() == names
    assert not OutboxMessage.objects.filter(done_at=None).exists()


def test_packs_that_wait_for_each_other_are_done_one_by_one():
    for queue in ("one", "two"):
        QueueDepth.objects.create(queue=queue, waiting=0, in_work=0, set_aside=0, seen_at=timezone.now())
    orders = [("one", "two"), ("two", "one")]
    payloads = [{"name": first, "first": first, "second": second} for first, second in orders]
    ids = [row.pk for row in outbox.put_many(topic="lock", payloads=payloads)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(_elsewhere, [[pk] for pk in ids]))
    assert written() == ["one", "two"]
    assert set(OutboxMessage.objects.values_list("failures", "unfinished")) == {(0, 0)}


def rows_read_in_turn() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'platform_outboxmessage'")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("handle", [packs.handle, lambda ids: [outbox.handle(pk) for pk in ids]])
def test_messages_are_found_by_their_ids_however_few_there_were_at_first(handle):
    def read(count):
        """Of that many new messages, how many rows PostgreSQL read one after another to handle two."""
        ids, before = put(*map(str, range(count)))[-2:], rows_read_in_turn()
        handle(ids)
        return rows_read_in_turn() - before

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE platform_outboxmessage CASCADE")
            cursor.execute("ANALYZE platform_outboxmessage")
        for _ in range(8):  # after five PostgreSQL keeps a plan for any ids
            read(2)
        assert read(3_000) < 3_000
    assert written()[-2:] == ["2998", "2999"]
