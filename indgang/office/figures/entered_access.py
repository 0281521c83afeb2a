"""Who types the figures that people count, and for which centres."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from indgang.accounts.access import centres_with, everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures.entered_kinds import KINDS, EnteredKind
from indgang.measures.entering import FIRST_DAY
from indgang.measures.models import EnteredValue
from indgang.office.figures.access import centres_seen

SEE, ENTER = Permission.SEE_FIGURES, Permission.ENTER_FIGURES
#: stands for the whole municipality in an address
WHOLE = "-"


def kind_of(code: str) -> EnteredKind:
    """Raises Http404 for a figure that nobody types."""
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def places(person: Person) -> dict[str, str]:
    """The codes and names of the centres that the person may type for; `WHOLE` for those who may everywhere."""
    rows = centres_with(person, ENTER).order_by("name").values_list("code", "name")
    whole = {WHOLE: _("Hele kommunen")} if everywhere(person, ENTER) else {}
    return whole | dict(rows)


def place_for(person: Person, code: str) -> ContactCentre | None:
    """The centre; None for the whole municipality. Raises Http404 for one that the person may not type for."""
    if code == WHOLE and everywhere(person, ENTER):
        return None
    found: ContactCentre | None = centres_with(person, ENTER).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def first_day_of(kind: EnteredKind, text: str) -> date:
    """The first day of a period that has begun. Raises Http404 for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not FIRST_DAY <= day <= clock.today() or kind.period.first_of(day) != day:
        raise Http404
    return day


def values_seen(person: Person, kind: EnteredKind) -> QuerySet[EnteredValue]:
    """All that was typed for the centres whose figures the person sees, the newest period first."""
    seen = centres_seen(person)
    own = Q() if seen.is_all else Q(centre__code__in=list(seen.names))
    rows = EnteredValue.objects.filter(own, figure=kind.code).select_related("centre", "entered_by")
    found: QuerySet[EnteredValue] = rows.order_by("-first_day", "centre__name", "-pk")
    return found


def sees_names(seen: Mapping[str, str], code: str) -> str:
    """The name of a centre, or of the whole municipality."""
    return seen.get(code, code) if code else _("Hele kommunen")
