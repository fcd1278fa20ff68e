"""The contract's row of the mail server."""

from shop.platform import patience
from shop.platform.contract import OK, Dependency
from shop.platform.models import OutboxMessage


def ask() -> str:
    """Told from the outbox: only workers talk to the mail server."""
    trying = OutboxMessage.objects.open().filter(queue="mail", failures__gt=0)
    error = trying.order_by("-available_at").values_list("last_error", flat=True).first()
    return OK if error is None else f"mails are tried again after {error.partition(':')[0]}"


MAIL = Dependency(
    name="mail",
    title="The mail server",
    shopper="Everything works; mails come later. The page after an order shows all that its mail says.",
    staff="The list of mails says “trying again”.",
    phone="No difference.",
    operator=(
        "Messages of the queue mail fail and are tried again, at first after seconds, then each hour; after ten "
        "failures they are dead letters that can be driven again in the admin. What the server refuses for good (550 "
        "and its like) is one at once. A mail comes twice at most, with the same Message-ID, if the connection ended "
        "after the server was given it and before it said so."
    ),
    seconds=patience.MAIL,
    bounded="for a worker; no request waits for it",
    ask=ask,
)
