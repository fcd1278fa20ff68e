"""What a view says of the page it makes: that it is public, what it is made of, how long it is true."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone


@dataclass
class Offer:
    """A page that may be kept. `tags` name what it is made of, `seconds` how long it is true at most.

    `began`: a moment before anything of it was read.
    """

    tags: set[str] = field(default_factory=set)
    seconds: float = math.inf
    began: datetime = field(default_factory=timezone.now)


def offer(request: HttpRequest) -> Offer:
    """Say that the answer to this request is the same for everybody."""
    made = offered(request) or Offer()
    setattr(request, "page_offer", made)  # noqa: B010 - HttpRequest declares no such attribute
    return made


def offered(request: HttpRequest) -> Offer | None:
    return getattr(request, "page_offer", None)


def began(request: HttpRequest) -> datetime:
    """Return the moment at which the page was offered; now where it is not."""
    made = offered(request)
    return made.began if made else timezone.now()


def depends(request: HttpRequest, *tags: str) -> None:
    """Name what the page is made of; without effect where the answer is not offered."""
    made = offered(request)
    if made:
        made.tags.update(tags)


def ends_in(request: HttpRequest, moment: datetime | None) -> None:
    """Say when the page stops being true; None: nobody knows."""
    made = offered(request)
    if made and moment:
        made.seconds = min(made.seconds, max(0.0, (moment - timezone.now()).total_seconds()))
