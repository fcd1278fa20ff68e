"""What is done later: queues, topics, events, mail. The outbox is the only road to SQS."""

from config import env, queues
from config.mail import outgoing
from shop.platform import patience

QUEUES = queues.NAMES
QUICK_QUEUES = ("default",)  # work of some milliseconds: done several at a time, and never kept waiting by slow work
FOREIGN_QUEUES = ("webhooks",)  # work that waits for servers of strangers: no other slow work waits behind all of it
SQS_QUEUE_BASE_URL = env.text("SQS_QUEUE_BASE_URL", "https://sqs.invalid/000000000000").rstrip("/")
SQS_QUEUE_PREFIX = env.text("SQS_QUEUE_PREFIX", "shop-")
# Seconds until the message of a killed worker goes to another; the queues have to be made with the same number
SQS_VISIBILITY = env.number("SQS_VISIBILITY", 30, least=1)

OUTBOX_RESEND_AFTER = env.number("OUTBOX_RESEND_AFTER", 60, least=1)  # seconds; for what was sent and is not done
OUTBOX_TOPICS = {  # topic: (queue, handler)
    "notifications.mail": ("mail", "shop.notifications.handlers.send_mail"),
    "media.renditions": ("media", "shop.platform.handlers.make_renditions"),
    "sessions.forget": ("default", "shop.platform.handlers.forget_session"),
    "events.publish": ("default", "shop.platform.handlers.publish_event"),
    "webhooks.fan_out": ("default", "shop.platform.handlers.fan_out_event"),
    "webhooks.deliver": ("webhooks", "shop.platform.handlers.deliver_webhook"),
}
# Topics whose handlers tell other systems, which would hear a repeated transaction twice: each has its own transaction
TELLING_TOPICS = ("events.publish",)
EVENTS_TOPIC_ARN = env.text("EVENTS_TOPIC_ARN", "")  # the SNS topic for events of orders (docs/events.md); empty: none
# Networks of one's own in which receivers of webhooks may be, as 10.1.2.0/24: any port, and by plain http within this
# machine; without any only the public web may be told, by https
WEBHOOK_NETWORKS = env.words("WEBHOOK_NETWORKS")

_mail = outgoing(env.url("EMAIL_URL", "smtp://127.0.0.1:25", schemes=("smtp", "smtps", "eml")))
EMAIL_BACKEND = _mail.backend
EMAIL_FILE_PATH = _mail.directory
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.tls, _mail.starttls
EMAIL_TIMEOUT = patience.MAIL
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Tessel <hello@tessel.example>")
