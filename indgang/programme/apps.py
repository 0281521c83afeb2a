from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "indgang.programme"
    default_auto_field = "django.db.models.BigAutoField"
