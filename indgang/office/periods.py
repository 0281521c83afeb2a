"""The periods of a dated setting, as a page lists them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from indgang.catalogue.models import Dated


def periods(rows: Iterable[Dated], *, today: date, first: date) -> list[dict[str, Any]]:
    """Past, present and planned periods in the order of `rows`. `begins` is None for the row that begins on `first`."""
    return [
        {
            "row": row,
            "begins": None if row.valid_from == first else row.valid_from,
            "is_planned": row.valid_from > today,
            "holds": row.valid_on(today),
        }
        for row in rows
    ]
