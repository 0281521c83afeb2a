"""Baselines: a period of two to four months is measured, days with something unusual are left out, and then both stay.

Targets name a settled baseline, and so both parties sign for the days and the figures that they saw.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.agreements.models import AgreementTarget, Baseline, BaselineFigure, ExcludedDay
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.events import cursor
from indgang.measures import baselines, channel_groups, definitions
from indgang.measures.baselines import FEWEST_CONTACTS, FEWEST_WEEKS, MeasuredFigure
from indgang.measures.definitions import Definition, is_too_few
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals

SHORTEST_MONTHS, LONGEST_MONTHS = 2, 4
#: a first day further ahead is taken for a typing error
_MOST_AHEAD = timedelta(days=366)
#: what a stored figure is found by: the same of a target and of a figure
_KEY = ("baseline_id", "kpi", "version", "level", "service_id", "channel", "within")


@transaction.atomic
def begin(centre: ContactCentre, *, first_day: date, last_day: date, by: Person, at: datetime) -> Baseline:
    """A period to measure; it may lie ahead. Raises RefusedChange for one shorter than two or longer than four
    months."""
    if not _months_later(first_day, SHORTEST_MONTHS) <= last_day + timedelta(days=1):
        raise RefusedChange({"last_day": _("Perioden skal vare mindst to måneder.")})
    if last_day + timedelta(days=1) > _months_later(first_day, LONGEST_MONTHS):
        raise RefusedChange({"last_day": _("Perioden må højst vare fire måneder.")})
    if first_day > day_of(at) + _MOST_AHEAD:
        raise RefusedChange({"first_day": _("Den første dag må højst ligge et år fremme.")})
    ContactCentre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    if Baseline.objects.filter(centre=centre, first_day=first_day, last_day=last_day).exists():
        raise RefusedChange({"": _("Centret har allerede et udgangspunkt med de dage.")})
    values = {"centre": centre, "first_day": first_day, "last_day": last_day}
    return changes.save(Baseline(), values, by=by, at=at)


@transaction.atomic
def exclude(baseline: Baseline, *, day: date, reason: str, by: Person, at: datetime) -> ExcludedDay:
    """Leave a day out, for example that of a strike. Raises RefusedChange, by field."""
    locked = _unsettled(baseline)
    if not locked.first_day <= day <= locked.last_day:
        raise RefusedChange({"day": _("Dagen ligger ikke i perioden.")})
    if locked.excluded_days.filter(day=day).exists():
        raise RefusedChange({"day": _("Dagen er allerede udeladt.")})
    values = {"baseline": locked, "day": day, "reason": mask_cpr(reason), "chosen_by": by}
    return changes.save(ExcludedDay(), values, by=by, at=at)


@transaction.atomic
def include(excluded: ExcludedDay, *, by: Person, at: datetime) -> None:
    """Count a day after all. Raises RefusedChange once the baseline is settled."""
    _unsettled(excluded.baseline)
    before = {"day": excluded.day.isoformat(), "reason": excluded.reason}
    trail.record(by=by, at=at, action="excludedday.remove", target=excluded, before=before)
    excluded.delete()


@transaction.atomic
def settle(baseline: Baseline, *, by: Person, at: datetime) -> Baseline:
    """Keep days and figures as they are from now on.

    Raises RefusedChange before the last day has passed and is counted, and when too little was measured for any target
    to rest on.
    """
    locked = _unsettled(baseline)
    if locked.last_day >= day_of(at):
        raise RefusedChange({"": _("Perioden er ikke slut. Udgangspunktet kan fastlægges dagen efter den sidste dag.")})
    # from here on nobody counts until the transaction ends, so all levels are of one moment
    if cursor.is_busy(counting.READER) or not counting.has_counted_until(Period.day(locked.last_day).end):
        raise RefusedChange({"": _("Periodens henvendelser er ikke talt færdig endnu. Prøv igen om lidt.")})
    found = figures(locked)
    if not any(figure.is_enough for figure in found.values()):
        raise RefusedChange({"": too_little(max(found.values(), key=lambda each: each.base))})
    for (kpi, level), figure in found.items():
        _keep(AgreementTarget(baseline=locked, kpi=kpi.code, version=kpi.version, level=level), figure)
    return changes.save(locked, {"settled_at": at}, by=by, at=at)


@transaction.atomic
def remove(baseline: Baseline, *, by: Person, at: datetime) -> None:
    """Take back a baseline that is not settled. Raises RefusedChange for a settled one."""
    locked = _unsettled(baseline)
    trail.record(by=by, at=at, action="baseline.remove", target=locked, before={"baseline": str(locked)})
    locked.delete()


def figures(baseline: Baseline) -> dict[tuple[Definition, int], MeasuredFigure]:
    """The figures of the whole centre as the roll-ups give them now, by definition and `AgreementTarget.Level`."""
    kpis = definitions.holding(baseline.last_day)
    found: dict[tuple[Definition, int], MeasuredFigure] = {}
    for level in AgreementTarget.Level.values:
        weeks = baselines.by_week(_days(baseline, level))
        found |= {(kpi, level): baselines.measured(weeks, kpi) for kpi in kpis}
    return found


def kept_figures(baseline: Baseline) -> dict[tuple[Definition, int], MeasuredFigure]:
    """The stored figures of the whole centre of a settled baseline."""
    rows = baseline.figures.filter(service=None, channel="", within=None)
    return {(definitions.versioned(row.kpi, row.version), row.level): row.measured for row in rows}


def measure(target: AgreementTarget) -> MeasuredFigure | None:
    """The figure of the target's baseline; it is measured and kept when the target is the first that asks for it."""
    if target.baseline is None:
        return None
    found = of_targets([target]).get(target.pk)
    if found is None:
        kpi = definitions.versioned(target.kpi, target.version)
        services = [target.service.code] if target.service else []
        days = _days(target.baseline, target.level, services, target.channel, entered=[kpi.code])
        promised = {day: definitions.as_if_promised(each, kpi, target.within) for day, each in days.items()}
        found = _keep(target, baselines.measured(baselines.by_week(promised), kpi))
    return found


def of_targets(targets: Iterable[AgreementTarget]) -> dict[int, MeasuredFigure]:
    """The kept figures that these targets rest on, by the primary key of the target."""
    rows = list(targets)
    figures = BaselineFigure.objects.filter(baseline__in={row.baseline_id for row in rows if row.baseline_id})
    kept = {tuple(getattr(row, name) for name in _KEY): row.measured for row in figures}
    keys = {row.pk: tuple(getattr(row, name) for name in _KEY) for row in rows}
    return {pk: kept[key] for pk, key in keys.items() if key in kept}


def too_little(figure: MeasuredFigure) -> str:
    """Why no target can rest on a figure."""
    if is_too_few(figure.base):
        return _("Udgangspunktet hviler på for få henvendelser til at vise hvor mange.")
    said = {"base": figure.base, "weeks": figure.weeks, "contacts": FEWEST_CONTACTS, "fewest": FEWEST_WEEKS}
    return _(
        "Udgangspunktet hviler på %(base)s henvendelser i %(weeks)s uger. Der skal være mindst %(contacts)s i mindst "
        "%(fewest)s uger."
    ) % said  # fmt: skip


def _keep(target: AgreementTarget, figure: MeasuredFigure) -> MeasuredFigure:
    """Store the figure that a target rests on."""
    key = {name: getattr(target, name) for name in _KEY}
    BaselineFigure.objects.create(
        **key, value=figure.value, low=figure.low, high=figure.high, base=figure.base, weeks=figure.weeks
    )
    return figure


def _days(
    baseline: Baseline, level: int, services: Iterable[str] = (), channel: str = channel_groups.EVERY,
    *, entered: Collection[str] | None = None,
) -> Mapping[date, Totals]:  # fmt: skip
    """The totals of each day that counts, also of those without data."""
    period = Period.days(baseline.first_day, baseline.last_day)
    only = choice(baseline.centre, level, services) | channel_groups.choice(channel)
    counted = reading.totals(period, by=GroupBy.DAY, only=only, entered=entered)
    left_out = set(baseline.excluded_days.values_list("day", flat=True))
    length = (baseline.last_day - baseline.first_day).days + 1
    days = (baseline.first_day + timedelta(days=number) for number in range(length))
    return {day: counted.get(day.isoformat(), Totals()) for day in days if day not in left_out}


def choice(centre: ContactCentre, level: int, services: Iterable[str] = ()) -> dict[str, list[str]]:
    """The rows of the roll-ups that a target is about."""
    only = {"centre": [centre.code]}
    if level != AgreementTarget.Level.BOTH:
        only["level"] = [str(level)]
    if chosen := list(services):
        only["service"] = chosen
    return only


def _unsettled(baseline: Baseline) -> Baseline:
    locked: Baseline = Baseline.objects.select_for_update(of=("self",)).select_related("centre").get(pk=baseline.pk)
    if locked.settled_at is not None:
        raise RefusedChange({"": _("Udgangspunktet er fastlagt og kan ikke ændres. Mål en ny periode.")})
    return locked


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or the first of the next where that month is shorter."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)
