"""The one list of links from low packages to high ones.

What is low knows nothing above it: it calls whoever has subscribed, or is handed what keeps its contract.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model

from indgang.accounts import break_glass, people, sessions
from indgang.accounts.models import Person
from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.core.clock import COPENHAGEN
from indgang.desk import links as desk_links
from indgang.enquiries.journal import DatabaseJournal
from indgang.entry import commands
from indgang.entry.journal import Journal
from indgang.entry.models import AgentState, Presence
from indgang.entry.team import alerts
from indgang.events import months
from indgang.office import links as office_links


def connect() -> None:
    """Called once in each process, when all packages are loaded."""
    sessions.subscribe(_sign_out_at_the_switchboard)
    break_glass.subscribe(_tell_of_break_glass)
    people.subscribe(_let_the_switchboard_reread)
    changes.subscribe(_let_the_switchboard_reread)
    desk_links.register()
    office_links.register()


def journal() -> Journal:
    """`entry` does not know enquiries: whoever keeps what its switchboard writes is handed to it."""
    return DatabaseJournal()


def keep_up(at: datetime) -> None:
    """What the switchboard sees to now and then for those above it: the partitions that events are written to."""
    months.ensure(at)


def _sign_out_at_the_switchboard(person: Person, at: datetime) -> None:
    """Whoever leaves the product takes no more calls, and their browser phone's sign-in ends at once."""
    if Presence.objects.filter(person=person).exists():
        commands.give("end_phone", by=person, at=at)
    if Presence.objects.filter(person=person).exclude(state=AgentState.SIGNED_OUT).exists():
        commands.give("sign_out", by=person, at=at)


def _tell_of_break_glass(person: Person, at: datetime) -> None:
    alerts.note("break_glass", f"{person.username}, {at.astimezone(COPENHAGEN):%d.%m.%Y %H:%M}", at=at)


def _let_the_switchboard_reread(row: Model, by: Actor, at: datetime) -> None:
    """Opening hours, centres and services, and what people may do, are in the plan that the switchboard keeps."""
    by = row if isinstance(row, Person) and not isinstance(by, Person) else by
    if isinstance(by, Person):
        commands.give("reload", by=by, at=at)
