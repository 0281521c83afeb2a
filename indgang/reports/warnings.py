"""Early warnings: the figures of a day are held against their bands, each centre by itself. The leaders of the centre
are told, seldom enough to be read, and answer with what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.measures.definitions import FEWEST, Definition, Figure, definition
from indgang.measures.early_warning import DAYS, ExpectedDay, expected, moved_most, with_chance
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.group_names import group_names
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals
from indgang.plots.numbers import ValueUnit, written
from indgang.reports import addressees, links, rights
from indgang.reports.models import EarlyWarning, WarnedPerson

#: figures that are watched; each by the version that holds on the day
WATCHED = (
    "service_level_sl4", "average_answer_seconds", "given_up", "transfers", "first_contact_resolution",
    "contacts_arrived",
)  # fmt: skip
#: mails that one person gets in seven days; further warnings stand on the page alone
MOST_A_WEEK = 3
#: where the cause is looked for, the narrowest first
_CAUSES = ((GroupBy.SERVICE, "service"), (GroupBy.QUEUE, "queue"), (GroupBy.CHANNEL, "channel"))
#: days that the parts are compared with
_USUAL = timedelta(days=28)


class NotCountedYet(Exception):
    """The figures of the day would be too low; it is looked at again some minutes later."""


@transaction.atomic
def watch(*, centre: ContactCentre, day: date, at: datetime) -> list[EarlyWarning]:
    """Look at a day of a centre. A second call for the same day finds nothing new.

    Raises NotCountedYet while the roll-ups do not hold the whole day.
    """
    if not counting.has_counted_until(Period.day(day).end):
        raise NotCountedYet(f"the roll-ups do not hold {day} yet")
    raised = list(_of_centre(centre, day, at))
    with translation.override("da"):
        for warning in raised:
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
    locked.done, locked.is_false, locked.answered_by, locked.answered_at = done, is_false, by, at
    locked.save(update_fields=["done", "is_false", "answered_by", "answered_at"])
    after = trail.values_of(locked, ("done", "is_false"))
    trail.record(by=by, at=at, action="earlywarning.change", target=locked, before=before, after=after)
    return locked


def _of_centre(centre: ContactCentre, day: date, at: datetime) -> Iterator[EarlyWarning]:
    days = _totals(centre, day - timedelta(days=DAYS), day, GroupBy.DAY)
    counted = EarlyWarning.objects.filter(centre=centre, day=day).values_list("figure", flat=True)
    for code in set(WATCHED) - set(counted):
        kpi = definition(code, on=day)
        figures = {date.fromisoformat(each): kpi.of(totals) for each, totals in days.items()}
        known = {each: figure.value for each, figure in figures.items()
                 if figure.value is not None and figure.base >= FEWEST}  # fmt: skip
        band = expected({each: value for each, value in known.items() if each != day}, day)
        if day not in known or band is None:
            continue
        band = with_chance(band, kpi.unit, figures[day].base)
        if band.left_by(known[day], kpi.direction):
            yield _raise(centre, day, kpi, known[day], band, at)


def _raise(
    centre: ContactCentre, day: date, kpi: Definition, value: float, band: ExpectedDay, at: datetime
) -> EarlyWarning:  # fmt: skip
    with translation.override("da"):
        cause = _cause(centre, day, kpi, rises=value > band.value)
    return EarlyWarning.objects.create(
        centre=centre, day=day, figure=kpi.code, version=kpi.version, value=value, expected=band.value, low=band.low,
        high=band.high, cause=cause, raised_at=at,
    )  # fmt: skip


def _cause(centre: ContactCentre, day: date, kpi: Definition, *, rises: bool) -> str:
    """What moved most, in words; empty when no part did."""
    words = {"service": _("Ydelse"), "queue": _("Kø"), "channel": _("Kanal")}
    before = (day - _USUAL, day - timedelta(days=1))
    is_count = kpi.unit == ValueUnit.COUNT
    days = sum(kpi.of(each).base > 0 for each in _totals(centre, *before, GroupBy.DAY).values())
    found = []
    for by, name in _CAUSES:
        now, usual = _parts(kpi, _totals(centre, day, day, by), _totals(centre, *before, by))
        if is_count and days:  # a day beside the mean of the days with data
            usual = {part: Figure((each.value or 0) / days, each.base) for part, each in usual.items()}
        several = len(now.keys() | usual.keys()) > 1
        part = moved_most(now, usual, is_count=is_count, rises=rises) if several else None
        if part:
            found.append(f"{words[name]}: {group_names(by, {part: None})[part]}")
    return ". ".join(found)


def _parts(
    kpi: Definition, now: Mapping[str, Totals], usual: Mapping[str, Totals]
) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """The parts that say something, now and usually: too few behind a part on both sides is chance, and about single
    contacts. A part that got nothing on the day is one of them."""
    sides = [{part: kpi.of(each) for part, each in totals.items()} for totals in (now, usual)]
    shown = {part for side in sides for part, figure in side.items() if figure.base >= FEWEST}
    first, second = ({part: side[part] for part in side.keys() & shown} for side in sides)
    return first, second


def _totals(centre: ContactCentre, first: date, last: date, by: GroupBy) -> Mapping[str, Totals]:
    return reading.totals(Period.days(first, last), by=by, only={"centre": [centre.code]})


def in_words(warning: EarlyWarning) -> str:
    """`Serviceniveau var 52 % den 11. marts 2026. Det plejer at ligge mellem 71 % og 88 %.`"""
    unit = ValueUnit(definition(warning.figure, on=warning.day).unit)
    said = {
        "name": FIGURE_NAMES[warning.figure], "value": written(warning.value, unit), "day": date_format(warning.day),
        "low": written(max(warning.low, 0.0), unit),
        "high": written(min(warning.high, 100.0) if unit is ValueUnit.PERCENT else warning.high, unit),
    }  # fmt: skip
    return _("%(name)s var %(value)s den %(day)s. Det plejer at ligge mellem %(low)s og %(high)s.") % said


def _tell(warning: EarlyWarning, at: datetime) -> None:
    """Write to the leaders of the centre, unless they have been told often enough this week. The page of the warning
    names those who get no mail."""
    parts = [in_words(warning)]
    parts += [_("Mest ændret: %(cause)s.") % {"cause": warning.cause}] if warning.cause else []
    parts.append(_("Skriv, hvad der er gjort:") + f"\n{links.url_of_warning(warning)}")
    subject = _("%(name)s er uden for det sædvanlige, %(centre)s") % {
        "name": FIGURE_NAMES[warning.figure], "centre": warning.centre.name,
    }  # fmt: skip
    since = at - timedelta(days=7)
    for person in rights.leaders(warning.centre, day_of(at)):
        told = WarnedPerson.objects.filter(person=person, warning__raised_at__gt=since).count()
        if told < MOST_A_WEEK:
            state = addressees.mail_to(person, subject=subject, text="\n\n".join(parts) + "\n")
            if state is addressees.State.MAILED:
                WarnedPerson.objects.create(warning=warning, person=person)
