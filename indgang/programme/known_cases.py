"""Every case there is, by its code: those of the documents, and the latest version of each of one's own."""

from __future__ import annotations

from indgang.core.refusals import RefusedChange
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.programme.cases.case import BusinessCase
from indgang.programme.models import OwnCase


def by_code(code: str) -> BusinessCase | None:
    """None for a code that there is no case of, and for a text that this release cannot compute."""
    if code in library.SHIPPED:
        return library.shipped(code)
    own = OwnCase.objects.filter(code=code).first()
    if own is None:
        return None
    try:
        return own_cases.read(own_cases.latest_of(own).text)
    except RefusedChange:
        return None


def every() -> list[BusinessCase]:
    """One's own first, and then those of the documents."""
    own = [by_code(code) for code in OwnCase.objects.values_list("code", flat=True)]
    return [each for each in own if each is not None] + [library.shipped(code) for code in library.SHIPPED]
