"""Which entry points a person sees the figures of: those of their centres."""

from __future__ import annotations

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import EntryPoint
from indgang.office.access import centres_of


def entry_points_of(person: Person) -> list[int]:
    centres = centres_of(person, Permission.SEE_FIGURES)
    return list(EntryPoint.objects.filter(centre__in=centres.order_by().values("pk")).values_list("pk", flat=True))
