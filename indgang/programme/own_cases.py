"""Cases of one's own: begun from a text, changed in versions. What was saved stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis import words as analysis_words
from indgang.audit import trail
from indgang.core import yaml_values
from indgang.core.refusals import RefusedChange
from indgang.core.yaml_values import UnreadableYaml
from indgang.programme import words
from indgang.programme.cases import library
from indgang.programme.cases.case import BusinessCase, CaseFault
from indgang.programme.cases.reading import case_of
from indgang.programme.models import LONGEST, OwnCase, OwnCaseVersion

#: codes that addresses need
_RESERVED = {"new", library.BLANK, *library.SHIPPED}


def read(text: str) -> BusinessCase:
    """The case that a text describes. Raises RefusedChange with what is wrong in it."""
    try:
        return case_of(values_of(text))
    except CaseFault as fault:
        raise RefusedChange({"case_text": words.sentence(fault)}) from fault


def values_of(text: str) -> Mapping[str, Any]:
    """The plain values of a text. Raises RefusedChange when it is no YAML."""
    if len(text) > LONGEST:
        raise RefusedChange({"case_text": _("Teksten må højst fylde %(most)s tegn.") % {"most": LONGEST}})
    try:
        found: Mapping[str, Any] = yaml_values.values_of(text)
    except UnreadableYaml as error:
        raise RefusedChange({"case_text": analysis_words.unreadable(error)}) from error
    return found


@transaction.atomic
def begin(text: str, *, reason: str, by: Person, at: datetime) -> OwnCase:
    """A new case. Raises RefusedChange, also when its code is taken."""
    case = read(text)
    if case.code in _RESERVED or OwnCase.objects.filter(code=case.code).exists():
        said = _("Der er allerede et investeringsforslag, der hedder %(code)s. Vælg et andet navn i adressen.")
        raise RefusedChange({"case_text": said % {"code": case.code}})
    made = OwnCase.objects.create(code=case.code, created_at=at)
    _save(made, 1, text, reason, by, at)
    trail.record(by=by, at=at, action="owncase.create", target=made, after={"version": 1}, why=reason)
    return made


@transaction.atomic
def change(own: OwnCase, text: str, *, reason: str, by: Person, at: datetime) -> OwnCaseVersion:
    """The next version. Raises RefusedChange, also when the text has the code of another case."""
    locked = OwnCase.objects.select_for_update().get(pk=own.pk)
    case = read(text)
    if case.code != locked.code:
        raise RefusedChange({"case_text": _("Koden skal stadig være %(code)s.") % {"code": locked.code}})
    latest = latest_of(locked)
    made = _save(locked, latest.number + 1, text, reason, by, at)
    trail.record(
        by=by, at=at, action="owncase.edit", target=locked, before={"version": latest.number},
        after={"version": made.number}, why=reason,
    )  # fmt: skip
    return made


def _save(own: OwnCase, number: int, text: str, reason: str, by: Person, at: datetime) -> OwnCaseVersion:
    made: OwnCaseVersion = OwnCaseVersion.objects.create(
        case=own, number=number, text=text, reason=reason, made_by=by, made_at=at
    )
    return made


def latest_of(own: OwnCase) -> OwnCaseVersion:
    found: OwnCaseVersion = own.versions.latest("number")
    return found


def text_with(text: str, values: Mapping[str, float], code: str = "") -> str:
    """The text with other values for assumptions, and another code. Comments are lost where anything is changed."""
    given = dict(values_of(text))
    if not values and code in ("", given.get("code")):
        return text
    assumptions = {name: dict(each) for name, each in given.get("assumptions", {}).items()}
    for name, value in values.items():
        for other in ("values", "from", "to"):
            assumptions[name].pop(other, None)
        assumptions[name]["value"] = value
    given |= {"code": code or given["code"], "assumptions": assumptions}
    return yaml_values.text_of(given)
