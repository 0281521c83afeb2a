"""The pages of baselines: the periods of a centre, the days left out, the figures, and settling them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.agreements import baselines
from indgang.agreements.models import AgreementTarget, Baseline
from indgang.agreements.words import baseline_figure_words
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures.baselines import MeasuredFigure
from indgang.measures.definitions import Definition, Figure, hidden_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.office.cooperation import access
from indgang.office.cooperation.forms import BaselineForm, ExcludedDayForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@dataclass(frozen=True, slots=True)
class LevelCell:
    words: str
    is_enough: bool
    is_uncertain: bool


@dataclass(frozen=True, slots=True)
class FigureRow:
    name: str
    definition: str
    levels: list[tuple[str, LevelCell | None]]


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def of_centre(request: HttpRequest, code: str) -> HttpResponse:
    return _of_centre(request, access.centre_for(person_of(request), code), BaselineForm())


@require_POST
@requires(P.SIGN_COOPERATION)
def new(request: HttpRequest, code: str) -> HttpResponse:
    shown = access.centre_to_make_for(person_of(request), code)
    form = BaselineForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            made = baselines.begin(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            return redirect("office:baseline", made.pk)
    return _of_centre(request, shown, form)


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def baseline(request: HttpRequest, pk: int) -> HttpResponse:
    return _baseline(request, access.baseline_for(person_of(request), pk), ExcludedDayForm())


@require_POST
@requires(P.SIGN_COOPERATION)
def days(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a day out."""
    shown = access.baseline_to_change(person_of(request), pk)
    form = ExcludedDayForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            baselines.exclude(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            return redirect("office:baseline", pk)
    return _baseline(request, shown, form)


@require_POST
@requires(P.SIGN_COOPERATION)
def day_removal(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    """Count a day after all."""
    row = access.excluded_day_for(access.baseline_to_change(person_of(request), pk), day)
    with refusals_as_messages(request):
        baselines.include(row, by=person_of(request), at=clock.now())
    return redirect("office:baseline", pk)


@require_POST
@requires(P.SIGN_COOPERATION)
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.baseline_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        baselines.settle(shown, by=person_of(request), at=clock.now())
        messages.success(request, _("Udgangspunktet er fastlagt. Mål i en ny aftale kan nu hvile på det."))
    return redirect("office:baseline", pk)


@require_POST
@requires(P.SIGN_COOPERATION)
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.baseline_to_change(person_of(request), pk)
    with refusals_as_messages(request):
        baselines.remove(shown, by=person_of(request), at=clock.now())
        return redirect("office:centre-baselines", shown.centre.code)
    return redirect("office:baseline", pk)


def _of_centre(request: HttpRequest, shown: ContactCentre, form: BaselineForm) -> HttpResponse:
    context = {
        "centre": shown,
        "baselines": shown.baselines.all(),
        "form": form,
        "may_edit": access.may_draft(person_of(request), shown),
    }
    return render(request, "office/cooperation/baselines.html", context, status=422 if form.errors else 200)


def _baseline(request: HttpRequest, shown: Baseline, form: ExcludedDayForm) -> HttpResponse:
    is_settled = shown.settled_at is not None
    may_edit = access.may_draft(person_of(request), shown.centre) and not is_settled
    found = baselines.kept_figures(shown) if is_settled else baselines.figures(shown)
    context: dict[str, Any] = {
        "baseline": shown,
        "excluded": shown.excluded_days.select_related("chosen_by"),
        "levels": AgreementTarget.Level.labels,
        "rows": _rows(found),
        "form": form,
        "may_edit": may_edit,
        "is_over": shown.last_day < clock.today(),
    }
    return render(request, "office/cooperation/baseline.html", context, status=422 if form.errors else 200)


def _rows(found: dict[tuple[Definition, int], MeasuredFigure]) -> list[FigureRow]:
    """The figures with data, by level, in the order in which they are named everywhere."""
    kpis = {kpi.code: kpi for kpi, _level in found}
    hidden = {key for kpi in kpis.values() for key in _hidden(kpi, found)}
    ordered = [kpis[code] for code in FIGURE_NAMES if code in kpis]
    rows = (
        FigureRow(
            str(FIGURE_NAMES[kpi.code]), kpi.name,
            [
                (str(level.label), _cell(found.get((kpi, level.value)), kpi, is_hidden=(kpi, level.value) in hidden))
                for level in AgreementTarget.Level
            ],
        )
        for kpi in ordered
    )  # fmt: skip
    return [row for row in rows if any(cell for _level, cell in row.levels)]


def _hidden(kpi: Definition, found: dict[tuple[Definition, int], MeasuredFigure]) -> set[tuple[Definition, int]]:
    """What rests on too few contacts, or would tell of a level that does beside both together."""
    figures = {level: Figure(each.value, each.base) for (of, level), each in found.items() if of is kpi}
    small = {level for level, figure in figures.items() if figure.is_small}
    parts = {str(level): figure for level, figure in figures.items() if level}
    return {(kpi, level) for level in small | {int(each) for each in hidden_groups(parts, is_part=True)}}


def _cell(figure: MeasuredFigure | None, kpi: Definition, *, is_hidden: bool) -> LevelCell | None:
    if figure is None or figure.value is None:
        return None
    if is_hidden:
        return LevelCell(_("For få til at vise"), False, True)
    if not figure.is_enough:
        return LevelCell(_("For få til et udgangspunkt (n = %(base)s)") % {"base": figure.base}, False, True)
    return LevelCell(baseline_figure_words(figure, kpi), True, figure.is_uncertain)
