from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "indgang.office"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from indgang.office import links

        links.register()
