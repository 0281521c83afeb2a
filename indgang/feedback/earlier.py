"""Imports results of earlier measurements from a table, each row with the scale that it was measured on.

All rows are imported or none: every wrong one is reported with its line and what to do. Importing the same table again
changes nothing; a row whose series, days, subject and unit are there already takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange
from indgang.feedback import scales
from indgang.feedback.models import EarlierResult, SurveyQuestion
from indgang.tables import reading
from indgang.tables.reading import Row, UnreadableTable

T = TypeVar("T")
#: the columns, as they stand in the first line
COLUMNS = ("serie", "skala", "fra", "til", "emne", "enhed", "svar", "gennemsnit")
#: what a result may be about
RATED = [each for each in SurveyQuestion.Indicator.values if each != SurveyQuestion.Indicator.OPEN]
_MOST_ANSWERS = 10_000_000
_LONGEST_SERIES = 100
_DAY_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y")


@dataclass(frozen=True, slots=True)
class WrongRow:
    """What is wrong in a line of the file, and what to do."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """What an import did: rows that are new, rows that took the place of others, and wrong ones."""

    new: int = 0
    changed: int = 0
    wrong: tuple[WrongRow, ...] = ()


class _Wrong(Exception):
    """The cell cannot be used; the text says why."""


@transaction.atomic
def bring_in(content: bytes, *, by: Actor, at: datetime) -> EarlierImport:
    """Import the rows of a CSV or Excel file. Nothing is imported while a row is wrong. Raises UnreadableTable."""
    sheet = reading.read(content)
    missing = [name for name in COLUMNS if name not in {reading.folded_name(each) for each in sheet.header}]
    if missing:
        raise UnreadableTable(_("Filen mangler kolonnerne: %(names)s.") % {"names": ", ".join(missing)})
    units, values, wrong = dict(Unit.objects.values_list("code", "pk")), [], []
    for row in sheet.rows:
        try:
            values.append(_values(row, units))
        except _Wrong as reason:
            wrong.append(WrongRow(row.line, str(reason)))
    return EarlierImport(wrong=tuple(wrong)) if wrong else _stored(values, by=by, at=at)


def _stored(values: list[dict[str, Any]], *, by: Actor, at: datetime) -> EarlierImport:
    new = changed = 0
    for each in values:
        key = {name: each[name] for name in ("series", "first_day", "last_day", "indicator", "unit_id")}
        held = EarlierResult.objects.filter(**key).first()
        rest = {name: each[name] for name in ("scale", "answers", "mean")}
        if held is not None and all(getattr(held, name) == value for name, value in rest.items()):
            continue
        row = held or EarlierResult(**key)
        for name, value in rest.items():
            setattr(row, name, value)
        row.imported_at, row.imported_by = at, by if isinstance(by, Person) else None
        row.save()
        trail.record(
            by=by, at=at, action="earlier_result.import", target=row, after={"answers": row.answers, "mean": row.mean}
        )
        new, changed = new + (held is None), changed + (held is not None)
    return EarlierImport(new, changed)


def _values(row: Row, units: Mapping[str, int]) -> dict[str, Any]:
    said = row.cells
    scale = _one_of(said["skala"], EarlierResult.MeasuredOn.values, _("Skalaen findes ikke. Brug en af: %(names)s."))
    first, last = _day(said["fra"]), _day(said["til"])
    if last < first:
        raise _Wrong(_("Den sidste dag må ikke ligge før den første."))
    mean, ends = _read(said["gennemsnit"], lambda text: Decimal(text.replace(",", "."))), scales.ends(scale)
    if not mean.is_finite() or not ends.lowest <= mean <= ends.highest:
        raise _Wrong(_("Gennemsnittet skal ligge mellem %(lowest)d og %(highest)d på den skala.") % {
            "lowest": ends.lowest, "highest": ends.highest,
        })  # fmt: skip
    answers = _read(said["svar"], int)
    if not 0 < answers <= _MOST_ANSWERS:
        raise _Wrong(_("Skriv, hvor mange svar gennemsnittet bygger på."))
    if said["enhed"] and said["enhed"] not in units:
        raise _Wrong(_("Enheden “%(code)s” findes ikke.") % {"code": said["enhed"][:40]})
    if not said["serie"]:
        raise _Wrong(_("Skriv, hvad målingen hedder."))
    return {
        "series": said["serie"][:_LONGEST_SERIES].replace("\0", ""), "scale": scale, "first_day": first,
        "last_day": last, "unit_id": units.get(said["enhed"]), "answers": answers,
        "mean": mean.quantize(Decimal("0.01")),
        "indicator": _one_of(said["emne"], RATED, _("Emnet findes ikke. Brug et af: %(names)s.")),
    }  # fmt: skip


def _one_of(text: str, known: list[str], sentence: str) -> str:
    if text not in known:
        raise _Wrong(sentence % {"names": ", ".join(known)})
    return text


def _day(text: str) -> date:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise _Wrong(_("Skriv dagene som 2026-03-11."))


def _read(text: str, how: Callable[[str], T]) -> T:
    try:
        return how(text[:20])
    except (ValueError, InvalidOperation) as error:
        raise _Wrong(_("“%(text)s” er ikke et tal.") % {"text": text[:20]}) from error


def refuse(found: EarlierImport) -> None:
    """Raise RefusedChange with the first wrong rows, when there are any."""
    if found.wrong:
        lines = [_("Linje %(line)d: %(reason)s") % {"line": each.line, "reason": each.reason} for each in found.wrong]
        raise RefusedChange({"table": " ".join([*lines[:10], *(["…"] if len(lines) > 10 else [])])})
