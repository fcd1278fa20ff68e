"""Signing in to store and admin: users, passwords, allauth."""

from config.settings.process import TRUSTED_PROXIES, public

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail is unique: by a constraint that ignores capitals
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/orders/"

ACCOUNT_ADAPTER = "shop.storefront.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "shop.storefront.account_forms.Login",
    "signup": "shop.storefront.account_forms.Signup",
    "add_email": "shop.storefront.account_forms.AddEmail",
    "change_password": "shop.storefront.account_forms.ChangePassword",
    "reset_password": "shop.storefront.account_forms.ResetPassword",
    "reset_password_from_key": "shop.storefront.account_forms.ResetPasswordKey",
    "reauthenticate": "shop.storefront.account_forms.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = False  # they refuse everybody while Redis is away; shop.storefront.adapter counts instead
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = public.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
