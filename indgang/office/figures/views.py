"""The figures of a period on one page, and the page of one figure."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.history import imported_days
from indgang.measures.definitions import DEFINITIONS, Definition
from indgang.measures.entered_kinds import KINDS
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import access, pictures, tables, words
from indgang.office.figures.agreed import AgreedElsewhere
from indgang.office.figures.described import DescribedFigure, switches_shown
from indgang.office.figures.forms import MOST_SINGLE_DAYS, FigureFilter, FiguresFilter
from indgang.office.figures.promised import also_within
from indgang.office.figures.query import without
from indgang.office.figures.sections import sections

#: the source of figures of answers, whose interval stands on the page of answers
_ANSWERS = "docs/feedback.md"
#: groups on one page
PER_PAGE = 50


@require_GET
@requires(access.SEE)
def figures(request: HttpRequest) -> HttpResponse:
    """All figures of the chosen days: compared with the days before, or by group."""
    seen = access.centres_seen(person_of(request))
    form = FiguresFilter(request.GET, centres=seen)
    context: dict[str, Any] = {"form": form, "has_centres": seen.is_all or bool(seen.names)}
    if form.is_valid():
        context |= _chosen(request, form)
        context |= {"compared": tables.compared(form)} if form.group_by is GroupBy.NOTHING else _by_group(request, form)
    return render(request, "office/figures/figures.html", context, status=422 if form.errors else 200)


def _by_group(request: HttpRequest, form: FiguresFilter) -> dict[str, Any]:
    chosen = form.chosen(sections(form.definitions))
    entered = [each.code for section in chosen for each in section.definitions]
    everything = tables.Whole(form.days.period, form, entered=entered)
    groups = tables.Groups(form, form.group_by, everything)
    agreed = AgreedElsewhere(form)
    page = Paginator(groups.ordered, PER_PAGE).get_page(request.GET.get("page"))
    shown = []
    for section in chosen:
        whole = tables.all_groups(section.definitions, everything)
        rows = [*groups.rows(section.definitions, page), whole] if whole.has_data else []
        columns = [(each, tables.name_of(each)) for each in section.definitions]
        shown.append(
            (
                section,
                rows,
                columns,
                [
                    (said, [tables.name_of(each) for each in of])
                    for said, of in agreed.remarks(section.definitions).items()
                ],
            )
        )
    return {"sections": shown, "page": page}


def _chosen(request: HttpRequest, form: FiguresFilter) -> dict[str, Any]:
    days = form.days
    return {
        "days": words.days_words(days.first, days.last), "first": days.first, "last": days.last,
        "before": words.days_words(days.before_first, days.before_last),
        "query": without(request.GET, "page"), "other_query": without(request.GET, "page", "by"),
        "by_word": form.by_word,
        "sees_contacts": may(person_of(request), access.SEE_CONTACTS),
        "imported": imported_days.within(days.first, days.last, form.only),
    }  # fmt: skip


@require_GET
@requires(access.SEE)
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """One figure: what it is, its value, its course by day or month, and its parts."""
    seen = access.centres_seen(person_of(request))
    form = FigureFilter(request.GET, centres=seen)
    is_valid = form.is_valid()
    definition = access.definition_for(code, form.days.last)
    context: dict[str, Any] = {
        "form": form, "definition": definition, "text": DescribedFigure(definition), "is_entered": code in KINDS,
        "is_answered": definition.source == _ANSWERS,
    }  # fmt: skip
    if is_valid:
        context |= _chosen(request, form) | _figure(definition, form)
        context["sees_contacts"] = context["sees_contacts"] and definition.has_contacts
    return render(request, "office/figures/figure.html", context, status=422 if form.errors else 200)


def _figure(definition: Definition, form: FigureFilter) -> dict[str, Any]:
    days, agreed = form.days, AgreedElsewhere(form)
    columns = also_within([definition], form.thresholds)
    times = any(each.has_times for each in columns)
    now, before = (
        tables.Whole(each, form, times=times, entered=[definition.code]) for each in (days.period, days.before)
    )  # fmt: skip
    along = GroupBy.DAY if days.number <= MOST_SINGLE_DAYS else GroupBy.MONTH
    course = tables.Groups(form, along, now).rows(columns) if days.number > 1 else []
    parts = tables.Groups(form, form.group_by, now).rows(columns) if form.group_by is not GroupBy.NOTHING else []
    shown, *promised = (tables.compare(each, now, before, agreed) for each in columns)
    return {
        "shown": shown, "promised": promised, "course": course, "parts": parts,
        "course_plot": pictures.course(definition, days, course, along) if course else None,
        "parts_plot": pictures.parts(definition, parts, form.by_word),
        "has_changed": access.definition_for(definition.code, days.first) is not definition,
        "is_by_day": along is GroupBy.DAY, "along": along.value, "by": form.group_by.value,
    }  # fmt: skip


@require_GET
@requires(access.SEE)
def explained(request: HttpRequest) -> HttpResponse:
    """Every version of every figure in plain words, also those that no longer hold."""
    shown = [(section, [DescribedFigure(each) for each in section.definitions]) for section in sections(DEFINITIONS)]
    return render(request, "office/figures/help.html", {"sections": shown, "switches": switches_shown()})
