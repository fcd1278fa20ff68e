"""What payments tell Prometheus."""

from prometheus_client import Counter

results = Counter("shop_payments_total", "Payments by the state that they ended in", ["method", "result"])
