"""Measures on gaps: deciding one, its page with the effect, and what happens to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.analysis import gap_effects, gap_measures, gap_rights
from indgang.analysis.gap_effects import EffectWeeks
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gap_rows import FoundGaps
from indgang.analysis.gaps.ranking import AnswerGap
from indgang.core import clock
from indgang.measures.definitions import FEWEST, is_too_few
from indgang.office.gaps import access, words
from indgang.office.gaps.forms import DroppingForm, GapFilter, GapMeasureForm
from indgang.office.gaps.views import found_gaps
from indgang.office.gaps.words import GapNames
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import Happening, PlotMoment, PlotRange, Series, TimePlot
from indgang.ui.refusals import refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(*gap_rights.EDITORS)
def new(request: HttpRequest) -> HttpResponse:
    """A measure, on a gap (`?gap=` with the days of the list) or without one."""
    person, code = person_of(request), request.GET.get("gap", "")
    found = found_gaps(GapFilter(request.GET), person) if code else None
    shown = found.ranked.by_code(code) if found else None
    form = GapMeasureForm(request.POST or None, person=person, stored=_proposed(shown, found, person))
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = gap_measures.decide(
                form.values, gap=shown.code if shown else "", expected=shown.saved if shown else None,
                reason=form.cleaned_data["reason"], by=person, at=clock.now(),
            )  # fmt: skip
            return redirect("office:gap-measure", made.pk)
    return _form(request, form, _("Nyt tiltag"), reverse("office:gaps"))


def _proposed(gap: AnswerGap | None, found: FoundGaps | None, person: Person) -> dict[str, Any]:
    """What a gap says already: its kind, and the service and purpose of most of its questions."""
    if gap is None or found is None:
        return {"owner": person.pk}
    service, purpose = next(iter(gap.services), ""), next(iter(gap.purposes), "")
    return {
        "owner": person.pk, "kind": gap.kind.value, "title": GapNames(found).title(gap)[:200],
        "service": access.services_to_change(person).filter(code=service).first(),
        "purpose": access.purposes().filter(code=purpose).first(),
    }  # fmt: skip


@require_GET
@requires(*gap_rights.READERS, *gap_rights.EDITORS)
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, access.measure_for(person_of(request), pk), DroppingForm())


@require_http_methods(["GET", "POST"])
@requires(*gap_rights.EDITORS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.measure_to_change(person, pk)
    names = ("title", "kind", "service", "purpose", "owner", "published_on")
    form = GapMeasureForm(
        request.POST or None, person=person, stored={name: getattr(shown, name) for name in names}, pk=pk
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            gap_measures.change(
                shown, form.values, reason=form.cleaned_data["reason"], by=person, at=clock.now()
            )  # fmt: skip
            return redirect("office:gap-measure", pk)
    return _form(request, form, _("Ret tiltaget"), reverse("office:gap-measure", args=[pk]))


@require_POST
@requires(*gap_rights.EDITORS)
def dropping(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    shown = access.measure_to_change(person, pk)
    form = DroppingForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            gap_measures.drop(shown, reason=form.cleaned_data["reason"], by=person, at=clock.now())
            return redirect("office:gap-measure", pk)
    return _page(request, shown, form, status=422)


def _page(request: HttpRequest, shown: GapMeasure, form: DroppingForm, *, status: int = 200) -> HttpResponse:
    person = person_of(request)
    measured = gap_effects.measured(shown, today=clock.today())
    context: dict[str, Any] = {
        "measure": shown, "form": form, "may_change": gap_rights.may_change(person, shown) and not shown.dropped_at,
        "may_list": gap_rights.may_list(person),
        "changes": shown.changes.select_related("owner", "made_by"), "measured": measured, "fewest": FEWEST,
    }  # fmt: skip
    if measured is not None:
        context |= _effect(shown, measured)
    return render(request, "office/gaps/measure.html", context, status=status)


def _effect(shown: GapMeasure, measured: EffectWeeks) -> dict[str, Any]:
    effect, saved = measured.effect, measured.effect.saved
    changes = {"difference": effect.difference, "series": effect.series, "placebo": effect.placebo}
    return {
        "effect": effect, "verdict": words.verdict_words(effect), "missing": words.missing_words(effect),
        "saved": [round(each) for each in (saved.value, saved.low, saved.high)] if saved else [],
        "plot": _plot(shown, measured),
        **{name: words.change_words(change) if change else "" for name, change in changes.items()},
    }  # fmt: skip


def _plot(shown: GapMeasure, measured: EffectWeeks) -> TimePlot | None:
    """The questions of each week, and how many would have come; a week with few has no number."""
    if len(measured.weeks) < 2 or shown.published_on is None:
        return None
    own = tuple(None if is_too_few(round(each)) else each for each in measured.own)
    series, ranges = [Series(_("Registrerede spørgsmål"), own)], list[PlotRange]()
    if expected := measured.effect.expected:
        value, low, high = (tuple(each and each[place] for each in expected) for place in range(3))
        series.append(Series(_("Ventet uden tiltaget"), value))
        ranges.append(PlotRange(_("Så meget svinger ugerne"), low, high))
    return TimePlot(
        title=_("Spørgsmål om ugen, før og efter"),
        about=_("Registrerede spørgsmål i hver uge, og hvor mange der var ventet, hvis de havde fulgt de andre."),
        unit=ValueUnit.COUNT, when=_("Uge"), moments=tuple(_moment(week) for week in measured.weeks),
        series=tuple(series), happenings=(Happening(_("Udgivet"), shown.published_on),), ranges=tuple(ranges),
    )  # fmt: skip


def _moment(week: date) -> PlotMoment:
    return PlotMoment(week, _("uge %(number)s") % {"number": week.isocalendar().week})


def _form(request: HttpRequest, form: GapMeasureForm, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)
