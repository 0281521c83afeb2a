"""The documents' own tables and the checks of them as plain data, for the command, the API and the page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indgang.analysis.potential import reference
from indgang.analysis.potential.listing import unit_data
from indgang.analysis.potential.reference import ReferenceRow

#: columns of the counted tables that are texts; the others are numbers
_TEXTS = ("wording", "purpose", "topic", "is_case_processing", "source")
_NAMES = {
    "aerinde": "wording", "cross_cutting_category": "purpose",
    "is_case_processing (001:3410-3411)": "is_case_processing",
}  # fmt: skip


def of_tables() -> dict[str, Any]:
    """Tables 10-A and 10-B by unit with the misprints mended, and 10-C to 10-F row by row as printed."""
    return {
        "source": "001:1275-1302; 001:1519-1546", "misprints": _misprints(),
        "units": [_unit(each) for each in reference.rows(is_corrected=True)], "counted": counted_tables(),
    }  # fmt: skip


def of_checks() -> dict[str, Any]:
    """Every check, how many of them fit, and the misprints."""
    checks = reference.checks()
    return {
        "fits": {fit: sum(each.fit == fit for each in checks) for fit in reference.Fit},
        "misprints": _misprints(),
        "checks": [{"code": each.code, "about": each.about, "stated": each.stated, "computed": each.computed,
                    "fit": each.fit, "source": each.source} for each in checks],
    }  # fmt: skip


def counted_tables() -> list[dict[str, Any]]:
    """What single services counted, a year. A cell without a number is None: nothing was counted, or no share is
    printed. A row of 10-C to 10-E is a local `wording`, with its cross-cutting `purpose` where the documents say it."""
    return [
        {"table": number, "name": name, "rows": [_cells(row) for row in reference.table(name)]}
        for name, number in reference.COUNTED.items()
    ]


def _unit(row: ReferenceRow) -> dict[str, Any]:
    """`at_once_percent` is what 10-B gives, 10-A prints another share for some units (X-15)."""
    printed = {"level": row.level, "at_once_percent_printed": row.at_once_percent, "source": row.source}
    return unit_data(row.potential) | printed


def _misprints() -> list[dict[str, Any]]:
    return [
        {"unit": unit, "column": column, "printed": printed, "should_be": right}
        for unit, column, printed, right in reference.misprints()
    ]


def _cells(row: Mapping[str, str]) -> dict[str, str | int | None]:
    cells: dict[str, str | int | None] = {}
    for column, text in row.items():
        name = _NAMES.get(column, column).replace("immediate", "at_once").replace("_pct", "_percent")
        cells[name] = text if name in _TEXTS else int(text) if text else None
    return cells
