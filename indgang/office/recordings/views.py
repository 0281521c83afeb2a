"""Recorded conversations: a list of those that a person may hear, and one with its listeners."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.text import ID_DIGITS, whole_number
from indgang.enquiries import recordings
from indgang.enquiries.models import CallRecording
from indgang.office.recordings import access, player
from indgang.office.recordings.forms import ReasonForm, RemovalForm
from indgang.ui.refusals import refusals_on_form

PER_PAGE = 50


@require_GET
@requires(P.LISTEN_RECORDINGS)
def recording_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(access.recordings_of(person_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/recordings/recordings.html", {"rows": page, "page": page})


@require_http_methods(["GET", "POST"])
@requires(P.LISTEN_RECORDINGS)
def recording(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One recording and who has heard it. A POST says why one wants to hear it; then the page has a player."""
    person = person_of(request)
    shown = access.recording_for(person, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            look = recordings.listen(shown, why=form.cleaned_data["why"], by=person, at=clock.now())
            return redirect(f"{request.path}?look={look.pk}")
    return _page(request, shown, form, RemovalForm())


@require_GET
@requires(P.LISTEN_RECORDINGS)
def recording_sound(request: HttpRequest, pk: int, look: int) -> HttpResponse:
    """The sound, or the part of it that is asked for, for the player of somebody who has just said why."""
    person, at = person_of(request), clock.now()
    shown = access.recording_for(person, pk)
    size = recordings.sound_size(shown, look, by=person, at=at)
    return player.sound(
        request, size, lambda first, last: recordings.sound_for(shown, look, by=person, at=at, first=first, last=last)
    )


@require_POST
@requires(P.LISTEN_RECORDINGS)
def recording_removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Delete a recording before its date."""
    person = person_of(request)
    shown = access.recording_for(person, pk)
    form = RemovalForm(request.POST)
    if form.is_valid():
        with refusals_on_form(form):
            recordings.delete(shown, why=form.cleaned_data["why"], by=person, at=clock.now())
            messages.success(request, _("Optagelsen er slettet."))
            return redirect("office:recordings")
    return _page(request, shown, ReasonForm(), form)


def _page(request: HttpRequest, shown: CallRecording, form: ReasonForm, removal: RemovalForm) -> HttpResponse:
    looks = recordings.listenings(shown)
    look = whole_number(request.GET.get("look", ""), ID_DIGITS)
    mine = look is not None and recordings.may_hear_now(shown, look, by=person_of(request), at=clock.now())
    context = {"recording": shown, "form": form, "removal": removal, "looks": looks, "look": look if mine else None}
    return render(
        request, "office/recordings/recording.html", context, status=422 if form.errors or removal.errors else 200
    )
