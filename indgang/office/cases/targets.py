"""Assumptions of the municipality's own cases that can take numbers from other pages, as choices of a field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from indgang.core.refusals import RefusedChange
from indgang.programme import own_cases
from indgang.programme.cases.case import Assumption, BusinessCase
from indgang.programme.models import OwnCaseVersion

#: between the code of a case and the name of its assumption
_OF = "."


def targets(taking: Callable[[BusinessCase], Iterable[Assumption]]) -> Iterator[tuple[str, str]]:
    """A value for `parts`, and the words, of each assumption that `taking` names in the latest version of a case."""
    latest = OwnCaseVersion.objects.order_by("case_id", "-number").distinct("case_id")
    for code, text in latest.values_list("case__code", "text"):
        case = _read(text)
        if case is not None:
            for each in taking(case):
                yield f"{code}{_OF}{each.name}", f"{case.title}: {each.label}"


def parts(target: str) -> tuple[str, str]:
    """The code of the case and the name of the assumption; both empty for an empty target."""
    code, _of, name = target.partition(_OF)
    return code, name


@lru_cache(maxsize=512)
def _read(text: str) -> BusinessCase | None:
    """A saved text never changes, so it is read once and not for each page; None for one that cannot be read now."""
    try:
        return own_cases.read(text)
    except RefusedChange:
        return None
