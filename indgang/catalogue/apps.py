from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "indgang.catalogue"
    default_auto_field = "django.db.models.BigAutoField"
