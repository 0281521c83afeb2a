"""Duty rotas: who shares one, the turns that are planned, how fair they are, and what centres swap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import DutyRota
from indgang.entry.team import rotas as actions
from indgang.office.last_day import LastDayForm, in_time
from indgang.office.rotas import access
from indgang.office.rotas.forms import NewRotaForm, PlanForm, RotaMemberForm
from indgang.office.rotas.shifts import SHOWN_DAYS, RotaPage
from indgang.office.rotas.words import when
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.LEAD_TEAM, P.EDIT_QUEUES)
def rotas(request: HttpRequest) -> HttpResponse:
    """All rotas with who is on duty now; a POST makes one."""
    person, at = person_of(request), clock.now()
    form = NewRotaForm(request.POST or None)
    if request.method == "POST" and not may(person, P.EDIT_QUEUES):
        return refused(request, P.EDIT_QUEUES)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = actions.create(**form.cleaned_data, by=person, at=at)
            messages.success(request, _("Vagtordningen er oprettet. Vælg, hvem der deltager."))
            return redirect("office:rota", made.code)
    on_duty = {each.rota_id: each for each in actions.coming(at, days=0)}
    today = DutyRota.objects.valid_on(clock.today()).select_related("hours")
    rows = [(each, on_duty.get(each.pk)) for each in today]
    context = {"rows": rows, "form": form, "plans": may(person, P.EDIT_QUEUES)}
    return render(request, "office/rotas/rotas.html", context, status=422 if form.errors else 200)


@requires(P.LEAD_TEAM, P.EDIT_QUEUES)
def rota(request: HttpRequest, code: str) -> HttpResponse:
    return _rota(request, access.rota(code))


@require_POST
@requires(P.EDIT_QUEUES)
def plan(request: HttpRequest, code: str) -> HttpResponseBase:
    shown, form = access.rota(code), PlanForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            made = actions.plan(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            text = ngettext("%(number)s vagt er fordelt.", "%(number)s vagter er fordelt.", made)
            messages.success(request, text % {"number": made})
            return redirect("office:rota", code)
    return _rota(request, shown, plan_form=form, status=422)


@require_POST
@requires(P.EDIT_QUEUES)
def members(request: HttpRequest, code: str) -> HttpResponseBase:
    shown = access.rota(code)
    form = RotaMemberForm(request.POST, rota=shown)
    if form.is_valid():
        with refusals_on_form(form):
            made = actions.join(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("%(name)s deltager i vagtordningen.") % {"name": made.queue.name})
            return redirect("office:rota", code)
    return _rota(request, shown, member_form=form, status=422)


@require_POST
@requires(P.EDIT_QUEUES)
def member_end(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    shown = access.rota(code)
    member = access.member(shown, pk)
    form = LastDayForm(request.POST, row=member)
    if form.is_valid():
        with refusals_on_form(form):
            actions.leave(member, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(
                request,
                _("%(name)s deltager ikke længere. Fordel de ledige vagter igen.") % {"name": member.queue.name},
            )
            return redirect("office:rota", code)
    return _rota(request, shown, ending={pk: form}, status=422)


@require_POST
@requires(P.LEAD_TEAM)
def offer(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    shift = access.own_shift(person_of(request), access.rota(code), pk)
    with refusals_as_messages(request):
        actions.offer(shift, by=person_of(request), at=clock.now())
        messages.success(request, _("De andre centre kan nu se, at vagten kan overtages."))
    return redirect("office:rota", code)


@require_POST
@requires(P.LEAD_TEAM)
def withdrawal(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    swap = access.own_swap(person_of(request), access.rota(code), pk)
    with refusals_as_messages(request):
        actions.withdraw(swap, by=person_of(request), at=clock.now())
        messages.success(request, _("Centret beholder vagten."))
    return redirect("office:rota", code)


@require_POST
@requires(P.LEAD_TEAM)
def taken(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Take the shift that another centre offers. A refusal is a message: by then the row may have nothing to take."""
    shown, person = access.rota(code), person_of(request)
    swap = access.swap(shown, pk)
    form = RotaPage(person, shown, clock.now()).take_form(swap, request.POST)
    if not form.is_valid():
        messages.error(request, _("Vælg det center, der tager vagten, og en af dets egne vagter eller ingen."))
        return redirect("office:rota", code)
    said = form.cleaned_data
    given = access.shift(shown, int(said["in_return"])) if said["in_return"] else None
    with refusals_as_messages(request):
        queue = access.queue_of(shown, said["queue"])
        shift = actions.take(swap, queue=queue, in_return=given, by=person, at=clock.now())
        messages.success(request, _("Centret har nu vagten %(when)s.") % {"when": when(shift)})
    return redirect("office:rota", code)


@require_POST
@requires(P.EDIT_QUEUES)
def assignment(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Give a shift to another centre by decision."""
    shown = access.rota(code)
    shift, queue = access.shift(shown, pk), access.queue_of(shown, request.POST.get("queue", ""))
    with refusals_as_messages(request):
        actions.assign(shift, queue=queue, by=person_of(request), at=clock.now())
        messages.success(request, _("%(name)s har nu vagten.") % {"name": queue.centre.name})
    return redirect("office:rota", code)


def _rota(
    request: HttpRequest,
    shown: DutyRota,
    *,
    status: int = 200,
    ending: Mapping[int, LastDayForm] | None = None,
    **more: Any,
) -> HttpResponse:
    person, today = person_of(request), clock.today()
    page = RotaPage(person, shown, clock.now())
    names = {each.queue.code: each.queue.centre.name for each in page.members}
    context = {
        "rota": shown, "rows": page.rows(), "plans": may(person, P.EDIT_QUEUES), "days": SHOWN_DAYS,
        "members": [
            in_time(row, today) | {"row": row, "end_form": (ending or {}).get(row.pk) or LastDayForm(row=row)}
            for row in page.members
        ],
        "balances": [(names[each.member], each) for each in actions.balances(shown, page.shifts, today)],
        "plan_form": PlanForm(), "member_form": RotaMemberForm(rota=shown),
    }  # fmt: skip
    return render(request, "office/rotas/rota.html", context | more, status=status)
