"""Say that a part of a page is out of date."""

from __future__ import annotations

from indgang.live.models import Mark


def mark(*parts: str) -> None:
    """Mark `scope/part` names; they are announced when the surrounding transaction commits."""
    Mark.objects.bulk_create([Mark(part=part) for part in dict.fromkeys(parts)])
