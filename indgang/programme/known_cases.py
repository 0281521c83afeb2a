"""Every case there is, by its code: those of the documents, and the latest version of each of one's own."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.programme.cases.case import BusinessCase
from indgang.programme.models import OwnCase, OwnCaseVersion


def by_code(code: str) -> BusinessCase | None:
    """None for a code that there is no case of, and for a text that this release cannot compute."""
    try:
        return required(code)
    except RefusedChange:
        return None


def required(code: str, version: int | None = None) -> BusinessCase | None:
    """The case, or one's own in another than its latest version; None for a code or a version that there is none of.
    Raises RefusedChange when this release cannot compute its text, with the reason."""
    if code in library.SHIPPED:
        return library.shipped(code) if version is None else None
    rows = OwnCaseVersion.objects.filter(case__code=code)
    found = rows.filter(number=version).first() if version is not None else rows.order_by("-number").first()
    if found is None:
        return None
    try:
        return own_cases.read(found.text)
    except RefusedChange as refused:
        said = _("%(case)s kan ikke beregnes: %(why)s") % {"case": code, "why": refused}
        raise RefusedChange({"case_text": said}) from refused


def exists(code: str) -> bool:
    """Whether there is such a case, also one that cannot be computed."""
    return code in library.SHIPPED or OwnCase.objects.filter(code=code).exists()


def faults() -> dict[str, str]:
    """Why the latest version of a case of one's own cannot be computed by this release, by code, in the language of the
    moment; nothing for those that can."""
    found = {}
    for code in OwnCase.objects.values_list("code", flat=True):
        try:
            required(code)
        except RefusedChange as refused:
            found[code] = str(refused)
    return found


def every() -> list[BusinessCase]:
    """One's own first, and then those of the documents."""
    own = [by_code(code) for code in OwnCase.objects.values_list("code", flat=True)]
    return [each for each in own if each is not None] + [library.shipped(code) for code in library.SHIPPED]
