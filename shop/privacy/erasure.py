"""Erasing what the store holds of a person.

One transaction: the account goes with all that hangs on it; of orders, mails and gift cards what names the person goes,
at once where it is not needed any more, else later, in the housekeeping. What is left are books without a name.

Locks: the person's carts, their account, their orders by id, mails. An order that they are placing elsewhere at this
moment holds its cart and needs the account when it is committed: it is committed before, and is erased, too, or finds
no account and is refused.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from shop.accounts.models import Address, User
from shop.cart.models import Cart
from shop.notifications import erasure as notifications
from shop.orders import erasure as orders
from shop.orders.models import Order
from shop.payments import erasure as payments
from shop.payments.models import Payment
from shop.platform.postgresql.contention import CONTENTION
from shop.privacy.errors import ErasureBusy, StaffAccount
from shop.privacy.models import Erased, Request
from shop.privacy.person import Person, account_with, ids, mails_of_orders, of_account, of_address

logger = logging.getLogger("shop.privacy")
BATCH = 200  # rows of one transaction of the housekeeping, and ids of one line of the log
PATIENCE = 20  # seconds that one run of the housekeeping may take
What = Erased.What
Rows = dict[str, list[int]]  # {what: ids}


def erase_account(*, user_id: int, actor: str = "") -> Request | None:
    """Erase an account and its owner's data; None if it is gone already. `actor`: who of the staff did it.

    Raises StaffAccount, ErasureBusy; nothing is changed then.
    """
    with not_for_ever(), transaction.atomic():
        user = _locked(user_id)
        return _erase(of_account(user), actor) if user else None


def erase_address(*, email: str, actor: str) -> Request:
    """Erase what there is of an address of e-mail, and the account that signs in with it. Raises StaffAccount,
    ErasureBusy; nothing is changed then.
    """
    with not_for_ever(), transaction.atomic():
        account = account_with(email)
        if account:
            _locked(account.pk)
        return _erase(of_address(email), actor)


@contextmanager
def not_for_ever() -> Iterator[None]:
    """Turn a lock that did not come in time into a refusal. Raises ErasureBusy."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, CONTENTION):
            raise ErasureBusy from error
        raise


def _locked(user_id: int) -> User | None:
    """Raises StaffAccount."""
    list(Cart.objects.select_for_update().filter(user_id=user_id).order_by("pk").values_list("pk"))
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user and (user.is_staff or user.is_superuser or LogEntry.objects.filter(user=user).exists()):
        raise StaffAccount
    return user


def _erase(person: Person, actor: str) -> Request:
    found: Rows = {
        What.ACCOUNT: [person.user.pk] if person.user else [],
        What.ORDER: ids(person.orders()),
        What.MAIL: ids(person.mails()),
        What.GIFT_CARD: ids(person.gift_cards()),
    }
    orders.lock(found[What.ORDER])
    request = written_down(found, actor)
    for what, rows in found.items():
        mark(request, what, rows)
    if person.user:
        _forget_log(person.user)
        person.user.delete()
    finish(request, found)
    return request


def written_down(rows: Rows, actor: str) -> Request:
    counts = {f"{what}s": len(rows[what]) for what in (What.ACCOUNT, What.ORDER, What.MAIL)}
    return Request.objects.create(kind=Request.Kind.ERASURE, actor=actor, **counts)


def mark(request: Request, what: str, rows: Iterable[int]) -> None:
    """Write down what is to be erased, and in the log, which survives the loss of the database."""
    new = list(rows)
    Erased.objects.bulk_create((Erased(request=request, what=what, row=row) for row in new), ignore_conflicts=True)
    for start in range(0, len(new), BATCH):
        some = {str(what): new[start : start + BATCH]}
        transaction.on_commit(lambda some=some: _tell(some), robust=True)  # type: ignore[misc]


def _tell(rows: Rows) -> None:
    logger.info("personal data erased", extra={"erased": rows})


def _forget_log(user: User) -> None:
    """The admin's log names the rows that staff have changed. That they did stays."""
    addresses = [str(pk) for pk in Address.objects.filter(user=user).values_list("pk", flat=True)]
    types = ContentType.objects.get_for_models(User, Address)
    account = Q(content_type=types[User], object_id=str(user.pk))
    address = Q(content_type=types[Address], object_id__in=addresses)
    LogEntry.objects.filter(account | address).update(object_repr="", change_message="")


def finish(request: Request, found: Rows) -> int:
    """Clear what is not needed any more, in the caller's transaction; return how many rows."""
    payments.clear_gift_cards(found.get(What.GIFT_CARD, []))
    order_ids, mail_ids = found.get(What.ORDER, []), found.get(What.MAIL, [])
    ready = _ready(order_ids)
    later = mails_of_orders(Order.objects.filter(pk__in=ready).exclude(email="").values_list("number", "email"))
    mark(request, What.MAIL, sorted({*later} - {*mail_ids}))
    cleared = orders.clear(ready)
    payments.clear_payments(cleared)
    done = {
        What.ACCOUNT: found.get(What.ACCOUNT, []),
        What.ORDER: cleared,
        What.MAIL: notifications.clear(sorted({*mail_ids, *later})),
        What.GIFT_CARD: found.get(What.GIFT_CARD, []),
    }
    for what, rows in done.items():
        Erased.objects.filter(what=what, row__in=rows, done_at=None).update(done_at=timezone.now())
    return sum(map(len, done.values()))


def _ready(order_ids: Sequence[int]) -> list[int]:
    """Orders that are done, and neither wait for money nor owe any: for that somebody may have to be written to."""
    money = Payment.objects.filter(order__in=order_ids)
    busy = {*money.open().values_list("order", flat=True), *money.to_refund().values_list("order", flat=True)}
    return ids(Order.objects.filter(pk__in=set(order_ids) - busy, state__in=orders.DONE))


def finish_due() -> int:
    """The housekeeping: clear orders that are done by now, and mails that have gone out; return how many rows.

    Each batch is a transaction; what one run does not come to, the next one does.
    """
    begun, done = time.monotonic(), 0
    for what in (What.ORDER, What.MAIL):
        for request, rows in _waiting(what):
            if time.monotonic() - begun > PATIENCE:
                return done
            with transaction.atomic():
                done += finish(request, {what: rows})
    return done


def _waiting(what: str) -> Iterator[tuple[Request, list[int]]]:
    """Return what waits, BATCH rows at a time, those of one request together."""
    last = 0
    while True:
        waiting = Erased.objects.filter(what=what, done_at=None, pk__gt=last).select_related("request")
        rows = list(waiting.order_by("pk")[:BATCH])
        if not rows:
            return
        last = rows[-1].pk
        for request, some in groupby(rows, key=lambda one: one.request):
            yield request, sorted(one.row for one in some)
