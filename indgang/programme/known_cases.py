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
    return _read(own)[0] if own else None


def faults() -> dict[str, str]:
    """Why the latest version of a case of one's own cannot be computed by this release, by code, in the language of the
    moment; nothing for those that can."""
    return {own.code: fault for own in OwnCase.objects.all() if (fault := _read(own)[1])}


def _read(own: OwnCase) -> tuple[BusinessCase | None, str]:
    """The case, or why there is none."""
    try:
        return own_cases.read(own_cases.latest_of(own).text), ""
    except RefusedChange as refused:
        return None, str(refused)


def every() -> list[BusinessCase]:
    """One's own first, and then those of the documents."""
    own = [by_code(code) for code in OwnCase.objects.values_list("code", flat=True)]
    return [each for each in own if each is not None] + [library.shipped(code) for code in library.SHIPPED]
