"""How often codes of vouchers may be tried, so that nobody finds them by trying."""

from shop.platform.throttle import Limit

CODES = Limit("voucher-codes", times=60, seconds=600)  # of one network, which may be an office
