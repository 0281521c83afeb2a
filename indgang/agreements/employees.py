"""The targets of an agreement broken down to one employee: the figure that their own contacts and time on duty give, by
the formula and limit of the whole centre. Roll-ups hold no person, so the rows and events of the days are read. The
figures are for the employee and the leaders of the team alone.

The totals of several employees are added before the formula is applied, so nothing is an average of averages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.agreements.models import AgreementTarget
from indgang.agreements.reality import TargetReality
from indgang.agreements.targets import Limit, TargetVerdict, verdict
from indgang.catalogue.models import ContactCentre
from indgang.core.ranges import DateRange
from indgang.measures import recount
from indgang.measures.agent_day import on_duty
from indgang.measures.definitions import Definition, Figure
from indgang.measures.period import Period
from indgang.measures.rollups.duty import days_in
from indgang.measures.sums import Duty
from indgang.measures.totals import Totals

#: the figures that one employee has; waits, for instance, are those of a queue and of nobody in it
OWN = frozenset({
    "first_contact_resolution", "transfers", "average_talk_seconds", "average_handle_seconds", "occupancy",
    "time_ready", "time_talking", "time_working", "time_wrap_up", "time_paused", "contacts_per_hour",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnTarget:
    """A target of the whole centre, and what an employee (or several) reached."""

    target: AgreementTarget
    kpi: Definition
    limit: Limit | None
    figure: Figure
    verdict: TargetVerdict


def totals(person: Person, days: DateRange, *, centre: ContactCentre, at: datetime) -> Totals:
    """What the contacts and the time on duty of `person` for a centre add up to on these days. Time on duty counts in
    the centre in which the person serves most queues that day, as in the roll-ups."""
    contacts, _row = recount.agent(person.pk, _period(days), at=at, centre=centre.pk)
    spent = (on_duty(person, _period(each), at=at) for each in days_in(centre.code, person, days))
    return Totals(contacts=contacts, duty=sum(spent, Duty()))


def _period(days: DateRange) -> Period:
    if days.start is None or days.end is None:
        raise ValueError("figures are of a first and a last day")
    return Period.days(days.start, days.end - timedelta(days=1))


def is_own(found: TargetReality) -> bool:
    """Whether a target of an agreement is one that single employees can be held against."""
    target = found.target
    return target.kpi in OWN and target.service_id is None and not target.channel and not target.is_floor and (
        target.level != AgreementTarget.Level.SECOND
    )  # fmt: skip


def against(realities: Iterable[TargetReality], own: Totals) -> list[OwnTarget]:
    """The targets that employees are held against, in their order."""
    found = []
    for each in filter(is_own, realities):
        figure = each.kpi.of(own)
        found.append(OwnTarget(each.target, each.kpi, each.limit, figure, verdict(figure.value, each.limit)))
    return found
