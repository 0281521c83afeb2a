from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "indgang.config"
    default_auto_field = "django.db.models.BigAutoField"
