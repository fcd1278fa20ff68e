"""Swaps what no setting swaps, when a process starts."""

from django.apps import AppConfig
from django.conf import settings


class CulpritsConfig(AppConfig):
    name = "prove.culprits"

    def ready(self) -> None:
        if settings.CULPRIT == "cart":
            from prove.culprits import cart

            cart.install()
        if settings.CULPRIT == "handler":
            from prove.culprits import handler

            handler.install()
        if settings.CULPRIT == "key":
            from prove.culprits import key

            key.install()
