from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "indgang.events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the module `event_kinds` of every installed package, which declares its kinds of events."""
        autodiscover_modules("event_kinds")
