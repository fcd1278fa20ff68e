from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    name = "shop.backoffice"
    label = "backoffice"
    verbose_name = _("Backoffice")

    def ready(self) -> None:
        from unfold.templatetags import unfold_list

        from shop.backoffice.lists import headers_once

        unfold_list.result_headers = headers_once(unfold_list.result_headers)
