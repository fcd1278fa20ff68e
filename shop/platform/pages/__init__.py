"""Pages that are the same bytes for everybody, kept in Redis for all pods.

* `front` answers what is kept before Django begins: one round trip to Redis, nothing else.
* `middleware` lets one process make what is not kept, and keeps it with all the headers that the middleware gave it.
* `depends` says what a page is made of, `outdate` that something of it changed. No page is ever looked for and removed:
  each knows the moment before which it was read, and what it is made of knows when it changed.
* Views say that their page is public with `offer`.
"""

from shop.platform.pages.offer import Offer, began, depends, ends_in, offer
from shop.platform.pages.shelf import FRESH, outdate

__all__ = ["FRESH", "Offer", "began", "depends", "ends_in", "offer", "outdate"]
