"""Who follows hand-overs in the office: those who answer for the unit that has them, or that sent what came to no
centre, and who lead the centre that sent them. Both see the same."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from indgang.accounts.access import centres_led, everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.handover.models import Handover, HandoverQuerySet
from indgang.office.access import units_for

#: permissions with which somebody answers for the hand-overs of a unit
FOLLOW = (P.TAKE_HANDOVERS, P.LEAD_TEAM, P.MAKE_AGREEMENTS)


def units_followed(person: Person) -> QuerySet[Unit]:
    """The units of today whose hand-overs this person follows; leaders of a centre also those of its owner."""
    found = Unit.objects.none()
    for permission in FOLLOW:
        found = found | units_for(person, permission)
    for path in centres_led(person).values_list("owner__path", flat=True):
        found = found | Unit.objects.valid_on(clock.today()).filter(path__startswith=path)
    return found.order_by("path")


def units_proved(person: Person) -> QuerySet[Unit]:
    """The units of today whose promises this person sees: those followed, and those whose figures they see."""
    return (units_followed(person) | units_for(person, P.SEE_FIGURES)).order_by("path")


def seen(person: Person) -> HandoverQuerySet:
    """The hand-overs of the units followed, also of those that have ended, and those that a centre sent which this
    person leads."""
    rows: HandoverQuerySet = Handover.objects.with_names().select_related("centre__schedule")
    if any(everywhere(person, permission) for permission in FOLLOW):
        return rows
    units = Q(pk__in=())
    for permission in FOLLOW:
        theirs = units_of(person, permission)
        units |= Q(unit__in=theirs) | Q(centre=None, from_unit__in=theirs)
    return rows.filter(units | Q(centre__in=centres_led(person)))


def one(person: Person, pk: UUID) -> Handover:
    """An open hand-over that this person follows. Raises Http404."""
    found = seen(person).unsettled().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def unit_to_rule(person: Person, code: str) -> Unit:
    """A unit whose rules this person decides: whoever makes its agreements. Raises Http404."""
    found = units_for(person, P.MAKE_AGREEMENTS).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def may_rule(person: Person, unit: Unit) -> bool:
    return may(person, P.MAKE_AGREEMENTS, unit)


def named(code: str) -> Unit | None:
    """The unit of a code; None for the empty one."""
    return Unit.objects.filter(code=code).first() if code else None
