"""The alerts and dead letters that a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.http import Http404

from indgang.accounts.access import everywhere, of_centres
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import Alert, DeadLetter, TrunkStatus
from indgang.ui.missing import not_found

#: roles that are notified of alerts
_ALERTED = (Permission.SEE_OPERATIONS, Permission.LEAD_TEAM)


def alerts_of(person: Person) -> QuerySet[Any]:
    """Alerts of the centres that the person leads or administers, each with `may_settle`.

    An alert without a centre requires the permission for the whole municipality; everybody may see that an exchange is
    down.
    """
    rows = Alert.objects.select_related("centre")
    if any(everywhere(person, permission) for permission in _ALERTED):
        return rows.annotate(may_settle=Value(True))
    theirs = of_centres(person, _ALERTED[0], "centre__") | of_centres(person, _ALERTED[1], "centre__")
    seen = rows.filter(theirs | Q(centre=None, code__startswith="exchange_"))
    return seen.annotate(may_settle=ExpressionWrapper(Q(centre__isnull=False), BooleanField()))


def alert_for(person: Person, pk: int) -> Alert:
    """An alert that this person may mark as seen for everybody."""
    alert: Alert | None = alerts_of(person).filter(pk=pk, may_settle=True).first()
    if alert is None:
        raise Http404
    return alert


def dead_letters_of(person: Person) -> QuerySet[DeadLetter]:
    """A dead letter can belong to any centre, so the permission must cover the whole municipality."""
    return DeadLetter.objects.all() if runs_everything(person) else DeadLetter.objects.none()


def dead_letter_for(person: Person, pk: int) -> DeadLetter:
    row = dead_letters_of(person).filter(pk=pk).first()
    if row is None:
        raise not_found(DeadLetter, pk)
    return row


def runs_everything(person: Person) -> bool:
    """Whether this person administers the whole municipality: problems of the installation belong to no centre."""
    return everywhere(person, Permission.SEE_OPERATIONS)


def check_runs_everything(person: Person) -> None:
    if not runs_everything(person):
        raise Http404


def sets_dial_rules(person: Person) -> bool:
    """Whether the person may set the rules for calls out, which hold for all roles in all centres."""
    return everywhere(person, Permission.SET_DIAL_RULES)


def check_sets_dial_rules(person: Person) -> None:
    if not sets_dial_rules(person):
        raise Http404


def trunk_for(person: Person, pk: int) -> TrunkStatus:
    """A telephone line belongs to no unit, so the permission must cover the whole municipality."""
    row = TrunkStatus.objects.filter(pk=pk).first() if everywhere(person, Permission.SEE_OPERATIONS) else None
    if row is None:
        raise not_found(TrunkStatus, pk)
    return row
