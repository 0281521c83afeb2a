"""A person's own entry in the directory: whether it is right, and which entry is theirs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from indgang.accounts import people
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.catalogue import directory
from indgang.core import clock
from indgang.desk.forms import OwnEntryForm
from indgang.ui.refusals import refusals_as_messages


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def verification(request: HttpRequest) -> HttpResponse:
    """The person says that their entry is still right."""
    person = person_of(request)
    if person.entry is None:
        raise Http404
    directory.verify(person.entry, by=person, at=clock.now())
    messages.success(request, _("Noteret: opslaget er stadig rigtigt."))
    return redirect("desk:own-day")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def link(request: HttpRequest) -> HttpResponse:
    """The person says which entry is theirs: one with their name or e-mail that belongs to nobody else."""
    person = person_of(request)
    form = OwnEntryForm(request.POST, person=person)
    if not form.is_valid():
        messages.error(request, _("Opslaget kan ikke vælges længere. Prøv igen."))
        return redirect("desk:own-day")
    with refusals_as_messages(request):
        people.link_entry(person, form.cleaned_data["entry"], by=person, at=clock.now())
        messages.success(request, _("Opslaget er dit nu."))
    return redirect("desk:own-day")
