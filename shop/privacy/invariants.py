"""What must be true of data that were erased."""

from collections.abc import Sequence

from shop.platform.invariants import Invariant, by_sql
from shop.privacy import restoring
from shop.privacy.models import Erased

BACK = """
SELECT erased.id, erased.what, erased.row FROM privacy_erased AS erased
WHERE erased.id > %(low)s AND erased.id <= %(high)s AND erased.done_at IS NOT NULL AND (
    erased.what = 'account' AND EXISTS (SELECT FROM accounts_user AS one WHERE one.id = erased.row)
    OR erased.what = 'order' AND EXISTS (
        SELECT FROM orders_order AS one WHERE one.id = erased.row AND (
            one.email <> '' OR one.user_id IS NOT NULL OR one.tracking_number <> '' OR EXISTS (
                SELECT FROM jsonb_each_text(one.shipping_address) AS address (part, said)
                WHERE part <> 'country' AND said <> ''
            )
        )
    )
    OR erased.what = 'mail' AND EXISTS (
        SELECT FROM notifications_mail AS one WHERE one.id = erased.row AND one."to" <> ''
    )
    OR erased.what = 'gift_card' AND EXISTS (
        SELECT FROM payments_giftcard AS one WHERE one.id = erased.row AND (one.email <> '' OR one.message <> '')
    )
)
"""


def _erase_again(erased_ids: Sequence[int]) -> None:
    restoring.repeat_known(Erased.objects.filter(pk__in=erased_ids))


INVARIANTS = [
    Invariant(
        name="erased-is-not-back",
        rule="What was erased of a person's data is not back.",
        table="privacy_erased",
        find=by_sql(BACK, "erased", "{0} holds personal data"),
        advice="A dump brought it back, or somebody wrote it: erase it again with --repair.",
        repair=_erase_again,
    ),
]
