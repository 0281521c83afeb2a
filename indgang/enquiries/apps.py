from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "indgang.enquiries"
    default_auto_field = "django.db.models.BigAutoField"
