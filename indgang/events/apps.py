from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "indgang.events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Know every kind of event that an installed package declares in its module `event_kinds`."""
        autodiscover_modules("event_kinds")
