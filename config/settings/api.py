"""The API for phones: the keys of their tokens, the REST framework, the schema."""

from config import env
from config.settings.store import SHOP_NAME

JWT_SIGNING_KEY = env.text("JWT_SIGNING_KEY", "")
JWT_PREVIOUS_KEYS = env.text("JWT_PREVIOUS_KEYS", "")
SIMPLE_JWT = {"ALGORITHM": "ES256", "USER_ID_CLAIM": "sub"}  # keys and lifetimes: shop/accounts/keys.py, tokens.py

# An Amazon Cognito user pool whose tokens the API takes beside its own (shop.accounts.cognito); empty: none
COGNITO_ISSUER = env.text("COGNITO_ISSUER", "").rstrip("/")
COGNITO_CLIENT_IDS = env.words("COGNITO_CLIENT_IDS")
COGNITO_JWKS_URL = env.text("COGNITO_JWKS_URL", f"{COGNITO_ISSUER}/.well-known/jwks.json")
# URL schemes of own apps: where a card payment begun in one may return to
APP_LINK_SCHEMES = env.words("APP_LINK_SCHEMES")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "shop.api.authentication.CognitoAuthentication",
        "shop.api.authentication.AccessTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["shop.api.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "shop.api.renderers.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["shop.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "shop.api.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SHOP_NAME} API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"any_uuid": {"type": "string", "format": "uuid"}},
    "ENUM_NAME_OVERRIDES": {
        "OrderState": "shop.orders.models.Order.State",
        "PaymentState": "shop.payments.models.Payment.State",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "shop.api.schema.with_problems"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
