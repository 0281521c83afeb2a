"""Seeds the demo municipality. Repeatable: existing rows and people's changes stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from indgang.demo import (
    benefits,
    case_systems,
    chats,
    entry,
    feedback_answers,
    figure_reports,
    followed_up,
    mailboxes,
    offering,
    organisation,
    people,
    queues,
    rotas,
    second_level,
    segments,
    shifts,
    studies,
    whatifs,
)
from indgang.events import months


@transaction.atomic
def seed(*, at: datetime, say: Callable[[str], None] = lambda line: None) -> None:
    """Add the missing rows of the municipality. `say` receives a line for each part."""
    months.ensure(at)  # before the first event: a partition cannot take over what lies outside it
    say("units, opening hours and contact centres")
    units = organisation.units()
    centres = organisation.centres(units, organisation.schedules())
    say("services and purposes")
    services = offering.services(units)
    offering.local_purposes(services, offering.nine_purposes())
    say("people and directory")
    listed = people.directory(units, at=at)
    people.what_they_know(listed, services)
    everybody = people.people(units, listed)
    say("queues and entry points")
    made = queues.queues(centres, units)
    queues.memberships(made, everybody)
    queues.messages(made)
    queues.capacity_profiles(centres, everybody)
    mailboxes.seed(centres, everybody)
    chats.seed(centres, everybody)
    entry.pause_reasons()
    _entries(centres, at)
    say("availability of the second level")
    second_level.seed(units.all, everybody.all, at=at)
    case_systems.seed(units.all, at=at)
    rotas.seed(made.all, everybody.all, at=at)
    shifts.seed(centres.all, everybody.all, at=at)
    figure_reports.seed(centres.all, everybody.all, at=at)
    feedback_answers.seed(everybody.all, at=at)
    followed_up.seed(centres.all, everybody.all, at=at)
    say("what-ifs")
    whatifs.seed(everybody.all, at=at)
    say("benefits")
    benefits.seed(units.all, centres.all, everybody.all, at=at)
    say("studies")
    studies.seed(units.all, services.all, everybody.all, at=at)
    segments.seed(services.all, everybody.all, at=at)
