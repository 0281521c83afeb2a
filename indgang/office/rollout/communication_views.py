"""Who is told what, and the places where an old number still stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.office.access import part_of
from indgang.office.rollout import access
from indgang.office.rollout.access import EDIT, READERS
from indgang.office.rollout.forms import OldNumberPlaceForm, PlannedMessageForm
from indgang.office.rollout.rows import about, kept_page
from indgang.programme.rollout import keeping
from indgang.programme.rollout.models import OldNumberPlace, PlannedMessage, RolloutPlan
from indgang.ui.refusals import refusals_as_messages


@require_GET
@requires(*READERS)
def communication(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_for(person_of(request), pk)
    places = list(plan.old_places.select_related("person"))
    context = about(request, plan, "communication") | {
        "messages_planned": plan.messages.select_related("person"), "places": places, "today": clock.today(),
        "left": sum(each.done_on is None for each in places),
    }  # fmt: skip
    return render(request, "office/rollout/communication.html", context)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def message_new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _message(request, plan, PlannedMessage(plan=plan))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def message(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _message(request, plan, part_of(plan.messages.select_related("plan"), row))


def _message(request: HttpRequest, plan: RolloutPlan, row: PlannedMessage) -> HttpResponse:
    return kept_page(
        request, plan, PlannedMessageForm(request.POST or None, row=row), row, heading=row.message or _("Nyt budskab"),
        back=_page(plan), removal="rollout-message-removal",
    )  # fmt: skip


@require_POST
@requires(EDIT)
def message_removal(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _removed(request, plan, part_of(plan.messages.select_related("plan"), row))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def place_new(request: HttpRequest, pk: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _place(request, plan, OldNumberPlace(plan=plan))


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def place(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _place(request, plan, part_of(plan.old_places.select_related("plan"), row))


def _place(request: HttpRequest, plan: RolloutPlan, row: OldNumberPlace) -> HttpResponse:
    return kept_page(
        request, plan, OldNumberPlaceForm(request.POST or None, row=row), row,
        heading=row.place or _("Nyt sted med et gammelt nummer"), back=_page(plan), removal="rollout-place-removal",
    )  # fmt: skip


@require_POST
@requires(EDIT)
def place_removal(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    plan = access.plan_to_edit(person_of(request), pk)
    return _removed(request, plan, part_of(plan.old_places.select_related("plan"), row))


def _removed(request: HttpRequest, plan: RolloutPlan, row: PlannedMessage | OldNumberPlace) -> HttpResponse:
    with refusals_as_messages(request):
        keeping.remove(row, by=person_of(request), at=clock.now())
    return redirect(_page(plan))


def _page(plan: RolloutPlan) -> str:
    return reverse("office:rollout-communication", args=[plan.pk])
