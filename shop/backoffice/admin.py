"""What Django's admin looks for in each app: here it finds all of the backoffice."""

from shop.backoffice import catalog, categories, customers, operations, orders, payments, prices, staff, variants

__all__ = ["catalog", "categories", "customers", "operations", "orders", "payments", "prices", "staff", "variants"]
