"""Reads a filled counting sheet: a table with one line for each enquiry, or for several that are alike.

All lines are counted or none: every wrong one is reported with its line and what to do. A sheet belongs to somebody,
and takes the place of what the same person handed in on paper for the same days. So it can be read again, also
corrected, and nothing is counted twice. The same file is not read for two people, and a sheet can be taken back.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.counting.models import (
    LONGEST_MINUTES,
    CountedChannel,
    CountedEnquiry,
    CountedPurpose,
    CountedSheet,
    CountingWeek,
)
from indgang.analysis.counting.setting_up import opened
from indgang.audit import trail
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Character
from indgang.tables import reading
from indgang.tables.columns import BadValue, ByName, count, day, one_of
from indgang.tables.reading import Row, UnreadableTable, WrongRow

#: the columns, as they stand in the first line; those after the second may be missing
COLUMNS = ("dag", "ærinde", "antal", "kanal", "karakter", "minutter", "afklaret", "digital")
_NEEDED = COLUMNS[:2]
#: enquiries that one line may stand for
_MOST_ALIKE = 500
#: enquiries in one sheet
MOST_ENQUIRIES = 20_000
_SHEETS = UUID("6d3f5d8e-5a0a-4b0e-9a43-0f1e5f3f8a11")
_YES_NO = {"yes": "ja", "no": "nej"}


@dataclass(frozen=True, slots=True)
class SheetImport:
    """What a sheet holds: enquiries that are new, those that were there, those that it takes away, and wrong lines;
    and the days on which the same person has also counted on a telephone."""

    new: int = 0
    known: int = 0
    removed: int = 0
    wrong: tuple[WrongRow, ...] = ()
    tapped: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedInSheet:
    """A sheet that was read: how many enquiries it holds, and the days on which the person also tapped."""

    sheet: CountedSheet
    enquiries: int
    tapped: tuple[date, ...]


@transaction.atomic
def read_sheet(week: CountingWeek, content: bytes, *, counted_by: Person, by: Person, at: datetime) -> SheetImport:
    """Count what stands in the sheet of `counted_by`. Raises UnreadableTable, and RefusedChange for a closed week and
    for a file that was read for somebody else."""
    locked = opened(week)
    if not locked.people.filter(person=counted_by).exists():
        raise RefusedChange({"person": _("%(name)s er ikke sat til at tælle i denne uge.") % {"name": counted_by.name}})
    digest = hashlib.sha256(content).hexdigest()
    _refuse_of_another(locked, digest, counted_by)
    rows, wrong = _rows(locked, reading.read(content))
    if wrong:
        return SheetImport(wrong=tuple(wrong))
    sheet = CountedSheet.objects.create(week=locked, counted_by=counted_by, digest=digest, read_at=at)
    done = _stored(sheet, dict(_keyed(locked, counted_by, rows)))
    after = {"person": counted_by.name, "new": done.new, "known": done.known, "removed": done.removed}
    trail.record(by=by, at=at, action="countingweek.read_sheet", target=locked, after=after)
    return done


@transaction.atomic
def take_back(sheet: CountedSheet, *, by: Person, at: datetime) -> None:
    """Count nothing of the sheet any more: it was another person's, or it was tapped too."""
    week = opened(sheet.week)
    removed, _by_table = sheet.enquiries.all().delete()
    before = {"person": sheet.counted_by.name, "removed": removed}
    trail.record(by=by, at=at, action="countedsheet.remove", target=week, before=before)
    sheet.delete()


def handed_in(week: CountingWeek) -> list[HandedInSheet]:
    """The sheets of the week, with what may have been counted twice."""
    days: dict[int, dict[date, int]] = {}
    on_paper = week.enquiries.filter(sheet__isnull=False).order_by().values_list("sheet", "day")
    for sheet, when, number in on_paper.annotate(Count("pk")):
        days.setdefault(sheet, {})[when] = number
    tapped = set(week.enquiries.filter(from_paper=False).order_by().values_list("counted_by", "day").distinct())
    return [
        HandedInSheet(
            each, sum(days[each.pk].values()),
            tuple(sorted(when for when in days[each.pk] if (each.counted_by_id, when) in tapped)),
        )
        for each in week.sheets.select_related("counted_by", "week")
        if each.pk in days
    ]  # fmt: skip


def _refuse_of_another(week: CountingWeek, digest: str, counted_by: Person) -> None:
    other = week.sheets.filter(digest=digest).exclude(counted_by=counted_by).select_related("counted_by").first()
    if other is None:
        return
    said = _(
        "Den samme fil er hentet ind for %(name)s. Er skemaet en andens, så fjern det først under Udfyldte skemaer."
    )
    raise RefusedChange({"table": said % {"name": other.counted_by.name}})


def _stored(sheet: CountedSheet, keyed: Mapping[UUID, dict[str, Any]]) -> SheetImport:
    """The sheet instead of what the person handed in before for its days."""
    week, days = sheet.week, {values["day"] for values in keyed.values()}
    before = week.enquiries.filter(from_paper=True, counted_by=sheet.counted_by, day__in=days)
    removed, _by_table = before.exclude(key__in=keyed).delete()
    known = set(before.values_list("key", flat=True))
    level = week.people.get(person=sheet.counted_by).is_first_level
    before.update(sheet=sheet, is_first_level=level)
    CountedEnquiry.objects.bulk_create(_new(sheet, keyed, known, level))
    week.sheets.filter(counted_by=sheet.counted_by, enquiries__isnull=True).delete()  # this one has taken their place
    return SheetImport(len(keyed) - len(known), len(known), removed, tapped=_tapped(week, sheet.counted_by, days))


def _tapped(week: CountingWeek, person: Person, days: Iterable[date]) -> tuple[date, ...]:
    taps = week.enquiries.filter(from_paper=False, counted_by=person, day__in=list(days))
    return tuple(taps.order_by("day").values_list("day", flat=True).distinct())


def _rows(week: CountingWeek, sheet: reading.TableSheet) -> tuple[list[dict[str, Any]], list[WrongRow]]:
    """The values of each enquiry; and what is wrong, by line."""
    there = {reading.folded_name(each) for each in sheet.header}
    missing = [name for name in _NEEDED if name not in there]
    if missing:
        raise UnreadableTable(_("Filen mangler kolonnerne: %(names)s.") % {"names": ", ".join(missing)})
    purposes = ByName[CountedPurpose](list(week.purposes.all()), lambda each: str(each.number), str, codes_shown=False)
    rows: list[dict[str, Any]] = []
    wrong: list[WrongRow] = []
    for row in sheet.rows:
        try:
            alike, values = _alike(row), _values(week, purposes, row.cells)
        except BadValue as reason:
            wrong.append(WrongRow(row.line, str(reason)))
            continue
        if len(rows) + alike > MOST_ENQUIRIES:
            said = _("Højst %(most)s henvendelser i et skema. Del det i flere, så hver dag kun står i ét.")
            raise UnreadableTable(said % {"most": MOST_ENQUIRIES})
        rows += alike * [values]
    return rows, wrong


def _alike(row: Row) -> int:
    found = count(row.cells.get("antal", ""))
    if found is not None and not 1 <= found <= _MOST_ALIKE:
        raise BadValue(_("Antallet skal ligge mellem 1 og %(most)s.") % {"most": _MOST_ALIKE})
    return 1 if found is None else found


def _values(week: CountingWeek, purposes: ByName[CountedPurpose], said: Mapping[str, str]) -> dict[str, Any]:
    when = day(said["dag"])
    if when is None:
        raise BadValue(_("Skriv dagen."))
    if not week.starts_on <= when <= week.ends_on:
        raise BadValue(_("%(day)s ligger uden for tælleugen.") % {"day": f"{when:%d.%m.%Y}"})
    if not said["ærinde"]:
        raise BadValue(_("Skriv ærindet."))
    return {"day": when, "purpose": purposes.find(said["ærinde"])} | week.asked(
        minutes=_minutes(said.get("minutter", "")),
        channel=one_of({each.value: str(each.label) for each in CountedChannel}, empty=True)(said.get("kanal", "")),
        character=one_of({each.value: str(each.label) for each in Character}, empty=True)(said.get("karakter", "")),
        is_resolved=_yes(said.get("afklaret", "")), should_be_digital=_yes(said.get("digital", "")),
    )  # fmt: skip


def _minutes(cell: str) -> int | None:
    found = count(cell)
    if found is not None and found > LONGEST_MINUTES:
        raise BadValue(_("%(minutes)s minutter kan ikke passe: højst %(most)s.") % {
            "minutes": found, "most": LONGEST_MINUTES,
        })  # fmt: skip
    return found


def _yes(cell: str) -> bool | None:
    said = one_of(_YES_NO, empty=True)(cell)
    return said == "yes" if said else None


def _keyed(week: CountingWeek, counted_by: Person, rows: list[dict[str, Any]]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """Each enquiry by its key: the person, what the line says, and the how-manieth alike it is."""
    seen: Counter[str] = Counter()
    for each in rows:
        said = "|".join(str(each[name] if name != "purpose" else each[name].pk) for name in sorted(each))
        seen[said] += 1
        yield uuid5(_SHEETS, f"{week.pk}|{counted_by.pk}|{said}|{seen[said]}"), each


def _new(
    sheet: CountedSheet, keyed: Mapping[UUID, dict[str, Any]], known: set[UUID], is_first_level: bool | None
) -> list[CountedEnquiry]:
    return [
        CountedEnquiry(
            week=sheet.week, key=key, counted_by=sheet.counted_by, counted_at=_noon(values["day"]), from_paper=True,
            sheet=sheet, is_first_level=is_first_level, **values,
        )
        for key, values in keyed.items()
        if key not in known
    ]  # fmt: skip


def _noon(when: date) -> datetime:
    """A sheet has no times of day."""
    return datetime.combine(when, time(12), tzinfo=COPENHAGEN)
