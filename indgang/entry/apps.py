from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "indgang.entry"
    default_auto_field = "django.db.models.BigAutoField"
