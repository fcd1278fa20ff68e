"""A test card provider: a separate HTTP service that behaves like a real hosted one. No money moves.

`python -m config.local.testpay --port P --data DIR`, with CARD_PROVIDER_KEY and CARD_WEBHOOK_SECRET in the
environment. It knows nothing of the shop: they talk over HTTP only.
"""
