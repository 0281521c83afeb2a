"""The page of results: indexes by groups, who was asked and answered, and whether they resemble all whom a rule was
about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.feedback import index, resemblance
from indgang.feedback import results as answers
from indgang.feedback.index import Index, IndexChange, Ratings
from indgang.feedback.models import SurveyInvitation
from indgang.feedback.resemblance import Unlike
from indgang.feedback.results import AskedParts, Chosen, FeedbackGroup
from indgang.measures.definitions import is_too_few
from indgang.office.feedback import access, words
from indgang.office.feedback.forms import ResultsFilter

#: the most differences from all that are listed
_MOST_UNLIKE = 8
_ShownUnlike = tuple[words.Words, str, Unlike]


@dataclass(frozen=True, slots=True)
class ShownIndex:
    """One cell. `index` is None when it is hidden; `change` is since as many days before, when both can be shown."""

    indicator: str
    index: Index | None
    change: IndexChange | None


@dataclass(frozen=True, slots=True)
class ShownGroup:
    name: str
    cells: list[ShownIndex]


@require_GET
@requires(access.SEE)
def results(request: HttpRequest) -> HttpResponse:
    """Results of the person's centres and units."""
    form = ResultsFilter(request.GET)
    context: dict[str, Any] = {"form": form, "may_lead": access.leads(person_of(request))}
    if form.is_valid():
        chosen = Chosen(form.period, form.only, access.scope(person_of(request)))
        context |= _shown(chosen, form)
    return render(request, "office/feedback/results.html", context, status=200 if form.is_valid() else 422)


def _shown(chosen: Chosen, form: ResultsFilter) -> dict[str, Any]:
    sample = answers.sample(chosen)
    asked = answers.asked(chosen)
    return {
        "indicators": [words.indicator(each) for each in form.indicators],
        "groups": list(_groups(chosen, form)),
        "by_word": words.GROUPS[form.group_by],
        "asked": asked,
        "states": _states(asked),
        "reasons": [(words.REASONS.get(code, code), count) for code, count in sorted(asked.reasons.items())],
        "asked_unlike": _unlike(sample.everybody, sample.asked),
        "unlike": _unlike(sample.everybody, sample.answered),
        "as_all": _as_all(resemblance.as_all(sample), asked),
        "before": form.before,
    }


def _groups(chosen: Chosen, form: ResultsFilter) -> Iterable[ShownGroup]:
    now = answers.ratings(chosen, form.group_by)
    is_by_month = form.group_by is FeedbackGroup.MONTH
    earlier = {} if is_by_month else answers.ratings(Chosen(form.before, chosen.only, chosen.scope), form.group_by)
    names = words.group_names(form.group_by, now)
    comparisons = len(now) * len(form.indicators)
    columns = {indicator: _column(now, earlier, indicator, comparisons) for indicator in form.indicators}
    for group in sorted(now, key=lambda each: str(each) if is_by_month else names[each]):
        yield ShownGroup(names[group], [columns[each][group] for each in form.indicators])


def _column(
    now: dict[Any, dict[str, Ratings]], earlier: dict[Any, dict[str, Ratings]], indicator: str, comparisons: int
) -> dict[Any, ShownIndex]:
    """One indicator of all groups: hiding looks at all of them together. `comparisons` are those of the whole page."""
    of = {group: each.get(indicator, Ratings()) for group, each in now.items()}
    before = {group: each.get(indicator, Ratings()) for group, each in earlier.items()}
    shown = index.shown({str(group): each for group, each in of.items()})
    shown_before = index.shown({str(group): each for group, each in before.items()})
    found = {}
    for group, each in of.items():
        cell, cell_before = shown[str(group)], shown_before.get(str(group))
        is_known = cell is not None and cell_before is not None and group in before
        change = index.change(before[group], each, comparisons=comparisons) if is_known else None
        found[group] = ShownIndex(words.indicator(indicator), cell, change)
    return found


def _unlike(everybody: Mapping[str, Counter[str]], some: Mapping[str, Counter[str]]) -> list[_ShownUnlike]:
    return [
        (words.TRAITS[each.trait], words.category(each.trait, each.category), each)
        for each in resemblance.unlike(everybody, some)[:_MOST_UNLIKE]
    ]


def _states(asked: AskedParts) -> list[tuple[str, int]]:
    found = [(str(label), asked.states[code]) for code, label in SurveyInvitation.State.choices if code in asked.states]
    return [*found, (_("Nåede ikke at blive spurgt"), asked.missed)] if asked.missed else found


def _as_all(found: resemblance.AsAll | None, asked: AskedParts) -> dict[str, Any] | None:
    """The mean and its weighted counterpart, when there are enough answers to show either."""
    if found is None or is_too_few(asked.answered):
        return None
    return {"trait": words.TRAITS[found.trait], "mean": found.mean, "weighted": found.weighted, "by": found.by}
