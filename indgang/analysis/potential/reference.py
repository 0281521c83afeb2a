"""The documents' own tables of the potential (10-A and 10-B) and of counts, as printed; and what is wrong with them.

Two cells of 10-B are misprints (X-13, X-14). Sums, shares and links between tables are checked, and what does not fit
is said and not hidden.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from indgang.analysis.counting.scaling import rounded
from indgang.analysis.potential import disputed
from indgang.analysis.potential.results import UnitName, UnitPotential

_FOLDER = Path(__file__).parent / "reference"
#: (unit, column of 10-B): what the other cells give, where another number is printed
MISPRINTS = {
    ("Henvendelser i alt", "today_resolved_caseworkers"): 196_550,
    ("Øvrige", "future_caseworkers"): 1_300,
}
_PRINTED = {
    "main_entry": "today_resolved_main_entry", "case_workers": "today_resolved_caseworkers",
    "digital": "future_digital", "contact_centre": "future_contact_centre", "future_case_workers": "future_caseworkers",
}  # fmt: skip
#: units that have parts, and the names of those; a unit of 10-A may have another name in 10-B
PARTS = {"Center for Miljøbeskyttelse": 5, "Center for Trafik og Byliv": 4}
_OTHER_NAME = {"TMF øvrige (KEH)": "TMF-ydelser i KEH"}

#: the area of the grand total
EVERYTHING = "ALL"
#: the tables of what single services counted, by the number that the requirements give them
COUNTED = {"building_permits": "10-C", "event_permits": "10-D", "soil_notifications": "10-E", "sickness_refund": "10-F"}


class Fit(StrEnum):
    EXACT = "exact"
    ROUNDING = "rounding"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """Something that should hold: what is printed, what the other numbers give."""

    code: str
    about: str
    stated: float
    computed: float
    fit: Fit
    source: str


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A row of both tables as printed. `level` is unit, subunit, area_total or grand_total."""

    level: str
    potential: UnitPotential
    at_once_percent: float | None
    printed_total: int
    printed_future_total: int
    source: str


def rows(*, is_corrected: bool = False) -> list[ReferenceRow]:
    """The rows in the documents' order; `is_corrected`: with the misprints mended."""
    today = {row["unit"]: row for row in table("today")}
    found = []
    for row in table("future"):
        name = row["unit"]
        before = today[_OTHER_NAME.get(name, name)]
        numbers = {field: _number(row[column]) for field, column in _PRINTED.items()}
        if is_corrected:
            numbers |= {
                field: MISPRINTS[name, column] for field, column in _PRINTED.items() if (name, column) in MISPRINTS
            }
        potential = UnitPotential(
            UnitName(row["area"], name), _number(before["first_level"]), _number(before["direct_to_caseworkers"]),
            numbers["main_entry"], numbers["case_workers"], numbers["digital"], numbers["contact_centre"],
            numbers["future_case_workers"], is_total=row["level"].endswith("total"),
        )  # fmt: skip
        share = before["immediate_resolution_pct"]
        found.append(ReferenceRow(
            row["level"], potential, float(share) if share else None, _number(row["today_total"]),
            _number(row["future_total"]), f"{before['source']}; {row['source']}",
        ))  # fmt: skip
    return found


def misprints() -> Iterator[tuple[str, str, int, int]]:
    """Unit, column, what is printed, and what the other cells give."""
    printed = {row["unit"]: row for row in table("future")}
    for (unit, column), right in MISPRINTS.items():
        yield unit, column, _number(printed[unit][column]), right


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a shipped table, as texts by their column."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))


def _number(text: str) -> int:
    return int(text) if text else 0


def checks() -> list[ReferenceCheck]:
    """Every check, in order: rows, sums, links between the tables, shares, counts, and readings that disagree."""
    printed = rows()
    by_name = {each.potential.unit.name: each.potential for each in rows(is_corrected=True)}
    read = (_check(*each) for each in disputed.readings(by_name, {name: table(name) for name in COUNTED}))
    return [
        *_row_checks(printed), *_sum_checks(printed), *_links(printed), *_weighted(printed), *_shares(), *_counts(),
        *read,
    ]  # fmt: skip


def _check(code: str, about: str, stated: float, computed: float, source: str, within: float = 0.0) -> ReferenceCheck:
    difference = abs(stated - computed)
    fit = Fit.EXACT if difference < 0.005 else Fit.ROUNDING if difference <= within else Fit.MISMATCH
    return ReferenceCheck(code, about, stated, computed, fit, source)


def _row_checks(printed: Sequence[ReferenceRow]) -> Iterator[ReferenceCheck]:
    for each in printed:
        name, now = each.potential.unit.name, each.potential
        yield _check(f"today {name}", "first level + direct = total", each.printed_total, now.total, each.source)
        yield _check(f"resolved {name}", "main entry + case workers = total", each.printed_total,
                     now.main_entry + now.case_workers, each.source)  # fmt: skip
        yield _check(f"future {name}", "digital + contact centre + case workers = total", each.printed_future_total,
                     now.future_total, each.source)  # fmt: skip


_SUMMED = ("first_level", "direct", "main_entry", "case_workers", "digital", "contact_centre", "future_case_workers")


def _sum_checks(printed: Sequence[ReferenceRow]) -> Iterator[ReferenceCheck]:
    """Units against their parts, areas against their units, everything against the areas."""
    by_name = {each.potential.unit.name: index for index, each in enumerate(printed)}
    for unit, parts in PARTS.items():
        place = by_name[unit]
        yield from _sums(printed[place], printed[place + 1 : place + 1 + parts])
    for each in printed:
        if each.level == "area_total":
            yield from _sums(each, _of_area(printed, each))
    yield from _sums(printed[-1], [each for each in printed if each.level == "area_total"])


def _of_area(printed: Sequence[ReferenceRow], total: ReferenceRow) -> list[ReferenceRow]:
    """The rows that an area's total adds."""
    return [
        each for each in printed
        if each.potential.unit.area == total.potential.unit.area and not each.potential.is_total
        and not _is_part(printed, each)
    ]  # fmt: skip


def _is_part(printed: Sequence[ReferenceRow], row: ReferenceRow) -> bool:
    """Whether a row is part of another unit: then the area's total holds it already."""
    return row.level == "subunit" and any(
        each.level == "unit" and each.potential.unit.area == row.potential.unit.area for each in printed
    )


def _sums(total: ReferenceRow, parts: Sequence[ReferenceRow]) -> Iterator[ReferenceCheck]:
    for name in _SUMMED:
        yield _check(
            f"sum {total.potential.unit.name} {name}", "total = sum of its parts", getattr(total.potential, name),
            sum(getattr(each.potential, name) for each in parts), total.source,
        )  # fmt: skip


def _links(printed: Sequence[ReferenceRow]) -> Iterator[ReferenceCheck]:
    """Table 10-B's main entry against the share resolved at once of 10-A (X-15), which is printed in whole percent."""
    for each in printed:
        if each.at_once_percent is not None:
            first = each.potential.first_level
            yield _check(
                f"link {each.potential.unit.name}", "10-B main entry = 10-A first level × share at once",
                each.potential.main_entry, rounded(first * each.at_once_percent / 100), each.source,
                within=max(50, first / 200),
            )  # fmt: skip


def _weighted(printed: Sequence[ReferenceRow]) -> Iterator[ReferenceCheck]:
    """The share of an area in 10-A against those of its units, weighted by their first level."""
    for area in printed:
        if area.level == "area_total" and area.at_once_percent is not None:
            parts = [
                (each.potential.first_level, each.at_once_percent) for each in _of_area(printed, area)
                if each.at_once_percent is not None
            ]  # fmt: skip
            share = sum(number * percent for number, percent in parts) / sum(number for number, _percent in parts)
            yield _check(f"weighted {area.potential.unit.name}", "share at once = that of its units, weighted",
                         area.at_once_percent, round(share, 2), area.source, within=0.5)  # fmt: skip


def _shares() -> Iterator[ReferenceCheck]:
    """The shares that the text states, from the corrected table; the base is named (X-05 to X-11)."""
    by_name = {each.potential.unit.name: each.potential for each in rows(is_corrected=True)}
    tmf, bif, everything = by_name["TMF i alt"], by_name["BIF i alt"], by_name["Henvendelser i alt"]
    keh = by_name["TMF øvrige (KEH)"]
    movable = everything.digital + everything.contact_centre
    for code, about, stated, part, whole, source in (
        ("all movable", "digital or contact centre, of all", 56, movable, everything.total, "001:586; 001:1492"),
        ("all more", "more than today, points of all", 37, movable - everything.main_entry, everything.total,
         "001:586"),
        ("tmf movable", "digital or contact centre, of TMF", 55, tmf.digital + tmf.contact_centre, tmf.total,
         "001:3362"),
        ("tmf digital", "digital, of TMF", 9, tmf.digital, tmf.total, "001:3376"),
        ("tmf centre", "contact centre, of TMF", 46, tmf.contact_centre, tmf.total, "001:3533"),
        ("tmf today", "resolved by case workers today, of TMF", 87, tmf.case_workers, tmf.total, "001:3374"),
        ("tmf today without keh", "resolved by case workers today, of TMF without KEH", 88,
         tmf.case_workers - keh.case_workers, tmf.total - keh.total, "001:596"),
        ("tmf direct", "straight to case workers, of TMF", 74, tmf.direct, tmf.total, "001:554"),
        ("tmf via keh", "through KEH, of TMF", 2, keh.total, tmf.total, "001:562"),
        ("bif movable", "digital or contact centre, of BIF", 71, bif.digital + bif.contact_centre, bif.total,
         "001:3433"),
        ("bif digital", "digital, of BIF", 15, bif.digital, bif.total, "001:3447"),
        ("bif centre", "contact centre, of BIF", 55, bif.contact_centre, bif.total, "001:3447"),
        ("bif today", "resolved in KEH today, of BIF", 69, bif.main_entry, bif.total, "001:3535"),
    ):  # fmt: skip
        yield _check(f"share {code}", about, stated, round(100 * part / whole, 2), source, within=0.5)
    yield _check("moved", "moved from case workers in TMF, about", 90_000, tmf.moved, "001:450; 001:1591", within=1_000)
    yield _check("digital", "digital in all, about", 22_500, everything.digital, "001:456", within=100)


def _counts() -> Iterator[ReferenceCheck]:
    """Table 10-F: printed totals against their rows (X-18), and the readings of the digital part (X-19)."""
    *parts, printed = table("sickness_refund")
    for column in ("per_year", "under_4_min", "over_4_min"):
        yield _check(f"yds {column}", "10-F: printed total = sum of its rows", float(printed[column]),
                     sum(_number(each[column]) for each in parts), "001:4715-4724")  # fmt: skip
    scale = float(printed["per_year"]) / sum(_number(each["per_year"]) for each in parts)
    kinds = "is_case_processing (001:3410-3411)"
    for code, about, among in (
        ("andet as case processing", "10-B needs 450 digital: \"Andet\" is case processing, scaled", {"no"}),
        ("andet as general", "10-B needs 450 digital: \"Andet\" is not case processing, scaled", {"no", "possibly"}),
    ):  # fmt: skip
        digital = sum(_number(each["under_4_min"]) for each in parts if each[kinds] in among) * scale
        yield _check(f"yds {code}", about, 450, round(digital, 1), "001:3410-3417; 001:1538", within=25)
