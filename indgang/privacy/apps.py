from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PrivacyConfig(AppConfig):
    name = "indgang.privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the kinds of personal data that installed packages declare in their modules `personal_data`."""
        autodiscover_modules("personal_data")
