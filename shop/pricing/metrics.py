"""What vouchers tell Prometheus."""

from prometheus_client import Counter

redeemed = Counter("shop_vouchers_redeemed_total", "Orders that used a voucher", ["kind"])
refused = Counter("shop_vouchers_refused_total", "Vouchers refused, when typed in or when ordering", ["reason"])
