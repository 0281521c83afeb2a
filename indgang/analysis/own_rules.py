"""Rule lists of one's own: begun from a text, changed in versions that hold from a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis import documents, words
from indgang.analysis.potential.presets import PRESETS
from indgang.analysis.potential.rule_texts import list_of, values_of
from indgang.analysis.potential.rules import RuleFault, RuleList
from indgang.analysis.rule_models import LONGEST, OwnRuleList, OwnRuleVersion
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import is_code

#: codes that addresses need
_RESERVED = {"new", *PRESETS}
_MOST_LETTERS = 40


def read(text: str, *, valid_from: date) -> RuleList:
    """The rule list that a text describes. Raises RefusedChange with what is wrong in it."""
    try:
        return list_of(documents.values_of(text, field="rules_text", longest=LONGEST), valid_from=valid_from)
    except RuleFault as fault:
        raise RefusedChange({"rules_text": words.rule_fault(fault)}) from fault


@transaction.atomic
def begin(text: str, *, valid_from: date, reason: str, by: Person, at: datetime) -> OwnRuleList:
    """A new rule list. Raises RefusedChange, also when its code is taken or no code."""
    code = read(text, valid_from=valid_from).code
    if not is_code(code) or len(code) > _MOST_LETTERS:
        raise RefusedChange({"rules_text": _("Koden skal være små bogstaver fra a til z, tal og streger.")})
    if code in _RESERVED or OwnRuleList.objects.filter(code=code).exists():
        said = _("Der er allerede regler, der hedder %(code)s. Skriv en anden kode i teksten.")
        raise RefusedChange({"rules_text": said % {"code": code}})
    made = OwnRuleList.objects.create(code=code, created_at=at)
    documents.add_version(made, None, text, reason=reason, by=by, at=at, valid_from=valid_from)
    return made


@transaction.atomic
def change(
    own: OwnRuleList, text: str, *, valid_from: date, reason: str, by: Person, at: datetime
) -> OwnRuleVersion:  # fmt: skip
    """The next version, from today or later and not before the latest: what was shown stays. Raises RefusedChange."""
    locked = OwnRuleList.objects.select_for_update().get(pk=own.pk)
    latest = locked.versions.latest("number")
    if read(text, valid_from=valid_from).code != locked.code:
        raise RefusedChange({"rules_text": _("Koden skal stadig være %(code)s.") % {"code": locked.code}})
    if valid_from < latest.valid_from:
        raise RefusedChange({"valid_from": _("Vælg en dag, der ikke ligger før den seneste versions.")})
    if valid_from < clock.day_of(at):
        raise RefusedChange(
            {"valid_from": _("Vælg i dag eller en senere dag. Dage, der er gået, beholder deres regler.")}
        )
    made: OwnRuleVersion = documents.add_version(
        locked, latest, text, reason=reason, by=by, at=at, valid_from=valid_from
    )
    return made


def known(on: date) -> dict[str, RuleList]:
    """The rules that can be chosen for a day, by code: the documents', and one's own that hold then."""
    return dict(PRESETS) | {each.code: each for each in in_force(on)}


def listed(on: date) -> list[dict[str, Any]]:
    """The rules that can be chosen for a day as plain values, for the command and the API: what each rule asks for, the
    limits, and whether the list is one's own."""
    return [
        {**values_of(each), "valid_from": each.valid_from.isoformat(), "is_own": each.code not in PRESETS}
        for each in known(on).values()
    ]


def in_force(on: date) -> list[RuleList]:
    """The version of each list that holds on a day; one that a later release no longer reads is left out."""
    latest: dict[int, OwnRuleVersion] = {}
    for each in OwnRuleVersion.objects.filter(valid_from__lte=on).order_by("rule_list__code", "number"):
        latest[each.rule_list_id] = each
    found = []
    for version in latest.values():
        try:
            found.append(read(version.text, valid_from=version.valid_from))
        except RefusedChange:
            continue
    return found
