"""The versions of a case of one's own as plain data, and what differs between two of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from indgang.programme import known_cases, own_cases
from indgang.programme.cases import evaluation, library, listing
from indgang.programme.cases.differences import differences
from indgang.programme.models import OwnCaseVersion


def listed(code: str) -> list[dict[str, Any]]:
    """The newest first; none of a case of the documents."""
    if code in library.SHIPPED:
        return []
    rows = OwnCaseVersion.objects.filter(case__code=code).select_related("made_by").order_by("-number")
    return [
        {"version": each.number, "made_at": each.made_at.isoformat(), "made_by": each.made_by.username,
         "reason": each.reason}
        for each in rows
    ]  # fmt: skip


def compared(code: str, before: int, after: int) -> dict[str, Any] | None:
    """What was changed from one version to another, and what each comes to; None where one of them does not exist.
    Raises RefusedChange for one that cannot be computed any more."""
    texts = dict(OwnCaseVersion.objects.filter(case__code=code).values_list("number", "text"))
    first, second = known_cases.required(code, before), known_cases.required(code, after)
    if first is None or second is None:
        return None
    changed = differences(own_cases.values_of(texts[before]), own_cases.values_of(texts[after]))
    return {
        "case": code, "before": {"version": before, **listing.summary(first, evaluation.table(first))},
        "after": {"version": after, **listing.summary(second, evaluation.table(second))},
        "differences": [asdict(each) for each in changed],
    }  # fmt: skip
