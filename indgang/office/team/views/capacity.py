"""Capacity: the capacity profiles of a centre, and the people who have them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import sort_key
from indgang.entry.models import CapacityTerms
from indgang.entry.team import capacity
from indgang.office.access import centre_for, centres_of
from indgang.office.team import access
from indgang.office.team.capacity import history, profile_row, with_profiles, words
from indgang.office.team.forms import CapacityChoiceForm, CapacityForm, NewCapacityForm
from indgang.ui.refusals import refusals_as_messages, show_refusal


@require_GET
@requires(P.LEAD_TEAM)
def capacities(request: HttpRequest) -> HttpResponse:
    """The centres whose people this person leads."""
    centres = list(centres_of(person_of(request), P.LEAD_TEAM))
    if len(centres) == 1:
        return redirect("office:capacity", centres[0].code)
    return render(request, "office/team/capacities.html", {"centres": centres})


@require_http_methods(["GET", "POST"])
@requires(P.LEAD_TEAM)
def centre_capacity(request: HttpRequest, centre: str) -> HttpResponseBase:
    """The profiles and the people of a centre; a POST creates a profile."""
    person = person_of(request)
    shown = centre_for(person, centre, P.LEAD_TEAM)
    form = NewCapacityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            capacity.create(
                shown, form.cleaned_data["name"], form.capacity(), form.may_interrupt(), by=person, at=clock.now()
            )
            messages.success(request, _("Profilen er oprettet. Giv den nu til dem, der skal have den."))
            return redirect("office:capacity", shown.code)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _page(request, shown, new=form)


@require_POST
@requires(P.LEAD_TEAM)
def choices(request: HttpRequest, centre: str) -> HttpResponseBase:
    """Give people of the centre a profile, or none, from a day on."""
    person = person_of(request)
    shown = centre_for(person, centre, P.LEAD_TEAM)
    form = _choice_form(shown, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        day: date = data["valid_from"]
        led = centres_of(person, P.LEAD_TEAM).values_list("pk", flat=True)
        try:
            changed = capacity.choose(
                list(data["people"]), data["profile"], centre=shown, led=list(led), day=day, by=person, at=clock.now()
            )
            messages.success(request, _changed(changed, day))
            return redirect("office:capacity", shown.code)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _page(request, shown, choose=form)


@require_http_methods(["GET", "POST"])
@requires(P.LEAD_TEAM)
def profile(request: HttpRequest, centre: str, profile: int) -> HttpResponseBase:
    """One profile with its present, past and planned content; a POST changes it from a day on."""
    person = person_of(request)
    edited = access.capacity_profile_for(centre_for(person, centre, P.LEAD_TEAM), profile)
    form = CapacityForm(request.POST or None, holds=capacity.on(edited, clock.today()), today=clock.today())
    if request.method == "POST" and form.is_valid():
        day: date = form.cleaned_data["valid_from"]
        try:
            capacity.decide(edited, form.capacity(), form.may_interrupt(), day=day, by=person, at=clock.now())
            messages.success(request, _("Ændringen gælder fra %(day)s.") % {"day": f"{day:%d.%m.%Y}"})
            return redirect("office:capacity-profile", edited.centre.code, edited.pk)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    context = {"centre": edited.centre, "profile": edited, "form": form, "rows": history(edited, clock.today())}
    return render(request, "office/team/capacity_profile.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.LEAD_TEAM)
def removal(request: HttpRequest, centre: str, profile: int, terms: int) -> HttpResponseBase:
    """Remove a planned change."""
    person = person_of(request)
    edited = access.capacity_profile_for(centre_for(person, centre, P.LEAD_TEAM), profile)
    planned = get_object_or_404(CapacityTerms.objects.select_related("profile__centre"), profile=edited, pk=terms)
    with refusals_as_messages(request):
        capacity.call_off(planned, by=person, at=clock.now())
        messages.success(request, _("Den planlagte ændring er fjernet."))
    return redirect("office:capacity-profile", edited.centre.code, edited.pk)


@require_GET
@requires(P.LEAD_TEAM)
def preview(request: HttpRequest) -> HttpResponse:
    """The choices of a form in words."""
    form = NewCapacityForm({**request.GET.dict(), "interrupts": request.GET.getlist("interrupts"), "name": "-"})
    said = words(capacity.load(form.capacity(), form.may_interrupt())) if form.is_valid() else ""
    return render(request, "office/team/capacity_preview.html", {"said": said})


def _changed(number: int, day: date) -> str:
    if not number:
        return _("De havde allerede den profil.")
    words = {"number": number, "day": f"{day:%d.%m.%Y}"}
    return (
        ngettext(
            "%(number)s medarbejder får en anden profil fra %(day)s.",
            "%(number)s medarbejdere får en anden profil fra %(day)s.",
            number,
        )
        % words
    )


def _page(
    request: HttpRequest, centre: ContactCentre, *, new: NewCapacityForm | None = None,
    choose: CapacityChoiceForm | None = None,
) -> HttpResponse:  # fmt: skip
    today = clock.today()
    people = sorted(access.agents_of(centre), key=lambda each: sort_key(each.name))
    context: dict[str, Any] = {
        "centre": centre,
        "rows": [profile_row(each, today) for each in access.capacity_profiles_of(centre)],
        "usual": words(capacity.USUAL),
        "people": with_profiles(people, today, chosen=_chosen(choose)),
        "new": new or NewCapacityForm(),
        "choose": choose or _choice_form(centre),
    }
    refused = (new and new.errors) or (choose and choose.errors)
    return render(request, "office/team/capacity.html", context, status=422 if refused else 200)


def _choice_form(centre: ContactCentre, data: Any = None) -> CapacityChoiceForm:
    return CapacityChoiceForm(
        data, profiles=access.capacity_profiles_of(centre), people=access.agents_of(centre),
        initial={"valid_from": clock.today()},
    )  # fmt: skip


def _chosen(form: CapacityChoiceForm | None) -> set[str]:
    """The people (ids) ticked in a form that is shown again."""
    return {str(pk) for pk in form["people"].value() or ()} if form else set()
