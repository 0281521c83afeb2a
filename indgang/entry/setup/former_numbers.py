"""Old main numbers and where they lead now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from indgang.audit.trail import Actor
from indgang.catalogue import changes, directory, numbers
from indgang.catalogue.folding import folded, folded_fields
from indgang.core.refusals import RefusedChange
from indgang.entry.models import FormerNumber
from indgang.entry.models.former_numbers import LEADS_TO


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


def matching(text: str, *, on: date) -> QuerySet[FormerNumber]:
    """The old numbers of a day that hold every word of the text, in their digits or in the name of their owner."""
    rows: Any = FormerNumber.objects.valid_on(on).annotate(named=folded_fields("number", "name"))
    for word in directory.words_of(text):
        rows = rows.filter(named__contains=folded(Value(word)))
    found: QuerySet[FormerNumber] = rows.select_related("entry_point", "queue__centre", "unit").order_by("number")
    return found
