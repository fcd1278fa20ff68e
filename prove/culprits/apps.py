"""Swaps what no setting swaps, when a process starts."""

from django.apps import AppConfig
from django.conf import settings


class CulpritsConfig(AppConfig):
    name = "prove.culprits"

    def ready(self) -> None:
        if "cart" in settings.CULPRITS:
            from prove.culprits import cart

            cart.install()
        if "handler" in settings.CULPRITS:
            from prove.culprits import handler

            handler.install()
        if "key" in settings.CULPRITS:
            from prove.culprits import key

            key.install()
