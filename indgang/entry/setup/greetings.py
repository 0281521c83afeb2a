"""How centres greet their callers: a text for each centre by the day, said by the step *Centrets velkomst* of flows.

The text is a prompt: it is spoken, or played from a recording, and is changed where prompts are.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import collisions, end_days, planned_days
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.core.text import slug
from indgang.entry.models import Flow, Greeting, Prompt
from indgang.entry.setup import flow_versions, prompts
from indgang.entry.setup.changes import record_change
from indgang.routing.flows.steps import GreetingStep

_FIELDS = ("centre", "prompt_code", "valid_from", "valid_to")


def of_day(day: date) -> dict[str, str]:
    """By the code of the centre, the code of the prompt that greets its callers on this day."""
    rows = Greeting.objects.valid_on(day).order_by("valid_from")
    return dict(rows.values_list("centre__code", "prompt_code"))


def flows_with_step(centre: ContactCentre) -> tuple[list[Flow], list[Flow]]:
    """The centre's published flows: those in force that say its greeting, and those that do not."""
    greeting: list[Flow] = []
    others: list[Flow] = []
    for flow in Flow.objects.filter(centre=centre).order_by("name"):
        version = flow_versions.in_force(flow)
        if version is not None:
            steps = version.definition.get("steps", [])
            says = any(step.get("kind") == GreetingStep.kind for step in steps)
            (greeting if says else others).append(flow)
    return greeting, others


@transaction.atomic
def write(
    centre: ContactCentre, *, text: str, text_en: str = "", day: date, until: date | None, by: Person, at: datetime
) -> Greeting:
    """Greet the centre's callers with a new text from `day` until (not including) `until`; None: until further notice.

    Raises RefusedChange, by field, for days that cannot be and for an empty or long text.
    """
    code = _free_code(centre, day)
    for language, said in (("da", text), ("en", text_en)):
        if said.strip() or language == "da":
            prompts.write(code=code, language=language, text=said, unit=centre.owner, by=by, at=at)
    return begin(centre, prompt_code=code, day=day, until=until, by=by, at=at)


@transaction.atomic
def begin(
    centre: ContactCentre, *, prompt_code: str, day: date, until: date | None = None, by: Person, at: datetime
) -> Greeting:
    """The same with a prompt that is there."""
    planned_days.refuse_day(day, at, field="valid_from")
    if until is not None and until <= day:
        raise RefusedChange({"valid_to": _("Slutdagen skal ligge efter den første dag.")})
    once = {
        "entry_greeting_begins_once": ("valid_from", _("Der begynder allerede en velkomst den dag. Fjern den først."))
    }
    with collisions.refused_in_words(RefusedChange, once):
        greeting = Greeting.objects.create(centre=centre, prompt_code=prompt_code, valid_from=day, valid_to=until)
    record_change("greeting.begin", greeting, by=by, at=at, after=trail.values_of(greeting, _FIELDS))
    return greeting


@transaction.atomic
def end(greeting: Greeting, *, on: date, by: Person, at: datetime) -> None:
    """End it on a day, which is not included; the one that began before it counts again. One that has not begun by then
    is deleted. Raises RefusedChange for a day that has passed or lies after the one on which it ends anyway."""
    row = Greeting.objects.select_for_update(of=("self",)).select_related("centre").get(pk=greeting.pk)
    end_days.refuse(row, on, at)
    before = trail.values_of(row, _FIELDS)
    after = before | {"valid_to": str(on)} if on > row.valid_from else {}
    record_change("greeting.end", row, by=by, at=at, before=before, after=after)
    end_days.apply(row, on)


def _free_code(centre: ContactCentre, day: date) -> str:
    """The name of a new greeting's prompt."""
    base = slug(f"velkomst-{centre.code}-{day.isoformat()}", 70)
    taken = set(Prompt.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{n}" for n in range(2, 1000))) if code not in taken)
