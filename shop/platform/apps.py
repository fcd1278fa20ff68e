from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "shop.platform"
    label = "platform"
    verbose_name = "Platform"

    def ready(self) -> None:
        from shop.platform import metrics
        from shop.stateless.guard import report

        report.tell(metrics.count_local_write)
