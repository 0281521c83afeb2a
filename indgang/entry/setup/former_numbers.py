"""Old main numbers and where they lead now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes, directory, numbers
from indgang.catalogue.folding import folded_fields, holds
from indgang.core.refusals import RefusedChange
from indgang.entry.models import FormerNumber
from indgang.entry.models.former_numbers import LEADS_TO
from indgang.prepared.query import Query


def save(row: FormerNumber, *, by: Actor, at: datetime, **values: Any) -> FormerNumber:
    """Add or change an old number. Raises RefusedChange for a number that is none, for two places, and for none
    without a text."""
    values = numbers.stored(values, "number")
    refused = wrong_place({name: values.get(name, getattr(row, name, None)) for name in (*LEADS_TO, "text")})
    if refused:
        raise RefusedChange({"": refused})
    return changes.save(row, values, by=by, at=at)


def wrong_place(values: Mapping[str, Any]) -> str:
    """Why these values do not say where a number leads; empty when they do."""
    places = [name for name in LEADS_TO if values.get(name) is not None]
    if len(places) > 1:
        return _("Vælg kun ét sted: en indgang, en kø eller en enhed.")
    if not places and not values.get("text"):
        return _("Vælg, hvor nummeret fører hen nu, eller skriv, hvad den, der ringer, skal vide.")
    return ""


def matching(words: Sequence[str], *, on: date, most: int) -> list[FormerNumber]:
    """The old numbers of a day that hold every word (`directory.words_of`) in their digits or their owner's name."""
    return _matching(len(words)).models(on=on, **directory.by_place(words))[:most] if words else []


@lru_cache(maxsize=16)
def _matching(count: int) -> Query:
    def build(on: date, **words: str) -> QuerySet[FormerNumber]:
        rows: Any = FormerNumber.objects.valid_on(on).annotate(named=folded_fields("number", "name"))
        for wanted in words.values():
            rows = rows.filter(holds("named", wanted))
        found: QuerySet[FormerNumber] = rows.select_related("entry_point", "queue__centre", "unit").order_by("number")
        return found

    return Query(build, on=date, **directory.types_of(count))
