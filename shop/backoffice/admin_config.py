from django.contrib.admin.apps import AdminConfig


class BackofficeAdminConfig(AdminConfig):
    """Django's admin with our site; stands for "django.contrib.admin" in INSTALLED_APPS."""

    default_site = "shop.backoffice.site.BackofficeSite"
