"""The groups of a unit and their members."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.office.availability import access
from indgang.office.availability.standing_in import GroupForm, GroupMemberForm, NewGroupForm
from indgang.office.last_day import LastDayForm, in_time
from indgang.ui.refusals import refusals_on_form
from indgang.workforce import groups as group_actions
from indgang.workforce.models import Group, GroupMember


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def groups(request: HttpRequest, code: str) -> HttpResponse:
    """The groups of the unit with their members of today; a POST adds one."""
    unit, today = access.unit_to_make_for(person_of(request), code), clock.today()
    form = NewGroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            made = group_actions.add(unit, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Faggruppen er oprettet. Føj medarbejdere til den."))
            return redirect("office:group", code, made.pk)
    rows = [
        (group, GroupMember.objects.valid_on(today).filter(group=group).select_related("person"))
        for group in Group.objects.filter(unit=unit).order_by("name")
    ]
    context = {"unit": unit, "rows": rows, "form": form}
    return render(request, "office/availability/groups.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.MAKE_AGREEMENTS)
def group(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One group; a POST renames it."""
    shown = _group_for(request, code, pk)
    form = GroupForm(request.POST or None, group=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            group_actions.rename(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Faggruppen er gemt."))
            return redirect("office:group", code, pk)
    return _group(request, shown, form=form, status=422 if form.errors else 200)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def members(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    shown = _group_for(request, code, pk)
    form = GroupMemberForm(request.POST, group=shown)
    if form.is_valid():
        with refusals_on_form(form):
            made = group_actions.add_member(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("%(name)s er føjet til gruppen.") % {"name": made.person.name})
            return redirect("office:group", code, pk)
    return _group(request, shown, member_form=form, status=422)


@require_POST
@requires(P.MAKE_AGREEMENTS)
def member_end(request: HttpRequest, code: str, pk: int, member: int) -> HttpResponse:
    shown = _group_for(request, code, pk)
    ended = access.member_for(shown, member)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            group_actions.end_member(ended, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("%(name)s er taget ud af gruppen.") % {"name": ended.person.name})
            return redirect("office:group", code, pk)
    return _group(request, shown, ending={ended.pk: form}, status=422)


def _group_for(request: HttpRequest, code: str, pk: int) -> Group:
    return access.group_for(access.unit_to_make_for(person_of(request), code), pk)


def _group(
    request: HttpRequest, shown: Group, *, status: int = 200, ending: dict[int, LastDayForm] | None = None, **more: Any
) -> HttpResponse:
    """Present and planned members first, then those who have left."""
    today = clock.today()
    rows = [
        in_time(row, today) | {"row": row, "end_form": (ending or {}).get(row.pk) or LastDayForm(row=row)}
        for row in shown.members.select_related("person").order_by("person__name", "valid_from")
    ]
    context = {
        "group": shown,
        "unit": shown.unit,
        "rows": sorted(rows, key=lambda each: not each["holds"] and not each["is_planned"]),
        "form": GroupForm(group=shown),
        "member_form": GroupMemberForm(group=shown),
    }
    return render(request, "office/availability/group.html", context | more, status=status)
