"""Who this process is, and how it is reached."""

import os
from pathlib import Path

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Former secret keys that nothing but the codes of gift cards needs any more: shop.payments.gift_card_codes
GIFT_CARD_OLD_KEYS = env.words("GIFT_CARD_OLD_KEYS")
DEBUG = env.flag("DEBUG")

PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
public = env.url("PUBLIC_URL", PUBLIC_URL)
is_https = public.scheme == "https"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [public.hostname or "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [env.origin("PUBLIC_URL", PUBLIC_URL)]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1)  # load balancers in front of a pod, each adding to X-Forwarded-For

POD_NAME = env.text("POD_NAME", os.environ.get("HOSTNAME", "pod"))
RELEASE = env.text("RELEASE", "dev")  # shown to operators
SHOP_SHOW_POD = env.flag("SHOP_SHOW_POD")  # X-Pod and Server-Timing in every answer

WEB_THREADS = env.number("WEB_THREADS", 4, least=1)  # of one process; config/gunicorn.py reads the same variable
WARM_UP = ("/", "/account/login/", "/api/v1/products/")  # a web process requests these of itself before it is ready
HEARTBEAT_FILE = env.text("HEARTBEAT_FILE", "/tmp/heartbeat")  # noqa: S108 - a memory volume in a pod

# Seconds between two looks for changed secrets (SECRETS_FROM; shop.platform.secrets), about; 0: never
SECRETS_LOOK = env.number("SECRETS_LOOK", 300)
# Seconds for which a web pod that restarts for new secrets first reports not ready: balancers' lists lag behind
SECRETS_NOTICE = env.number("SECRETS_NOTICE", 15)
