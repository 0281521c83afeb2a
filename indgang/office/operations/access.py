"""The alerts that somebody may see, and dead letters."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.http import Http404

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import Alert, DeadLetter, TrunkStatus
from indgang.ui.missing import not_found

#: who is told of alerts
_ALERTED = (Permission.SEE_OPERATIONS, Permission.LEAD_TEAM)


def alerts_of(person: Person) -> QuerySet[Any]:
    """Alerts of the centres somebody leads or runs, each with `may_settle`. What is about no centre is for those with
    the right everywhere; that an exchange is away everybody may know.
    """
    rows = Alert.objects.select_related("centre")
    if any(everywhere(person, permission) for permission in _ALERTED):
        return rows.annotate(may_settle=Value(True))
    units = [units_of(person, permission) for permission in _ALERTED]
    theirs = Q(centre__owner__in=units[0]) | Q(centre__owner__in=units[1])
    seen = rows.filter(theirs | Q(centre=None, code__startswith="exchange_"))
    return seen.annotate(may_settle=ExpressionWrapper(Q(centre__isnull=False), BooleanField()))


def alert_for(person: Person, pk: int) -> Alert:
    """One that this person may say is seen, for everybody."""
    alert: Alert | None = alerts_of(person).filter(pk=pk, may_settle=True).first()
    if alert is None:
        raise Http404
    return alert


def dead_letters_of(person: Person) -> QuerySet[DeadLetter]:
    """A dead letter may be of any centre, so they are for who runs the product everywhere."""
    return DeadLetter.objects.all() if runs_everything(person) else DeadLetter.objects.none()


def dead_letter_for(person: Person, pk: int) -> DeadLetter:
    row = dead_letters_of(person).filter(pk=pk).first()
    if row is None:
        raise not_found(DeadLetter, pk)
    return row


def runs_everything(person: Person) -> bool:
    """Whether this person runs the product for the whole municipality: what the installation lacks is of no centre."""
    return everywhere(person, Permission.SEE_OPERATIONS)


def check_runs_everything(person: Person) -> None:
    if not runs_everything(person):
        raise Http404


def check_sets_dial_rules(person: Person) -> None:
    """The rules hold for everybody with a role, in all centres. Raises Http404 for who may not set them."""
    if not everywhere(person, Permission.SET_DIAL_RULES):
        raise Http404


def trunk_for(person: Person, pk: int) -> TrunkStatus:
    """A telephone line belongs to no unit: it is for who runs the product everywhere."""
    row = TrunkStatus.objects.filter(pk=pk).first() if everywhere(person, Permission.SEE_OPERATIONS) else None
    if row is None:
        raise not_found(TrunkStatus, pk)
    return row
