"""The desk's links in the menu at the top of every page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.accounts.permissions import Permission as P
from indgang.ui import navigation


def register() -> None:
    navigation.register(_("Min plads"), "desk:home", P.REGISTER_ENQUIRIES, order=10)
    navigation.register(_("Min dag"), "desk:own-day", P.TAKE_CALLS, P.TAKE_HANDOVERS, order=15)
    navigation.register(_("Skriftligt"), "desk:written-list", P.ANSWER_WRITTEN, order=16)
    navigation.register(_("Opgaver"), "desk:handovers", P.TAKE_CALLS, P.TAKE_HANDOVERS, order=17)
    navigation.register(_("Chat"), "desk:chats", P.ANSWER_WRITTEN, order=18)
    navigation.register(_("Find svar"), "desk:knowledge", P.READ_KNOWLEDGE, order=20)
