"""What payments tell Prometheus."""

from prometheus_client import Counter

gift_cards_issued = Counter("shop_gift_cards_issued_total", "Gift cards issued")
gift_cards_refused = Counter(
    "shop_gift_cards_refused_total", "Gift cards refused, when typed in or when ordering", ["reason"]
)
results = Counter("shop_payments_total", "Payments by the state that they ended in", ["method", "result"])
