from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PrivacyConfig(AppConfig):
    name = "indgang.privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Know every kind of personal data that an installed package declares in its module `personal_data`."""
        autodiscover_modules("personal_data")
