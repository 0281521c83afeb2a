from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "indgang.api"
    default_auto_field = "django.db.models.BigAutoField"
