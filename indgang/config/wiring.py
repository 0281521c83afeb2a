"""The only list of links from low packages to high ones.

A low package knows nothing above it: it calls its subscribers, or gets an object that keeps its contract.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from indgang.accounts import break_glass, people, sessions
from indgang.accounts.models import Person
from indgang.agreements import agreed_prices, cooperation
from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.correspondence import queueing
from indgang.correspondence.mail.following import SharedMailboxes
from indgang.correspondence.sms import reports, sending
from indgang.desk import links as desk_links
from indgang.enquiries.journal import DatabaseJournal
from indgang.enquiries.models import Enquiry
from indgang.entry import commands
from indgang.entry.journal import Journal
from indgang.entry.models import AgentState, Presence
from indgang.entry.setup import announcements, end_of_call, spoken_texts
from indgang.entry.team import alerts
from indgang.events import months
from indgang.events.event import Event
from indgang.feedback import announcing, spoken_questions
from indgang.feedback import counted as feedback_counted
from indgang.feedback.end_of_call import EndOfCall
from indgang.handover import calls, counted, dialled, letters, news, ownership, pushing, stream
from indgang.health import examination
from indgang.health.examination import Check
from indgang.history import counted as history_counted
from indgang.history import entered as history_entered
from indgang.measures import entered_values, priced_days
from indgang.measures.priced_days import PricedDays
from indgang.measures.rollups import facts
from indgang.messaging.mailbox import keeping
from indgang.messaging.sms import arrivals
from indgang.office import links as office_links
from indgang.workforce import availability_changes, group_changes


def connect() -> None:
    """Connect everything. Called once in each process, when all packages are loaded."""
    sessions.subscribe(_sign_out_at_the_switchboard)
    break_glass.subscribe(_tell_of_break_glass)
    people.subscribe(_let_the_switchboard_reread)
    changes.subscribe(_let_the_switchboard_reread)
    changes.subscribe(_find_at_once)
    stream.subscribe(pushing.changed)
    stream.subscribe(news.follow)
    people.subscribe(ownership.follow_people)
    changes.subscribe(ownership.follow_rows)
    changes.subscribe(cooperation.follow_centres)
    availability_changes.subscribe(_let_the_switchboard_reread_promises)
    group_changes.subscribe(pushing.follow_members)
    examination.subscribe(_checks)
    keeping.subscribe(SharedMailboxes())
    arrivals.subscribe(reports.take)
    letters.connect_sms(sending.queue)
    spoken_texts.subscribe(spoken_questions.texts)
    announcements.subscribe(announcing.by_queue)
    end_of_call.subscribe(EndOfCall())
    facts.connect(counted.STREAMS)
    facts.connect(history_counted.STREAMS)
    entered_values.connect(history_entered.values)
    priced_days.connect(_agreed_prices)
    for each in feedback_counted.STREAMS:
        facts.connect(each)
    desk_links.register()
    office_links.register()


def _agreed_prices(centres: Collection[str] | None, first: date, last: date) -> list[PricedDays]:
    return agreed_prices.priced_days(centres, first, last, today=clock.today())


def journal() -> Journal:
    """The journal for the switchboard's writes: `entry` does not know enquiries, nor what follows from it above."""
    return DatabaseJournal(_let_others_follow)


def _let_others_follow(events: Sequence[Event[Any]], rows: Mapping[str, Enquiry]) -> None:
    calls.follow(events, rows)
    dialled.follow(events, rows)
    pushing.follow(events)
    queueing.follow(events, rows)


def keep_up(at: datetime) -> None:
    """Maintenance that the switchboard runs now and then for packages above it: the partitions of the events."""
    months.ensure(at)


def _checks() -> Sequence[Check]:
    # they import much of the product, which no process needs to start
    from indgang.config import checks

    return checks.CHECKS


def _sign_out_at_the_switchboard(person: Person, at: datetime) -> None:
    """Sign a person who has signed out of the product out of the switchboard: they get no more calls, and their browser
    phone's sign-in ends at once."""
    if Presence.objects.filter(person=person).exists():
        commands.give("end_phone", by=person, at=at)
    if Presence.objects.filter(person=person).exclude(state=AgentState.SIGNED_OUT).exists():
        commands.give("sign_out", by=person, at=at)


def _tell_of_break_glass(person: Person, at: datetime) -> None:
    alerts.note("break_glass", f"{person.username}, {at.astimezone(COPENHAGEN):%d.%m.%Y %H:%M}", at=at)


def _find_at_once(rows: Sequence[Model], by: Actor, at: datetime) -> None:
    """Have searches find new and changed services, units and people at once."""
    # it imports the search engine, which no process needs to start
    from indgang.knowledge import reindexing

    reindexing.follow(rows)


def _let_the_switchboard_reread(rows: Sequence[Model], by: Actor, at: datetime) -> None:
    """Have the switchboard reread its plan, which contains opening hours, centres, services and people's
    permissions."""
    people = [row for row in rows if isinstance(row, Person)]
    by = people[-1] if people and not isinstance(by, Person) else by
    if isinstance(by, Person):
        commands.give("reload", by=by, at=at)


def _let_the_switchboard_reread_promises(at: datetime) -> None:
    """Have the switchboard reread who of the second level can be asked."""
    commands.give("reload_availability", by=None, at=at)
