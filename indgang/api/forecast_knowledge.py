"""What planners know of the calls of a queue as JSON; each change answers with all of it.

GET  /api/forecasts/tmf-byggeri/knowledge/                      events, services that move, judged days, what stands in
POST /api/forecasts/tmf-byggeri/knowledge/events/               a campaign, a mailing or a payment
POST /api/forecasts/tmf-byggeri/knowledge/events/3/removal/
POST /api/forecasts/tmf-byggeri/knowledge/moves/                a service with a documented volume
POST /api/forecasts/tmf-byggeri/knowledge/moves/3/removal/
POST /api/forecasts/tmf-byggeri/knowledge/days/                 {"day": "2026-02-25", "reason": "Testopkald"}
POST /api/forecasts/tmf-byggeri/knowledge/days/3/removal/
POST /api/forecasts/tmf-byggeri/knowledge/stand-in/       {"similar": "tmf-byliv", "scaling": 2, "source": "Skøn"}
POST /api/forecasts/tmf-byggeri/knowledge/stand-in/removal/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.planning import call_changes, knowledge_listing
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService
from indgang.planning.models.forecasts import MOST_RAMP_DAYS
from indgang.planning.rights import PLANNERS
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

Given = Mapping[str, Any]


class NewEventForm(forms.Form):
    """Days on which more or fewer people call."""

    kind = forms.ChoiceField(choices=CallEvent.Kind.choices)
    name = forms.CharField(max_length=100, help_text="the same name when it happens again")
    first = DayField()
    last = DayField(help_text="included")
    percent = forms.IntegerField(
        min_value=-90, max_value=900, required=False, help_text="more calls than usual; 0 when nobody knows"
    )
    all_queues = forms.BooleanField(required=False, help_text="of the centre")


class NewMoveForm(forms.Form):
    """A service that moves into the queue."""

    name = forms.CharField(max_length=100)
    first = DayField()
    calls_a_year = forms.IntegerField(
        min_value=-10_000_000, max_value=10_000_000, help_text="negative when it moves out of the queue"
    )
    ramp_days = forms.IntegerField(
        min_value=0, max_value=MOST_RAMP_DAYS, required=False, help_text="until all of its calls come here"
    )
    source = forms.CharField(max_length=300, help_text="where the number comes from")


class NewJudgementForm(forms.Form):
    """A day that does not count in the history, or does although it is far off."""

    day = DayField()
    is_kept = forms.BooleanField(required=False, help_text="it counts")
    reason = forms.CharField(max_length=200)


class CountedWeekField(forms.TypedMultipleChoiceField):
    """Whole numbers of calls."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return re.fullmatch(r"\d{1,6}", str(value), re.ASCII) is not None


class NewStandInForm(forms.Form):
    """What stands in for the history: a similar queue, or a counted week."""

    similar = forms.ModelChoiceField(
        Queue.objects.none(), required=False, to_field_name="code", help_text="a queue of the centre for the same work"
    )
    week = CountedWeekField(required=False, help_text="calls from Monday to Sunday")
    scaling = forms.DecimalField(
        min_value=Decimal("0.001"), max_value=Decimal(1000), decimal_places=3, required=False,
        help_text="1 when left out",
    )  # fmt: skip
    source = forms.CharField(max_length=300)

    def __init__(self, data: Given | None = None, *, queue: Queue) -> None:
        super().__init__(data)
        same = Queue.objects.valid_on(clock.today()).filter(centre=queue.centre, work=queue.work)
        offer(self, "similar", same.exclude(pk=queue.pk))


# --- What the command does too: each raises RefusedChange, and Http404 for a row that is not there -----------------


def add_event(queue: Queue, given: Given, by: Person, at: datetime) -> None:
    said = checked(NewEventForm(given)).cleaned_data
    of = None if said.pop("all_queues") else queue
    made = CallEvent(centre=queue.centre, queue=of, **said | {"percent": said["percent"] or 0})
    call_changes.add_event(made, by=by, at=at)


def add_move(queue: Queue, given: Given, by: Person, at: datetime) -> None:
    said = checked(NewMoveForm(given)).cleaned_data
    made = MovedService(queue=queue, **said | {"ramp_days": said["ramp_days"] or 0})
    call_changes.add_move(made, by=by, at=at)


def judge_day(queue: Queue, given: Given, by: Person, at: datetime) -> None:
    said = checked(NewJudgementForm(given)).cleaned_data
    call_changes.judge_day(queue, said["day"], is_kept=said["is_kept"], reason=said["reason"], by=by, at=at)


def set_stand_in(queue: Queue, given: Given, by: Person, at: datetime) -> None:
    said = checked(NewStandInForm(given, queue=queue)).cleaned_data
    scaling = Decimal(1) if said["scaling"] is None else said["scaling"]
    call_changes.stand_in(queue, **said | {"scaling": scaling}, by=by, at=at)


def remove_event(queue: Queue, pk: int, by: Person, at: datetime) -> None:
    call_changes.remove_event(get_object_or_404(CallEvent.objects.of(queue), pk=pk), by=by, at=at)


def remove_move(queue: Queue, pk: int, by: Person, at: datetime) -> None:
    call_changes.remove_move(get_object_or_404(MovedService, queue=queue, pk=pk), by=by, at=at)


def forget_day(queue: Queue, pk: int, by: Person, at: datetime) -> None:
    call_changes.forget_judgement(get_object_or_404(JudgedDay, queue=queue, pk=pk), by=by, at=at)


def remove_stand_in(queue: Queue, by: Person, at: datetime) -> None:
    call_changes.remove_stand_in(get_object_or_404(HistoryStandIn, queue=queue), by=by, at=at)


# --- Addresses -------------------------------------------------------------------------------------------------------


@require_GET
@requires(*PLANNERS)
def knowledge(request: HttpRequest, code: str) -> JsonResponse:
    """What planners know of the calls of a queue: events, services that move, judged days, what stands in."""
    return JsonResponse(knowledge_listing.as_data(access.queue(person_of(request), code, PLANNERS)))


def _adding(
    about: str, body: type[forms.Form], add: Callable[[Queue, Given, Person, datetime], None]
) -> Callable[..., HttpResponseBase]:
    @declares(Operation("POST", about, body=body, status=201))
    @require_POST
    @requires(Permission.PLAN_STAFFING)
    @answers_refusals
    def added(request: HttpRequest, code: str) -> JsonResponse:
        by = person_of(request)
        queue = access.queue(by, code)
        add(queue, values(request), by, clock.now())
        return JsonResponse(knowledge_listing.as_data(queue), status=201)

    return added


def _removing(about: str, remove: Callable[..., None]) -> Callable[..., HttpResponseBase]:
    """`remove` takes the queue, the key of the row where the address has one, who and when."""

    @declares(Operation("POST", about))
    @require_POST
    @requires(Permission.PLAN_STAFFING)
    @answers_refusals
    def removed(request: HttpRequest, code: str, **key: int) -> JsonResponse:
        by = person_of(request)
        queue = access.queue(by, code)
        remove(queue, *key.values(), by, clock.now())
        return JsonResponse(knowledge_listing.as_data(queue))

    return removed


events = _adding("Add a campaign, a mailing, a payment or the like", NewEventForm, add_event)
event_removal = _removing("Remove an event", remove_event)
moves = _adding("Add a service that moves, with its documented volume", NewMoveForm, add_move)
move_removal = _removing("Remove a service that moves", remove_move)
days = _adding("Leave a day out of the history, or keep it in it", NewJudgementForm, judge_day)
day_removal = _removing("Forget what was said about a day", forget_day)
stand_in = _adding("Let a similar queue or a counted week stand in", NewStandInForm, set_stand_in)
stand_in_removal = _removing("Remove what stands in for the history", remove_stand_in)
