"""The yardstick: a view that returns 16 KB behind the usual middleware."""
