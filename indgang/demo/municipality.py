"""Seeds the demo municipality. Repeatable: existing rows and people's changes stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from indgang.audit.trail import System
from indgang.catalogue.models import ContactCentre
from indgang.demo import (
    benefits,
    case_systems,
    chats,
    counting_weeks,
    entry,
    feedback_answers,
    figure_reports,
    flows,
    followed_up,
    handed_over,
    knowledge_base,
    mailboxes,
    offering,
    online_forms,
    organisation,
    parties,
    people,
    queues,
    reply_texts,
    rollouts,
    rotas,
    second_level,
    segments,
    settlement,
    shifts,
    staff_news,
    studies,
    switchovers,
    whatifs,
)
from indgang.demo.entry import Number
from indgang.demo.rows import Added
from indgang.entry.models import Prompt
from indgang.entry.setup import prompts
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
    counting_weeks.seed(units.all, everybody.all, at=at)
    say("rollout of a centre")
    rollouts.seed(centres.all, units.all, everybody.all, at=at)
    say("online forms")
    online_forms.seed(centres.all, units.all, everybody.all, at=at)
    say("standard texts")
    reply_texts.seed(units.all, centres.all, everybody.all, at=at)
    say("a switch to the contact centre")
    switchovers.seed(services.all, centres.all, everybody.all, at=at)
    say("news for staff")
    staff_news.seed(units.all, centres.all, everybody.all, at=at)
    say("terms of settlement between centres")
    settlement.terms(centres.all)
    say("businesses and citizens who call often")
    parties.seed(at=at)
    say("hand-overs to the second level")
    handed_over.seed(units.all, everybody.all, at=at)
    say("knowledge")
    knowledge_base.seed(everybody.all, at=at, say=lambda line: say(f"  {line}"))


def _entries(centres: Added[ContactCentre], at: datetime) -> None:
    """Prompts in both languages, the flows as published, and the numbers that lead to them."""
    texts = (("da", flows.PROMPTS), ("en", flows.PROMPTS_EN))
    entry.prompts([(code, language, text) for language, prompts in texts for code, text in prompts.items()], at=at)
    published = entry.flows(
        [(flows.FLOW_CENTRES[code], definition) for code, definition in flows.FLOWS.items()],
        centres.all,
        by=System("demo"),
        at=at,
    )
    entry.elsewhere_series()
    entry.greetings(flows.GREETINGS, centres.all)
    if not Prompt.objects.exclude(unit=None).exists():
        prompts.give_to_only_users()
    entry.numbers([Number(**each) for each in flows.ENTRY_POINTS], published, centres.all)
    entry.former_numbers(flows.ENTRY_POINTS[0]["number"])
