from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "indgang.config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from indgang.config import wiring

        wiring.connect()
