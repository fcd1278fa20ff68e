"""After a dump was restored: what had been erased since it was made is there again, and is erased again."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from shop.accounts.models import User
from shop.notifications.models import Mail
from shop.orders.models import Order
from shop.payments.models import GiftCard
from shop.privacy import erasure
from shop.privacy.erasure import BATCH, Rows, What
from shop.privacy.models import Erased
from shop.privacy.person import ids

RESTORE = "restore"  # stands where else is who did it
HELD: dict[str, Callable[[], "QuerySet[Any]"]] = {
    What.ACCOUNT: User.objects.all,
    What.ORDER: lambda: Order.objects.exclude(email=""),
    What.MAIL: lambda: Mail.objects.exclude(to=""),
    What.GIFT_CARD: lambda: GiftCard.objects.exclude(email="", message=""),
}


def repeat(rows: Rows) -> int:
    """Erase again what a dump has brought back; return how many of these rows held something.

    Repeating changes nothing. Raises ErasureBusy, StaffAccount.
    """
    with erasure.not_for_ever(), transaction.atomic():
        back = {what: _back(what, rows.get(what, [])) for what in What.values}
        if not any(back.values()):
            return 0
        request = erasure.written_down(back, RESTORE)
        for what, some in back.items():
            erasure.mark(request, what, some)
            Erased.objects.filter(what=what, row__in=some).update(done_at=None)
        erasure.finish(request, {**back, What.ACCOUNT: []})
    for user_id in back[What.ACCOUNT]:
        erasure.erase_account(user_id=user_id, actor=RESTORE)
    return sum(map(len, back.values()))


def _back(what: str, rows: Sequence[int]) -> list[int]:
    """Return those that hold something, but for what still waits to be erased."""
    waiting = Erased.objects.filter(what=what, row__in=rows, done_at=None).values("row")
    held: QuerySet[Any] = HELD[what]().filter(pk__in=rows).exclude(pk__in=waiting)
    return ids(held)


def repeat_all() -> int:
    """The same for all that this database knows to be erased."""
    last, count = 0, 0
    while True:
        known = list(Erased.objects.exclude(done_at=None).filter(pk__gt=last).order_by("pk")[:BATCH])
        if not known:
            return count
        last = known[-1].pk
        count += repeat_known(known)


def repeat_known(known: Iterable[Erased]) -> int:
    rows: Rows = {}
    for one in known:
        rows.setdefault(one.what, []).append(one.row)
    return repeat(rows)
