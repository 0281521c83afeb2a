"""Two versions of a case beside each other: what was changed, and what each comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.office.cases import access
from indgang.office.cases.access import SEE, SeenCase
from indgang.office.cases.case_values import written
from indgang.office.cases.drafts import DraftBranch
from indgang.programme import own_cases, words
from indgang.programme.cases import evaluation
from indgang.programme.cases.case import CaseLineKind, ControlArea
from indgang.programme.cases.differences import CaseDifference, differences

_GROUPS: Mapping[str, str | Promise] = {
    "case": gettext_lazy("Forslaget"), "assumptions": gettext_lazy("Forudsætning"), "lines": gettext_lazy("Linje"),
    "groups": gettext_lazy("Delsum"),
    "scenarios": gettext_lazy("Scenarie"), "remarks": gettext_lazy("Bemærkning"),
}  # fmt: skip
_FIELDS: Mapping[str, str | Promise] = {
    "title": gettext_lazy("Titel"), "source": gettext_lazy("Kilde"), "price_year": gettext_lazy("Prisniveau, år"),
    "first_year": gettext_lazy("Første år"), "years": gettext_lazy("Antal år"),
    "discount": gettext_lazy("Rente til nutidsværdien"), "price_index": gettext_lazy("Prisindeks"),
    "price_index_source": gettext_lazy("Kilde til prisindekset"), "lines": gettext_lazy("Linjer"),
    "least": gettext_lazy("Kan ikke være under"), "most": gettext_lazy("Kan ikke være over"),
    "rounding": gettext_lazy("Afrunding"), "label": gettext_lazy("Navn"), "name": gettext_lazy("Navn"),
    "unit": gettext_lazy("Enhed"), "value": gettext_lazy("Værdi"),
    "values": gettext_lazy("Forskellige værdier i forskellige år"), "from": gettext_lazy("Fra"),
    "to": gettext_lazy("Til og med"), "low": gettext_lazy("Lavest"), "high": gettext_lazy("Højest"),
    "interval_source": gettext_lazy("Kilde til laveste og højeste"), "kind": gettext_lazy("Slags"),
    "area": gettext_lazy("Styringsområde"), "owner": gettext_lazy("Ejer"),
    "amount": gettext_lazy("Beløb, 1.000 kr."), "shares": gettext_lazy("Andel i hvert år"),
    "amounts": gettext_lazy("Beløb i hvert år"), "parent": gettext_lazy("Bygger på"),
    "text": gettext_lazy("Tekst"), "figures": gettext_lazy("Tal"),
}  # fmt: skip


class ComparisonFilter(forms.Form):
    """Which two versions; the latest and the one before it until others are chosen."""

    before = forms.TypedChoiceField(label=gettext_lazy("Fra version"), coerce=int)
    after = forms.TypedChoiceField(label=gettext_lazy("Til version"), coerce=int)

    def __init__(self, data: Mapping[str, Any], *, numbers: Sequence[int]) -> None:
        """`numbers`: those of the versions, the latest first."""
        usual = {"before": str(numbers[1] if len(numbers) > 1 else numbers[0]), "after": str(numbers[0])}
        super().__init__(usual | {name: value for name, value in data.items() if value})
        for name in ("before", "after"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [(each, str(each)) for each in numbers]


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A difference in words."""

    what: str
    field: str
    before: str
    after: str


@require_GET
@requires(SEE)
def comparison(request: HttpRequest, code: str) -> HttpResponse:
    seen = access.case_for(code)
    if seen.version is None:
        raise Http404
    form = ComparisonFilter(request.GET, numbers=[each.number for each in seen.versions])
    context: dict[str, Any] = {"form": form, "seen": seen}
    if form.is_valid():
        sides = [access.case_for(code, str(form.cleaned_data[name])) for name in ("before", "after")]
        context |= {"rows": list(_rows(*sides)), "sides": sides, "branches": [_branch(each) for each in sides]}
    return render(request, "office/cases/comparison.html", context, status=422 if form.errors else 200)


def _rows(before: SeenCase, after: SeenCase) -> Iterator[ComparedRow]:
    """Nothing where one of the two can no longer be read: the page says why."""
    if before.case is None or after.case is None:
        return
    for each in differences(own_cases.values_of(before.text), own_cases.values_of(after.text)):
        said = str(_GROUPS[each.group])
        what = f"{said}: {each.name}" if each.name else said
        yield ComparedRow(what, _field(each), _value(each.field, each.before), _value(each.field, each.after))


def _field(found: CaseDifference) -> str:
    if found.is_whole:
        return _("Tilføjet") if found.before is None else _("Fjernet")
    if found.group == "scenarios" and found.field == "values":
        return _("Ændrede forudsætninger")
    return str(_FIELDS.get(found.field, found.field))


def _value(field: str, value: Any) -> str:
    """A value as it is typed; kinds and areas by their words."""
    if value is None:
        return "–"
    if field == "kind":
        return words.kind_word(CaseLineKind(value))
    if field == "area":
        return words.area_word(ControlArea(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{_FIELDS.get(str(name), name)} {_value('', each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(_value("", each) for each in value)
    return written(value) or "–"


def _branch(side: SeenCase) -> DraftBranch | None:
    return DraftBranch("", 0, evaluation.table(side.case)) if side.case else None
