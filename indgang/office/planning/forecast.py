"""The pages of forecasts: how many calls each queue will get, how well that went before, and what a planner knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.history import imported_days
from indgang.office.planning import forecast_access, forecast_words, rollout_words, week_pictures
from indgang.office.planning.forecast_forms import (
    CallEventForm,
    ForecastPeriodForm,
    JudgedDayForm,
    MovedServiceForm,
    StandInForm,
)
from indgang.planning import call_changes, call_history, forecasts, targets, week
from indgang.planning.forecast_rights import queues_planned
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService, StoredForecast
from indgang.planning.rights import PLANNERS
from indgang.programme.rollout import forecast_moves
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(*PLANNERS)
def overview(request: HttpRequest) -> HttpResponse:
    """The queues that this person plans for, with what the newest forecast says of the next week."""
    queues = list(queues_planned(person_of(request)))
    made, accuracies = forecasts.newest_of(queues), forecasts.accuracies_of(queues)
    rows = [forecast_words.overview_row(each, made.get(each.pk), accuracies[each.pk]) for each in queues]
    return render(request, "office/planning/forecasts.html", {"rows": rows})


@require_GET
@requires(*PLANNERS)
def forecast(request: HttpRequest, code: str) -> HttpResponse:
    """The newest forecast of one queue."""
    queue = forecast_access.queue_planned(person_of(request), code)
    form = ForecastPeriodForm(request.GET)
    moves = forecast_moves.followed(queue, today=clock.today())
    context: dict[str, Any] = {
        "queue": queue, "form": form, "may_change": _may_change(request, queue),
        "misfits": sum(bool(each.misfits) for each in moves),
    }  # fmt: skip
    stored = forecasts.newest(queue)
    if stored is not None:
        context |= _shown(queue, stored, form.chosen, form.chosen_day)
    return render(request, "office/planning/forecast.html", context)


def _shown(queue: Queue, stored: StoredForecast, weeks: int, day: date | None) -> dict[str, Any]:
    count = min(7 * weeks, len(stored.calls))
    before = stored.first - timedelta(days=forecast_words.DAYS_BEFORE)
    left_out = JudgedDay.objects.filter(queue=queue)
    handled = forecasts.handling(queue, stored.first)
    return {
        "stored": stored, "plot": forecast_words.plot(stored, call_history.counted(queue, before, stored.first), count),
        "days": forecast_words.days(stored, queue, count), "remarks": list(forecast_words.remarks(stored)),
        "day": day, "intervals": forecast_words.intervals(stored, day, handled) if day else [],
        "accuracy": forecast_words.accuracy(forecasts.accuracies(queue)),
        "each_accuracy": forecast_words.each_accuracy(forecasts.judged(queue)),
        "measured": forecast_words.measured(stored),
        "outliers": forecast_words.outliers(stored), "judged": left_out, "weeks": weeks,
        "need_plot": week_pictures.need(queue, stored), "target_remarks": targets.remarks([queue], stored.first),
        "in_time_plot": week_pictures.in_time(week.answered(queue, stored.first)),
        "handling": forecast_words.handling(handled),
        "imported": imported_days.within(
            stored.first - timedelta(days=call_history.MOST_DAYS), stored.first, {"queue": [queue.code]}
        ),
    }  # fmt: skip


def _planned(request: HttpRequest, code: str) -> Queue:
    """The queue, for somebody who changes its forecast."""
    return forecast_access.queue_planned(person_of(request), code, (P.PLAN_STAFFING,))


def _may_change(request: HttpRequest, queue: Queue) -> bool:
    return queues_planned(person_of(request), (P.PLAN_STAFFING,)).filter(pk=queue.pk).exists()


@require_POST
@requires(P.PLAN_STAFFING)
def renewal(request: HttpRequest, code: str) -> HttpResponse:
    """Make today's forecast anew, with what is known now."""
    queue = _planned(request, code)
    made = forecasts.store(queue, at=clock.now())
    if isinstance(made, StoredForecast):
        messages.success(request, _("Prognosen er lavet på ny."))
    else:
        messages.error(request, forecasts.TOO_LITTLE)
    return redirect("office:forecast", code)


# --- What a planner knows ------------------------------------------------------------------------


@require_GET
@requires(*PLANNERS)
def knowledge(request: HttpRequest, code: str) -> HttpResponse:
    return _knowledge(request, forecast_access.queue_planned(person_of(request), code))


def _knowledge(request: HttpRequest, queue: Queue, **bound: forms.Form) -> HttpResponse:
    """The page, with the form that was refused."""
    moves = forecast_moves.followed(queue, today=clock.today())
    context: Mapping[str, Any] = {
        "queue": queue, "may_change": _may_change(request, queue),
        "has_plan": forecast_moves.plan_of(queue) is not None, "can_follow": any(each.can_follow for each in moves),
        "events": CallEvent.objects.of(queue),
        "moves": [rollout_words.moved_row(each) for each in moves], "judged": JudgedDay.objects.filter(queue=queue),
        "stand_in": HistoryStandIn.objects.filter(queue=queue).select_related("similar").first(),
        "event_form": CallEventForm(), "move_form": MovedServiceForm(), "day_form": JudgedDayForm(),
        "stand_in_form": StandInForm(queue=queue), **bound,
    }  # fmt: skip
    return render(request, "office/planning/forecast_knowledge.html", context, status=422 if bound else 200)


def _taken(
    request: HttpRequest, queue: Queue, name: str, form: forms.Form, act: Callable[[dict[str, Any]], object]
) -> HttpResponse:
    """Act on a valid form, or show the page with it."""
    if form.is_valid():
        with refusals_on_form(form):
            act(form.cleaned_data)
            messages.success(request, _("Gemt. Prognosen bruger det næste gang, den bliver lavet."))
            return redirect("office:forecast-knowledge", queue.code)
    return _knowledge(request, queue, **{name: form})


def _removed(request: HttpRequest, code: str, row: Model, act: Callable[..., None]) -> HttpResponse:
    act(row, by=person_of(request), at=clock.now())
    messages.success(request, _("Fjernet."))
    return redirect("office:forecast-knowledge", code)


@require_POST
@requires(P.PLAN_STAFFING)
def events(request: HttpRequest, code: str) -> HttpResponse:
    queue = _planned(request, code)

    def add(values: dict[str, Any]) -> None:
        of = None if values.pop("all_queues") else queue
        made = CallEvent(centre=queue.centre, queue=of, **values)
        call_changes.add_event(made, by=person_of(request), at=clock.now())

    return _taken(request, queue, "event_form", CallEventForm(request.POST), add)


@require_POST
@requires(P.PLAN_STAFFING)
def event_removal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    row = forecast_access.event_of(_planned(request, code), pk)
    return _removed(request, code, row, call_changes.remove_event)


@require_POST
@requires(P.PLAN_STAFFING)
def moves(request: HttpRequest, code: str) -> HttpResponse:
    queue = _planned(request, code)

    def add(values: dict[str, Any]) -> None:
        call_changes.add_move(MovedService(queue=queue, **values), by=person_of(request), at=clock.now())

    return _taken(request, queue, "move_form", MovedServiceForm(request.POST), add)


@require_POST
@requires(P.PLAN_STAFFING)
def move_removal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    row = forecast_access.move_of(_planned(request, code), pk)
    return _removed(request, code, row, call_changes.remove_move)


@require_POST
@requires(P.PLAN_STAFFING)
def days(request: HttpRequest, code: str) -> HttpResponse:
    queue = _planned(request, code)

    def judge(values: dict[str, Any]) -> None:
        is_kept = values["is_kept"] == "yes"
        call_changes.judge_day(
            queue, values["day"], is_kept=is_kept, reason=values["reason"], by=person_of(request), at=clock.now()
        )

    return _taken(request, queue, "day_form", JudgedDayForm(request.POST), judge)


@require_POST
@requires(P.PLAN_STAFFING)
def day_removal(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    row = forecast_access.judged_day_of(_planned(request, code), pk)
    return _removed(request, code, row, call_changes.forget_judgement)


@require_POST
@requires(P.PLAN_STAFFING)
def stand_in(request: HttpRequest, code: str) -> HttpResponse:
    queue = _planned(request, code)

    def set_stand_in(values: dict[str, Any]) -> None:
        call_changes.stand_in(queue, **values, by=person_of(request), at=clock.now())

    return _taken(request, queue, "stand_in_form", StandInForm(request.POST, queue=queue), set_stand_in)


@require_POST
@requires(P.PLAN_STAFFING)
def stand_in_removal(request: HttpRequest, code: str) -> HttpResponse:
    row = forecast_access.stand_in_of(_planned(request, code))
    return _removed(request, code, row, call_changes.remove_stand_in)
