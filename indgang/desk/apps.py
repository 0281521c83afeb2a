from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "indgang.desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from indgang.accounts.permissions import Permission
        from indgang.ui import navigation

        navigation.register(_("Min plads"), "desk:home", Permission.REGISTER_ENQUIRIES, order=10)
        navigation.register(_("Find svar"), "desk:knowledge", Permission.READ_KNOWLEDGE, order=20)
