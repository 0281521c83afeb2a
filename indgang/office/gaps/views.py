"""What the website could have answered: the ranked list, and one gap with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.analysis import gap_rights, gap_rows, kept_gaps, page_behaviour, page_visits
from indgang.analysis.gap_rows import FoundGaps
from indgang.analysis.gaps.deciding import GapKind
from indgang.analysis.gaps.ranking import DAYS_A_YEAR, STEP, AnswerGap
from indgang.core import clock
from indgang.core.text import shorten
from indgang.measures.definitions import FEWEST
from indgang.office.gaps import access, words
from indgang.office.gaps.forms import GapFilter
from indgang.office.gaps.words import KIND_WORDS, WHY_WORDS, GapNames
from indgang.plots.numbers import ValueUnit, decimal
from indgang.plots.plot import BarPlot, PlotBar
from indgang.ui.site_pages import page_at

#: bars of the picture; the table has all
_MOST_BARS = 12
_LONGEST_NAME = 40


class GapRow:
    """A gap with its words."""

    def __init__(self, gap: AnswerGap, names: GapNames) -> None:
        self.gap = gap
        self.kind = KIND_WORDS[gap.kind]
        self.title = names.title(gap)
        self.often = names.written(gap.often)
        self.reasons = [(WHY_WORDS[why], number) for why, number in gap.reasons.items()]
        self.services = [(names.service(code), number) for code, number in gap.services.items()]
        self.searches = words.told_searches(gap.searches)
        self.purposes = [(names.purpose(code), number) for code, number in gap.purposes.items()]


@require_GET
@requires(*gap_rights.READERS)
def gaps(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = GapFilter(request.GET)
    found = found_gaps(form, person)
    context: dict[str, Any] = {
        "form": form, "measures": gap_rights.measures_for(person), "query": request.GET.urlencode(),
        "may_decide": access.services_to_change(person).exists(),
    }  # fmt: skip
    if found is not None:
        names = GapNames(found)
        chosen = form.cleaned_data["kind"]
        rows = [GapRow(each, names) for each in found.ranked.gaps if chosen in ("", each.kind)]
        context |= {"found": found, "rows": rows, "plot": _plot(rows)} | _scale(found)
    return render(request, "office/gaps/gaps.html", context, status=422 if form.errors else 200)


@require_GET
@requires(*gap_rights.READERS)
def gap(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    form = GapFilter(request.GET)
    found = found_gaps(form, person)
    shown = found.ranked.by_code(code) if found else None
    if found is None or shown is None:
        raise Http404
    row = GapRow(shown, GapNames(found))
    context = {
        "row": row, "form": form, "found": found, "query": request.GET.urlencode(), "plot": _reasons_plot(row),
        "behaviour": page_behaviour.of_pages({shown.page} - {""}, form.period, page_at).get(shown.page),
        "page": (page := found.pages.by_slug.get(shown.page)),
        "past_visits": page_visits.of_page(page, page_visits.scope_for(person)) if page else None,
        "is_page": shown.kind is GapKind.PAGE,
        "may_decide": access.services_to_change(person).exists(),
        "measures": gap_rights.measures_for(person).filter(gap=shown.code), "share": form.cleaned_data["share"],
    }  # fmt: skip
    return render(request, "office/gaps/gap.html", context | _scale(found))


def found_gaps(form: GapFilter, person: Person) -> FoundGaps | None:
    """The gaps of what the form asks for; None when it makes no sense, which it says then."""
    if not form.is_valid():
        return None
    try:
        return kept_gaps.find(
            form.period, gap_rights.scope_for(person), today=clock.today(), at=clock.now(), uptake=form.uptake
        )
    except gap_rows.TooManyRows:
        said = _("Der er flere end %(most)s registreringer eller søgninger. Vælg en kortere periode.")
        form.add_error(None, said % {"most": decimal(gap_rows.MOST, 0)})
        return None


def _scale(found: FoundGaps) -> dict[str, Any]:
    return {"days": found.ranked.days, "days_a_year": DAYS_A_YEAR, "step": STEP, "fewest": FEWEST}


def _plot(rows: Sequence[GapRow]) -> BarPlot | None:
    bars = [
        PlotBar(shorten(f"{row.title} ({row.kind})", _LONGEST_NAME), float(row.gap.saved.value))
        for row in rows if row.gap.saved
    ][:_MOST_BARS]  # fmt: skip
    if not bars:
        return None
    return BarPlot(
        title=_("Henvendelser, der kan spares om året"),
        about=_("De %(number)s spørgsmål, hvor flest henvendelser kan spares.") % {"number": len(bars)},
        unit=ValueUnit.COUNT, what=_("Spørgsmål"), measured=_("Henvendelser om året"), bars=tuple(bars),
    )  # fmt: skip


def _reasons_plot(row: GapRow) -> BarPlot | None:
    if not row.reasons:
        return None
    return BarPlot(
        title=_("Sådan er de talt"), about=_("Hvilken regel der afgjorde hvor mange registreringer."),
        unit=ValueUnit.COUNT, what=_("Regel"), measured=_("Registreringer"),
        bars=tuple(PlotBar(str(name), float(number)) for name, number in row.reasons),
    )  # fmt: skip
