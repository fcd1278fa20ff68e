"""What a browser is told: HTTPS only, and what a page may load, frame and send forms to."""

from config import env
from config.settings.process import PUBLIC_URL, is_https
from config.settings.store import CARD_PROVIDER_URL

_media_origin = env.origin("MEDIA_URL", PUBLIC_URL + "/media/")
_payment_origins = [env.origin("CARD_PROVIDER_URL")] if CARD_PROVIDER_URL else []
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/v1/docs/"],  # its pages carry inline scripts, and nothing of anybody
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", _media_origin],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *_payment_origins],
    },
}
CONTENT_SECURITY_POLICY_ALSO = {  # what else is allowed below an address: the admin theme carries inline scripts
    "/admin/": {
        "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
    }
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if is_https else None
SECURE_SSL_REDIRECT = is_https
SECURE_HSTS_SECONDS = 31_536_000 if is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = is_https
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
