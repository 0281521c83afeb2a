"""The contacts behind a figure as a Parquet file, for DuckDB, pandas and Power BI: codes, moments and numbers, where
the file for a spreadsheet has words."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.http import HttpResponse

from indgang.measures.reporting import export
from indgang.measures.rollups.contacts_behind import ContactBehind
from indgang.office.figures import files
from indgang.office.figures.contacts import ContactsOfFigure
from indgang.office.figures.forms import FiguresFilter

#: `value` and `base` are the figure as if the row were all there is: bases add up to the base of the figure
_TYPES = {
    "contact": "UUID", "quarter": "TIMESTAMPTZ", "measure": "VARCHAR", "centre": "VARCHAR", "queue": "VARCHAR",
    "service": "VARCHAR", "purpose": "VARCHAR", "channel": "VARCHAR", "level": "SMALLINT", "outcome": "VARCHAR",
    "seconds": "DOUBLE", "value": "DOUBLE", "base": "BIGINT", "definition": "VARCHAR",
}  # fmt: skip


def of_contacts(form: FiguresFilter, found: ContactsOfFigure) -> HttpResponse:
    """The first `files.MOST_CONTACTS` of them; the name of the file says when there are more."""
    with tempfile.TemporaryDirectory(prefix="indgang-parquet-") as folder:
        rows, whole = Path(folder) / "rows.csv", Path(folder) / "whole.parquet"
        is_cut = _write(rows, found)
        export.convert(rows, whole, _TYPES)
        response = HttpResponse(whole.read_bytes(), content_type="application/vnd.apache.parquet")
    days = f"{form.days.first:%Y-%m-%d}-{form.days.last:%Y-%m-%d}"
    cut = f"-de-foerste-{files.MOST_CONTACTS}" if is_cut else ""
    name = f"{found.definition.code}-henvendelser-{days}{cut}.parquet"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _write(path: Path, found: ContactsOfFigure) -> bool:
    """Write the rows; returns whether some are left out."""
    left = files.MOST_CONTACTS
    with path.open("w", encoding="utf-8") as file:
        for batch in found.raw_batches():
            file.writelines(",".join(map(_quoted, line)) + "\n" for line in _lines(found, batch[:left]))
            left -= len(batch)
            if left < 0:
                return True
    return False


def _quoted(value: object) -> str:
    """Quoted, so that DuckDB tells an empty code from no value."""
    return "" if value is None else '"' + str(value).replace('"', '""') + '"'


def _lines(found: ContactsOfFigure, batch: Iterable[ContactBehind]) -> Iterator[list[object]]:
    for row in batch:
        key, fact = row.fact.key, row.fact
        yield [
            row.stream, key.quarter.isoformat(), key.measure, key.centre, key.queue, key.service, key.purpose,
            key.channel, key.level, key.outcome, fact.milliseconds / 1000 if fact.bucket is not None else None,
            row.figure.value, row.figure.base, found.definition.name,
        ]  # fmt: skip
