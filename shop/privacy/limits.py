"""How often somebody may have all of their data: each time the store reads all that it has of them."""

from shop.platform.throttle import Limit

EXPORT = Limit("export", times=6, seconds=3600)  # of one account, on the store's pages and in the API together
