"""Imports results of earlier measurements from a table, each row with the scale that it was measured on.

All rows are imported or none: every wrong one is reported with its line and what to do. Importing the same table again
changes nothing; a row whose series, days, subject and unit are there already takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue.models import Unit
from indgang.feedback import scales
from indgang.feedback.models import EarlierResult, SurveyQuestion
from indgang.tables import reading
from indgang.tables.columns import BadValue, count, day, one_of
from indgang.tables.reading import Row, UnreadableTable, WrongRow

#: the columns, as they stand in the first line
COLUMNS = ("serie", "skala", "fra", "til", "emne", "enhed", "svar", "gennemsnit")
#: what a result may be about
RATED = [each for each in SurveyQuestion.Indicator.values if each != SurveyQuestion.Indicator.OPEN]
_MOST_ANSWERS = 10_000_000
_LONGEST_SERIES = 100


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """What an import did: rows that are new, rows that took the place of others, and wrong ones."""

    new: int = 0
    changed: int = 0
    wrong: tuple[WrongRow, ...] = ()


@transaction.atomic
def import_results(content: bytes, *, by: Actor, at: datetime) -> EarlierImport:
    """Import the rows of a CSV or Excel file. Nothing is imported while a row is wrong. Raises UnreadableTable."""
    sheet = reading.read(content)
    missing = [name for name in COLUMNS if name not in {reading.folded_name(each) for each in sheet.header}]
    if missing:
        raise UnreadableTable(_("Filen mangler kolonnerne: %(names)s.") % {"names": ", ".join(missing)})
    units, values, wrong = dict(Unit.objects.values_list("code", "pk")), [], []
    for row in sheet.rows:
        try:
            values.append(_values(row, units))
        except BadValue as reason:
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
    scale = one_of({each: each for each in EarlierResult.MeasuredOn.values})(said["skala"])
    first, last = day(said["fra"]), day(said["til"])
    if first is None or last is None:
        raise BadValue(_("Skriv den første og den sidste dag."))
    if last < first:
        raise BadValue(_("Den sidste dag må ikke ligge før den første."))
    mean, ends = _mean(said["gennemsnit"]), scales.ends(scale)
    if not mean.is_finite() or not ends.lowest <= mean <= ends.highest:
        raise BadValue(_("Gennemsnittet skal ligge mellem %(lowest)d og %(highest)d på den skala.") % {
            "lowest": ends.lowest, "highest": ends.highest,
        })  # fmt: skip
    answers = count(said["svar"])
    if not answers or answers > _MOST_ANSWERS:
        raise BadValue(_("Skriv, hvor mange svar gennemsnittet bygger på."))
    if said["enhed"] and said["enhed"] not in units:
        raise BadValue(_("Enheden “%(code)s” findes ikke.") % {"code": said["enhed"][:40]})
    if not said["serie"]:
        raise BadValue(_("Skriv, hvad målingen hedder."))
    return {
        "series": said["serie"][:_LONGEST_SERIES].replace("\0", ""), "scale": scale, "first_day": first,
        "last_day": last, "unit_id": units.get(said["enhed"]), "answers": answers,
        "mean": mean.quantize(Decimal("0.01")),
        "indicator": one_of({each: each for each in RATED})(said["emne"]),
    }  # fmt: skip


def _mean(cell: str) -> Decimal:
    try:
        return Decimal(cell[:20].replace(",", "."))
    except InvalidOperation as error:
        raise BadValue(_("“%(text)s” er ikke et tal.") % {"text": cell[:20]}) from error
