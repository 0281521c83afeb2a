"""Numbers, prompts, greetings, pause reasons and first versions of flows. Existing ones stay unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from indgang.audit.trail import Actor
from indgang.catalogue.models import ContactCentre
from indgang.entry.models import (
    ElsewhereSeries,
    EntryPoint,
    Flow,
    FlowVersion,
    FormerNumber,
    Greeting,
    PauseReason,
    Prompt,
)
from indgang.entry.setup.pause_reasons import STANDARD

_ELSEWHERE = (
    ("+4599995200", "+4599995399", "Fjordby Kommune", "+4599990152"),
    ("+45999961", "", "Bakkerup Kommune", "+4599990161"),
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be dialled (E.164), and the flow (code) of the centre (code) that answers it."""

    number: str
    name: str
    centre: str
    flow: str


def pause_reasons() -> None:
    PauseReason.objects.bulk_create(
        [
            PauseReason(code=each.code, name=each.name, name_en=each.name_en, order=order)
            for order, each in enumerate(STANDARD, start=1)
        ],
        ignore_conflicts=True,
    )


def prompts(texts: Iterable[tuple[str, str, str]], *, at: datetime) -> None:
    """Prompts for synthetic speech, as (code, language, text)."""
    Prompt.objects.bulk_create(
        [Prompt(code=code, language=language, text=text, updated_at=at) for code, language, text in texts],
        ignore_conflicts=True,
    )


def elsewhere_series() -> None:
    """Numbers of two made-up neighbours, among those that the simulated callers have, when there are none."""
    if not ElsewhereSeries.objects.exists():
        ElsewhereSeries.objects.bulk_create(
            ElsewhereSeries(first=first, last=last, municipality=name, number=number)
            for first, last, name, number in _ELSEWHERE
        )


def greetings(wanted: Mapping[str, str], centres: Mapping[str, ContactCentre]) -> None:
    """Greetings, by the code of the centre, of centres that have never had one."""
    there = set(Greeting.objects.values_list("centre__code", flat=True))
    Greeting.objects.bulk_create(
        Greeting(centre=centres[code], prompt_code=prompt) for code, prompt in wanted.items() if code not in there
    )


@transaction.atomic
def flows(
    definitions: Iterable[tuple[str, Mapping[str, Any]]],
    centres: Mapping[str, ContactCentre],
    *,
    by: Actor,
    at: datetime,
) -> dict[str, Flow]:
    """Publish version 1 of each flow, given as (centre code, definition); a flow that exists keeps its versions."""
    found: dict[str, Flow] = {}
    for centre, definition in definitions:
        flow, new = Flow.objects.get_or_create(
            code=definition["code"],
            defaults={"name": definition.get("title") or definition["code"], "centre": centres[centre]},
        )
        found[flow.code] = flow
        if new:
            _first_version(flow, definition, by=by, at=at)
    return found


def _first_version(flow: Flow, definition: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    FlowVersion.objects.create(
        flow=flow,
        number=1,
        definition=dict(definition),
        created_at=at,
        created_by=by.audit_label,
        published_at=at,
        published_by=by.audit_label,
    )


def numbers(wanted: Iterable[Number], flows: Mapping[str, Flow], centres: Mapping[str, ContactCentre]) -> None:
    """Entry points for numbers that have none yet."""
    there = set(EntryPoint.objects.values_list("number", flat=True))
    EntryPoint.objects.bulk_create(
        EntryPoint(number=each.number, name=each.name, centre=centres[each.centre], flow=flows[each.flow])
        for each in wanted
        if each.number not in there
    )


#: the main numbers that the concept of 2006 replaces by one (R-029), and whose they were
FORMER_NUMBERS = (
    ("+4533663366", "ØKF, KFF, TMF og BUF omstillingscentral"),
    ("+4535303530", "SUF omstillingscentral"),
    ("+4533173317", "SOF omstillingscentral"),
    ("+4533666633", "Københavner Information"),
    ("+4570807060", "Københavns Borgerservice"),
)


def former_numbers(main_number: str) -> None:
    """The old main numbers, which lead to the entry point with the main number."""
    main = EntryPoint.objects.filter(number=main_number).first()
    there = set(FormerNumber.objects.values_list("number", flat=True))
    FormerNumber.objects.bulk_create(
        FormerNumber(number=number, name=name, entry_point=main)
        for number, name in FORMER_NUMBERS
        if main is not None and number not in there
    )
