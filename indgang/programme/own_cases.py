"""Cases of one's own: begun from a text, changed in versions. What was saved stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis import documents
from indgang.core import yaml_values
from indgang.core.refusals import RefusedChange
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
    found: Mapping[str, Any] = documents.values_of(text, field="case_text", longest=LONGEST)
    return found


@transaction.atomic
def begin(text: str, *, reason: str, by: Person, at: datetime) -> OwnCase:
    """A new case. Raises RefusedChange, also when its code is taken."""
    case = read(text)
    if case.code in _RESERVED or OwnCase.objects.filter(code=case.code).exists():
        said = _("Der er allerede et investeringsforslag, der hedder %(code)s. Vælg et andet navn i adressen.")
        raise RefusedChange({"case_text": said % {"code": case.code}})
    made = OwnCase.objects.create(code=case.code, created_at=at)
    documents.add_version(made, None, text, reason=reason, by=by, at=at)
    return made


@transaction.atomic
def change(own: OwnCase, text: str, *, reason: str, by: Person, at: datetime) -> OwnCaseVersion:
    """The next version. Raises RefusedChange, also when the text has the code of another case."""
    locked = lock(own)
    if read(text).code != locked.code:
        raise RefusedChange({"case_text": _("Koden skal stadig være %(code)s.") % {"code": locked.code}})
    made: OwnCaseVersion = documents.add_version(locked, latest_of(locked), text, reason=reason, by=by, at=at)
    return made


@transaction.atomic
def fill(
    own: OwnCase, assumptions: Mapping[str, Mapping[str, Any]], *, reason: str, by: Person, at: datetime
) -> OwnCaseVersion:  # fmt: skip
    """The next version, in which assumptions have these values, sources and intervals instead of theirs. Raises
    RefusedChange when one of them is gone, and when all of them are filled so already."""
    given = dict(values_of(latest_of(lock(own)).text))
    there = given.get("assumptions", {})
    if not assumptions.keys() <= there.keys():
        raise RefusedChange({"": _("Forslaget har ikke den forudsætning mere. Vælg en anden.")})
    filled = {name: _kept(there[name]) | dict(values) for name, values in assumptions.items()}
    if all(there[name] == values for name, values in filled.items()):
        raise RefusedChange({"": _("Forslaget har allerede tallene fra den beregning.")})
    given["assumptions"] = {**there, **filled}
    return change(own, yaml_values.text_of(given), reason=reason, by=by, at=at)


def _kept(assumption: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of an assumption that gets another value."""
    return {name: assumption[name] for name in ("label", "unit", "least", "most") if name in assumption}


def lock(own: OwnCase) -> OwnCase:
    """The case for whoever makes a version out of the latest: nobody else makes one before the transaction ends."""
    locked: OwnCase = OwnCase.objects.select_for_update().get(pk=own.pk)
    return locked


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
