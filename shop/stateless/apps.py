from django.apps import AppConfig


class StatelessConfig(AppConfig):
    name = "shop.stateless"
    label = "stateless"
    verbose_name = "Stateless"

    def ready(self) -> None:
        from shop.stateless import checks

        checks.register()
