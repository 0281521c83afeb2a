from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from django.db.models import Model

    from indgang.accounts.models import Person
    from indgang.audit.trail import Actor


class ConfigConfig(AppConfig):
    name = "indgang.config"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from indgang.accounts import people, sessions
        from indgang.catalogue import changes

        sessions.subscribe(_sign_out_at_the_switchboard)
        people.subscribe(_let_the_switchboard_reread)
        changes.subscribe(_let_the_switchboard_reread)


def _sign_out_at_the_switchboard(person: Person, at: datetime) -> None:
    """Whoever leaves the product takes no more calls, and their browser phone's sign-in ends at once."""
    from indgang.entry import commands
    from indgang.entry.models import AgentState, Presence

    if Presence.objects.filter(person=person).exists():
        commands.give("end_phone", by=person, at=at)
    if Presence.objects.filter(person=person).exclude(state=AgentState.SIGNED_OUT).exists():
        commands.give("sign_out", by=person, at=at)


def _let_the_switchboard_reread(row: Model, by: Actor, at: datetime) -> None:
    """Opening hours, centres and services, and what people may do, are in the plan that the switchboard keeps."""
    from indgang.accounts.models import Person
    from indgang.entry import commands

    by = row if isinstance(row, Person) and not isinstance(by, Person) else by
    if isinstance(by, Person):
        commands.give("reload", by=by, at=at)
