"""The week of a subject coordinator: topics for the weekly meeting; each number links to the rows behind it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.knowledge.models import Task
from indgang.office.knowledge import access
from indgang.office.knowledge import week as knowledge_week
from indgang.office.knowledge.week import Week

PER_PAGE = 50


@require_GET
@requires(P.EDIT_KNOWLEDGE)
def week(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    unit, which = _unit(request, person), Week.read(request.GET.get("week", ""), clock.today())
    context: dict[str, Any] = {"units": _units(person), "unit": unit, "week": which}
    if unit is not None:
        marked = list(knowledge_week.marked(unit, which))
        asked = knowledge_week.questions(unit, which)
        context |= {
            "earlier": which.other(-1),
            "later": which.other(1) if which.other(1).monday <= clock.today() else None,
            "total": asked.count(),
            "not_there": asked.filter(in_knowledge=False).count(),
            "digital_total": asked.filter(should_be_digital=True).count(),
            "most_asked": knowledge_week.most_asked(unit, which),
            "digital": knowledge_week.should_be_digital(unit, which),
            "shown": knowledge_week.shown_without_answer(unit, which),
            "marked": marked,
            "marked_open": sum(1 for task in marked if task.done_at is None),
            "kinds": [(kind.label, sum(1 for task in marked if task.kind == kind)) for kind in _KINDS],
            "own_gaps": knowledge_week.not_found(unit, which),
            "all_gaps": knowledge_week.not_found(None, which),
            "walks": knowledge_week.guide_walks(unit, which),
        }
    return render(request, "office/knowledge/week.html", context)


_KINDS = (Task.Kind.MISSING, Task.Kind.WRONG, Task.Kind.UNCLEAR)


@require_GET
@requires(P.EDIT_KNOWLEDGE)
def week_behind(request: HttpRequest) -> HttpResponse:
    """The questions behind a number. They do not say who asked."""
    person = person_of(request)
    unit = access.unit_edited(person, request.GET.get("unit", ""))
    which = Week.read(request.GET.get("week", ""), clock.today())
    asked = request.GET
    article = asked.get("article", "")
    if article:
        access.article_for(person, article)
    rows = knowledge_week.behind(
        unit,
        which,
        service=asked.get("service", ""),
        purpose=asked.get("purpose", ""),
        digital=bool(asked.get("digital")),
        not_there=bool(asked.get("not_there")),
        article=article,
    )
    page = Paginator(rows, PER_PAGE).get_page(asked.get("page"))
    context = {"unit": unit, "week": which, "page": page, "digital": asked.get("digital"), "article": article}
    return render(request, "office/knowledge/week_behind.html", context)


def _units(person: Person) -> list[Unit]:
    return list(access.units_edited(person).valid_on(clock.today()).order_by("path"))


def _unit(request: HttpRequest, person: Person) -> Unit | None:
    """The unit asked for, otherwise the person's highest one."""
    if request.GET.get("unit"):
        return access.unit_edited(person, request.GET["unit"])
    return next(iter(_units(person)), None)
