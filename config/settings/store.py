"""The shop: its name, money, payments, limits, language."""

from config import env
from config.settings.process import BASE_DIR, is_https

SHOP_NAME = env.text("SHOP_NAME", "Tessel")
SHOP_CURRENCY = env.text("SHOP_CURRENCY", "EUR")
SHOP_COUNTRY = env.text("SHOP_COUNTRY", "DE")

# Customers transfer money to it. The made-up one is for the demo only; without one, bank transfer is not offered.
_demo_account = "" if is_https else "Tessel GmbH, IBAN DE02 1203 0000 0000 2020 51, BIC BYLADEM1001"
SHOP_BANK_ACCOUNT = env.text("SHOP_BANK_ACCOUNT", _demo_account)
CARD_PROVIDER_URL = env.text("CARD_PROVIDER_URL", "")
CARD_PROVIDER_KEY = env.text("CARD_PROVIDER_KEY", "")
CARD_WEBHOOK_SECRET = env.text("CARD_WEBHOOK_SECRET", "")

# Orders from one network in ten minutes; 0: no limit. A shop whose customers share one address raises it.
ORDERS_PER_NETWORK = env.number("ORDERS_PER_NETWORK", 600)
# Mails about orders to one address in an hour; 0: no limit. A summary at the end of the hour tells the rest.
MAILS_PER_MAILBOX = env.number("MAILS_PER_MAILBOX", 20)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "shop" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_TZ = True
