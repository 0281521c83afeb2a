"""Meetings, training with a mentor and other fixed tasks of a centre as JSON, for those who plan there.

GET  /api/shifts/tmf/meetings/          what holds today or later
POST /api/shifts/tmf/meetings/          {"title": "Teammøde", "activity": "meeting", "people": ["anna"],
                                        "weekdays": [0], "opens": "09:00", "closes": "10:00",
                                        "valid_from": "2026-03-16"}
POST /api/shifts/tmf/meetings/3/end/    {"on": "2026-04-01"}, the first day without it
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import access
from indgang.api.bodies import answers_refusals, checked, values
from indgang.api.operations import Operation, declares
from indgang.core import clock
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.workforce.models import ShiftActivity
from indgang.workforce.shifts import appointments, contracts, listing

_WEEKDAYS = [(str(number), number) for number in range(7)]


class MeetingForm(forms.Form):
    """A meeting, training or another fixed task. `last` is its last day; without it, it has no end."""

    title = forms.CharField(max_length=120)
    activity = forms.ModelChoiceField(
        ShiftActivity.objects.none(), to_field_name="code", help_text="code of an activity of shift planning"
    )
    people = forms.ModelMultipleChoiceField(Person.objects.none(), to_field_name="username")
    mentor = forms.ModelChoiceField(
        Person.objects.none(), required=False, to_field_name="username", help_text="in training; not one of the people"
    )
    weekdays = forms.TypedMultipleChoiceField(coerce=int, choices=_WEEKDAYS, help_text="0 for Monday")
    every_weeks = forms.IntegerField(
        min_value=1, max_value=appointments.MOST_WEEKS, required=False, help_text="1, every week, when left out"
    )
    opens = forms.TimeField()
    closes = forms.TimeField()
    valid_from = DayField()
    last = DayField(required=False, help_text="the last day; without it, it has no end")

    def __init__(self, data: Mapping[str, Any] | None = None, *, people: QuerySet[Person]) -> None:
        super().__init__(data)
        offer(self, "activity", ShiftActivity.objects.valid_on(clock.today()))
        offer(self, "people", people)
        offer(self, "mentor", people)

    def values(self) -> dict[str, Any]:
        """The arguments of `appointments.add`."""
        said: dict[str, Any] = dict(self.cleaned_data)
        last: date | None = said.pop("last")
        return said | {
            "people": list(said["people"]), "every_weeks": said["every_weeks"] or 1,
            "valid_to": last and last + timedelta(days=1),
        }  # fmt: skip


class MeetingEndForm(forms.Form):
    """The first day without it."""

    on = DayField()


@declares(
    Operation("GET", "Meetings, training and other fixed tasks of a centre that hold today or later"),
    Operation("POST", "Add one", body=MeetingForm, status=201),
)
@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def meetings(request: HttpRequest, code: str) -> JsonResponse:
    shown = access.centre(person_of(request), code)
    if request.method == "GET":
        rows = appointments.of_centre(shown, clock.today())
        return JsonResponse({"centre": code, "meetings": [listing.meeting(each) for each in rows]})
    form = checked(MeetingForm(values(request), people=contracts.people_of(shown.pk, clock.today())))
    made = appointments.add(shown, **form.values(), by=person_of(request), at=clock.now())
    return JsonResponse(listing.meeting(made), status=201)


@declares(Operation("POST", "End one, or remove one that has not begun", body=MeetingEndForm))
@require_POST
@requires(Permission.PLAN_STAFFING)
@answers_refusals
def meeting_end(request: HttpRequest, code: str, pk: int) -> JsonResponse:
    """The meetings that are left."""
    shown = access.centre(person_of(request), code)
    ended = get_object_or_404(appointments.of_centre(shown, clock.today()), pk=pk)
    on = checked(MeetingEndForm(values(request))).cleaned_data["on"]
    appointments.end(ended, on=on, by=person_of(request), at=clock.now())
    rows = appointments.of_centre(shown, clock.today())
    return JsonResponse({"centre": code, "meetings": [listing.meeting(each) for each in rows]})
