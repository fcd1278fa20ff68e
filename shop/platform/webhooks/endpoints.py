"""Endpoints and their secrets. A secret is told once, to who makes or rotates it, and kept sealed."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shop.platform import sealing
from shop.platform.models import WebhookEndpoint
from shop.platform.webhooks import signing

OVERLAP = timedelta(days=1)  # in which the former secret is good, too, after a new one was made


def make(*, url: str, kinds: list[str], note: str = "") -> tuple[WebhookEndpoint, str]:
    """Return a new endpoint, and its secret."""
    secret = signing.new_secret()
    return WebhookEndpoint.objects.create(url=url, kinds=kinds, note=note, secret=_sealed(secret)), secret


def rotate(endpoint_id: int) -> str:
    """Return a new secret. The one before signs beside it for a day, and none that is older."""
    secret = signing.new_secret()
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint_id)
        endpoint.former_secret, endpoint.former_until = endpoint.secret, timezone.now() + OVERLAP
        endpoint.secret = _sealed(secret)
        endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    return secret


def keys(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets that sign now, the newest first. Raises sealing.CannotOpen.

    A former one that cannot be opened any more was replaced for that, and is left out.
    """
    found = [_opened(endpoint.secret)]
    if endpoint.former_until and endpoint.former_until > timezone.now():
        with suppress(sealing.CannotOpen):
            found.append(_opened(endpoint.former_secret))
    return found


def switch_off(endpoint_id: int, why: WebhookEndpoint.Off) -> bool:
    """Return False if it was off before. What the store switched off staff may leave off: it is no task any more."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint_id)
    if why == WebhookEndpoint.Off.STAFF:
        rows.exclude(off_at=None).update(off_why=why)
    return bool(rows.filter(off_at=None).update(off_at=timezone.now(), off_why=why))


def switch_on(endpoint_id: int) -> bool:
    """Let it begin anew. Return False if it was on before."""
    off = WebhookEndpoint.objects.filter(pk=endpoint_id).exclude(off_at=None)
    return bool(off.update(off_at=None, off_why="", failing_since=None, failures=0, rests_until=None))


def tidy() -> int:
    """For the housekeeping: forget former secrets whose day is over, and seal anew what a former SECRET_KEY sealed, so
    that this may be thrown away one day. Return how many endpoints changed.
    """
    return sum(_tidy(pk) for pk in WebhookEndpoint.objects.values_list("pk", flat=True))


@transaction.atomic
def _tidy(endpoint_id: int) -> bool:
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        return False
    before = (endpoint.secret, endpoint.former_secret)
    if endpoint.former_until and endpoint.former_until <= timezone.now():
        endpoint.former_secret, endpoint.former_until = "", None
    endpoint.secret = sealing.fresh(endpoint.secret)
    endpoint.former_secret = sealing.fresh(endpoint.former_secret) if endpoint.former_secret else ""
    if before == (endpoint.secret, endpoint.former_secret):
        return False
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    return True


def _sealed(secret: str) -> str:
    return sealing.seal({"secret": secret})


def _opened(sealed: str) -> str:
    return str(sealing.unseal(sealed)["secret"])
