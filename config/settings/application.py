"""What Django puts together: apps, middleware, templates, and the pages that are the same for everybody."""

from config.settings.store import SHOP_NAME
from shop.backoffice.unfold import unfold_settings

INSTALLED_APPS = [
    "shop.backoffice",  # before unfold, whose pages it frames
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "shop.backoffice.admin_config.BackofficeAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "tree_queries",
    "django_countries",
    "django_htmx",
    "csp",
    "shop.storefront",  # before allauth, whose pages it dresses
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "shop.stateless",
    "shop.platform",
    "shop.catalog",
    "shop.inventory",
    "shop.accounts",
    "shop.notifications",
    "shop.information",
    "shop.pricing",
    "shop.cart",
    "shop.orders",
    "shop.payments",
    "shop.checkout",
    "shop.privacy",
    "shop.api",
]

MIDDLEWARE = [
    "shop.stateless.guard.middleware.GuardMiddleware",
    "shop.platform.pod.PodMiddleware",
    "shop.platform.metrics.MetricsMiddleware",
    "shop.platform.pages.middleware.PagesMiddleware",  # outside of all that add headers, which are kept with a page
    "django.middleware.security.SecurityMiddleware",
    "shop.platform.static_files.StaticFilesMiddleware",
    "shop.platform.content_policy.ContentPolicyMiddleware",
    "shop.platform.outage.DatabaseOutageMiddleware",
    "shop.platform.pages.personal.SessionMiddleware",  # it and two below let requests for public pages pass
    "shop.platform.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shop.platform.crossorigin.CrossOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shop.platform.pages.personal.AuthenticationMiddleware",
    "shop.platform.pages.personal.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shop.storefront.errors.ShopErrorMiddleware",
]

# Pages that are the same for everybody, and what they read of the query string; the views say the same by themselves
_LIST = {"q", "category", "sort", "cursor"}
PUBLIC_PAGES = [
    {"pattern": r"/$"},
    {"pattern": r"/suggestions/$", "parameters": {"q"}},
    {"pattern": r"/information/"},
    {"pattern": r"/(products|categories)/", "parameters": {*_LIST, "o", "min", "max", "sale", "variant"}},
    {
        "pattern": r"/api/v1/(products|categories)/",
        "parameters": {*_LIST, "option", "min_price", "max_price", "on_sale", "limit"},
        "media_type": "application/json",
    },
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {  # the store's pages
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "shop.storefront.environment.environment"},
    },
    {  # mails, the admin
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

UNFOLD = unfold_settings(SHOP_NAME)  # the admin's theme
