"""The names of the queues, for the settings and for what starts a worker without them."""

NAMES = ("default", "mail", "media", "webhooks")
