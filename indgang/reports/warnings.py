"""Early warnings: the figures of a day are held against their bands, each centre by itself. The leaders of the centre
are told, seldom enough to be read, and answer with what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.hours import schedule_of
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.history import imported_days
from indgang.history.imported_days import ImportedDays
from indgang.measures.definitions import FEWEST, Adding, Definition, Figure, definition, versioned
from indgang.measures.early_warning import DAYS, IN_A_ROW, ExpectedDay, as_long, expected, runs, with_chance
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals
from indgang.plots.numbers import ValueUnit, written
from indgang.plots.plot import Band, Happening, PlotMoment, Series, TimePlot
from indgang.reports import addressees, links, rights, warning_causes
from indgang.reports.models import EarlyWarning, WarnedPerson, WatchedCentre
from indgang.reports.warning_causes import Moved

#: figures that are watched; each by the version that holds on the day
WATCHED = (
    "service_level_sl4", "average_answer_seconds", "given_up", "transfers", "first_contact_resolution",
    "contacts_arrived",
)  # fmt: skip
#: mails that one person gets in seven days; further warnings stand on the page alone
MOST_A_WEEK = 3
#: days that nobody has looked at are made up for, but no older ones: what was odd then is past acting on
MOST_DAYS_BACK = 14
#: days for which a change that lasts is not told again
TOLD_FOR = 28
_LONGEST_CAUSE = 700


def unwatched(centre: ContactCentre, last: date) -> list[date]:
    """The days up to the last one that nobody has looked at, `MOST_DAYS_BACK` at most: more than one when nothing ran,
    or the events of a day were counted too late. Of a centre that is looked at for the first time the last one alone.
    """
    until = WatchedCentre.objects.filter(centre=centre).values_list("until", flat=True).first()
    following = last if until is None else until + timedelta(days=1)
    first = max(following, last - timedelta(days=MOST_DAYS_BACK - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@transaction.atomic
def watch(*, centre: ContactCentre, day: date, at: datetime) -> list[EarlyWarning]:
    """Look at a day of a centre. A second call for the same day finds nothing new.

    Raises NotCountedYet while the roll-ups do not hold the whole day.
    """
    counting.refuse_uncounted(Period.day(day).end)
    watched, _made = WatchedCentre.objects.get_or_create(centre=centre, defaults={"until": day})
    WatchedCentre.objects.filter(pk=watched.pk, until__lt=day).update(until=day)
    raised = list(_of_centre(centre, day, at))
    with translation.override("da"):
        # nobody is told of more than some in a week: first of what is oddest
        for warning in sorted(raised, key=_oddness, reverse=True):
            _tell(warning, at)
    return raised


@transaction.atomic
def answer(warning: EarlyWarning, *, done: str, is_false: bool, by: Person, at: datetime) -> EarlyWarning:
    """Note what was done about a warning, or that there was nothing. An answer can be corrected.

    Raises RefusedChange for an empty answer.
    """
    if not done.strip():
        raise RefusedChange({"done": _("Skriv, hvad der er gjort, eller hvorfor der ikke var noget.")})
    locked = EarlyWarning.objects.select_for_update(of=("self",)).get(pk=warning.pk)
    before = trail.values_of(locked, ("done", "is_false"))
    locked.done, locked.is_false, locked.answered_by, locked.answered_at = mask_cpr(done), is_false, by, at
    locked.save(update_fields=["done", "is_false", "answered_by", "answered_at"])
    after = trail.values_of(locked, ("done", "is_false"))
    trail.record(by=by, at=at, action="earlywarning.change", target=locked, before=before, after=after)
    return locked


def _of_centre(centre: ContactCentre, day: date, at: datetime) -> Iterator[EarlyWarning]:
    days = _totals(centre, day - timedelta(days=DAYS), day)
    hours = _open_hours(centre, days, day)
    if day not in hours:  # closed all day: whoever turned to us then says nothing about an ordinary day
        return
    told = set(EarlyWarning.objects.filter(centre=centre, day=day).values_list("figure", flat=True))
    for code in (each for each in WATCHED if each not in told):
        kpi = definition(code, on=day)
        figures = {each: kpi.of(totals) for each, totals in days.items() if each in hours}
        yield from _of_figure(centre, day, kpi, figures, hours, at)


def _of_figure(
    centre: ContactCentre, day: date, kpi: Definition, figures: Mapping[date, Figure], hours: Mapping[date, float],
    at: datetime,
) -> Iterator[EarlyWarning]:  # fmt: skip
    """A warning when the day left its band; or when a small change has lasted."""
    known = _known(kpi, figures, hours, day)
    band = expected({each: value for each, value in known.items() if each != day}, day)
    if day not in known or band is None:
        return
    band = with_chance(band, kpi.unit, figures[day].base)
    if band.left_by(known[day], kpi.direction):
        yield _raise(centre, day, kpi, known[day], band, at, first=day)
    elif runs(known, day, kpi.direction) and not _has_run(centre, kpi, day):
        yield _raise(centre, day, kpi, known[day], band, at, first=sorted(known)[-IN_A_ROW])


def _known(
    kpi: Definition, figures: Mapping[date, Figure], hours: Mapping[date, float], day: date
) -> dict[date, float]:  # fmt: skip
    """The values that a day is compared with, and its own; counts as if each day had been open as long as it."""
    known = {each: figure.value for each, figure in figures.items()
             if figure.value is not None and figure.base >= FEWEST}  # fmt: skip
    return as_long(known, hours, day) if kpi.adds is Adding.COUNTS else known


def _open_hours(centre: ContactCentre, days: Iterable[date], day: date) -> dict[date, float]:
    """The hours for which the centre was open on each of these days, without those on which it was closed."""
    schedule = schedule_of(centre.schedule)
    periods = {each: Period.day(each) for each in {*days, day}}
    found = {each: schedule.open_seconds(period.start, period.end) / 3600 for each, period in periods.items()}
    return {each: number for each, number in found.items() if number}


def _has_run(centre: ContactCentre, kpi: Definition, day: date) -> bool:
    """Whether the same change has been told already: the expectation takes some weeks to follow it."""
    since = day - timedelta(days=TOLD_FOR)
    return EarlyWarning.objects.filter(centre=centre, figure=kpi.code, is_run=True, day__gt=since, day__lt=day).exists()


def _raise(
    centre: ContactCentre, day: date, kpi: Definition, value: float, band: ExpectedDay, at: datetime, *, first: date
) -> EarlyWarning:  # fmt: skip
    with translation.override("da"):
        cause = warning_causes.in_words(Moved(centre, kpi, first, day, rises=value > band.value))
    return EarlyWarning.objects.create(
        centre=centre, day=day, figure=kpi.code, version=kpi.version, value=value, expected=band.value, low=band.low,
        high=band.high, cause=cause[:_LONGEST_CAUSE], is_run=first != day, raised_at=at,
    )  # fmt: skip


def _totals(centre: ContactCentre, first: date, last: date) -> dict[date, Totals]:
    found = reading.totals(Period.days(first, last), by=GroupBy.DAY, only={"centre": [centre.code]}, entered=WATCHED)
    return {date.fromisoformat(day): totals for day, totals in found.items()}


def in_words(warning: EarlyWarning) -> str:
    """`Serviceniveau var 52 % den 11. marts 2026. Det plejer at ligge mellem 71 % og 88 %.`"""
    unit = ValueUnit(definition(warning.figure, on=warning.day).unit)
    said = {
        "name": FIGURE_NAMES[warning.figure], "value": written(warning.value, unit), "day": date_format(warning.day),
        "low": written(max(warning.low, 0.0), unit),
        "high": written(_most(warning.high, unit), unit),
        "expected": written(warning.expected, unit), "number": IN_A_ROW,
    }  # fmt: skip
    if warning.is_run and warning.value < warning.expected:
        return _(
            "%(name)s har ligget lavere end ventet %(number)s dage i træk, senest %(value)s den %(day)s, hvor vi "
            "ventede %(expected)s."
        ) % said  # fmt: skip
    if warning.is_run:
        return _(
            "%(name)s har ligget højere end ventet %(number)s dage i træk, senest %(value)s den %(day)s, hvor vi "
            "ventede %(expected)s."
        ) % said  # fmt: skip
    return _("%(name)s var %(value)s den %(day)s. Det plejer at ligge mellem %(low)s og %(high)s.") % said


def plot(warning: EarlyWarning) -> TimePlot:
    """The days that the warning rests on and its own, as they are counted today, with the band of its day."""
    centre, day, kpi = warning.centre, warning.day, versioned(warning.figure, warning.version)
    days = _totals(centre, day - timedelta(days=DAYS), day)
    hours = _open_hours(centre, days, day)
    if day not in hours:
        # a day that was closed later stays in the picture of its own warning: without hours, no length is compared
        hours = dict.fromkeys({*hours, day}, 1.0)
    figures = {each: kpi.of(totals) for each, totals in days.items() if each in hours}
    known = _known(kpi, figures, hours, day)
    shown = [day - timedelta(days=back) for back in range(DAYS, -1, -1)]
    unit, name = ValueUnit(kpi.unit), FIGURE_NAMES[kpi.code]
    said = {"name": name, "first": date_format(shown[0]), "last": date_format(day)}
    return TimePlot(
        title=_("%(name)s de seneste ti uger") % said,
        about=_("%(name)s fra %(first)s til %(last)s") % said,
        unit=unit,
        when=_("Dag"),
        moments=tuple(PlotMoment(each, date_format(each, "d.m.")) for each in shown),
        series=(Series(str(name), tuple(known.get(each) for each in shown)),),
        limits=Band(_("Ventet den %(last)s") % said, max(warning.low, 0.0), _most(warning.high, unit)),
        happenings=(Happening(_("Advarslen"), day),),
    )


def _most(value: float, unit: ValueUnit) -> float:
    return value if unit.highest is None else min(value, unit.highest)


def imported(warning: EarlyWarning) -> ImportedDays | None:
    """The imported ones of the days that its band rests on."""
    only = {"centre": [warning.centre.code]}
    return imported_days.within(warning.day - timedelta(days=DAYS), warning.day, only, at=warning.raised_at)


def _oddness(warning: EarlyWarning) -> float:
    """The distance from the expectation, in half widths of the band."""
    half = (warning.high - warning.low) / 2
    return abs(warning.value - warning.expected) / half if half else float("inf")


def _tell(warning: EarlyWarning, at: datetime) -> None:
    """Write to the leaders of the centre, unless they have been told often enough this week. The page of the warning
    names those who get no mail."""
    parts = [in_words(warning)]
    parts += [_("Mest ændret: %(cause)s.") % {"cause": warning.cause}] if warning.cause else []
    parts += [found.sentence] if (found := imported(warning)) else []
    parts.append(_("Skriv, hvad der er gjort:") + f"\n{links.url_of_warning(warning)}")
    subject = _("%(name)s er uden for det sædvanlige, %(centre)s") % {
        "name": FIGURE_NAMES[warning.figure], "centre": warning.centre.name,
    }  # fmt: skip
    since = at - timedelta(days=7)
    for person in rights.warned(warning.centre, day_of(at)):
        told = WarnedPerson.objects.filter(person=person, warning__raised_at__gt=since).count()
        if told < MOST_A_WEEK:
            state = addressees.mail_to(person, subject=subject, text="\n\n".join(parts) + "\n")
            if state is addressees.State.MAILED:
                WarnedPerson.objects.create(warning=warning, person=person)
