"""What the checkout tells Prometheus."""

from prometheus_client import Counter

placed = Counter("shop_orders_placed_total", "Orders placed", ["payment_method"])
conflicts = Counter("shop_stock_conflicts_total", "Orders refused because pieces were gone by the time of ordering")
