"""Seeds the demo municipality. Repeatable: what is there already, and what people have changed, stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from indgang.config.demo import offering, organisation, parties, people, queues
from indgang.entry import seed as entry_seed


@transaction.atomic
def seed(*, at: datetime, say: Callable[[str], None] = lambda line: None) -> None:
    """Add whatever of the municipality is missing. `say` gets a line for each part."""
    say("units, opening hours and contact centres")
    units = organisation.units()
    centres = organisation.centres(units, organisation.schedules())
    say("services and purposes")
    offering.local_purposes(offering.services(units), offering.nine_purposes())
    say("people and directory")
    everybody = people.people(units, people.directory(units))
    say("queues and entry points")
    made = queues.queues(centres, units)
    queues.memberships(made, everybody)
    queues.messages(made)
    entry_seed.pause_reasons()
    entry_seed.prompts(queues.MESSAGE_PROMPTS, at=at)
    say("businesses and citizens who call often")
    parties.seed(at=at)
