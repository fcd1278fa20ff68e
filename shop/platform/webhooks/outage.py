"""The contract's row of the systems that are told by webhooks."""

from shop.platform import patience
from shop.platform.contract import OK, UNUSED, Dependency
from shop.platform.models import WebhookEndpoint
from shop.platform.models.webhook import LONGEST_FAILURE


def ask() -> str:
    """Told from what workers wrote down: only they talk to receivers."""
    on = WebhookEndpoint.objects.on().count()
    failing = WebhookEndpoint.objects.failing().count()
    if not failing:
        return OK if on else UNUSED
    return f"nothing arrives at {failing} of {on}"


WEBHOOKS = Dependency(
    name="webhooks",
    title="Receivers of webhooks",
    shopper="No difference.",
    staff="The front page names webhooks where nothing arrives; their page says since when, and the log why.",
    phone="No difference.",
    operator=(
        "Each delivery is tried again after 5 s, 5 min, 30 min, then each few hours for three days, always under the "
        "same id; then it is given up, and staff can send it again. A receiver that does not answer is left alone for "
        "5 s up to 5 min, one that is slow for as long as it took, so that neither mails nor other receivers wait for "
        f"it. After {LONGEST_FAILURE.days} days without one success it is switched off, and at once if it answers 410."
    ),
    seconds=patience.NAMES + patience.WEBHOOK,
    bounded="for a worker; no request waits for it",
    ask=ask,
)
