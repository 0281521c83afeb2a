"""Whoever has answered may ask to be called about it: only with their consent do we get the number."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.feedback.follow_ups import call_backs, opening
from indgang.feedback.models import Response, SurveyInvitation
from indgang.portal import votes
from indgang.portal.pages import address, show
from indgang.portal.views.invitations import of_the_invited
from indgang.portal.visitors import Allowance

_SENT = Allowance(20, 3600.0)


class CallBackWish(forms.Form):
    """The number, and the consent without which it is not kept."""

    consent = forms.BooleanField(
        label=_("I må ringe til mig om mit svar"),
        error_messages={"required": _("Sæt kryds, hvis vi må ringe til dig.")},
    )
    phone = forms.CharField(
        label=_("Telefonnummer"), max_length=30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Skriv et telefonnummer, som vi kan ringe til.")},
    )  # fmt: skip


@of_the_invited
def call_back(request: HttpRequest, invitation: SurveyInvitation) -> HttpResponse:
    """The form for the number; a POST keeps it with the follow-up of the answer."""
    response = Response.objects.filter(invitation=invitation).select_related(
        "version", "centre__schedule", "unit", "service__unit"
    ).first()  # fmt: skip
    if response is None:
        return HttpResponseRedirect(address(request, "invitation", invitation.token))
    form = CallBackWish(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _keep(request, response, form):
        return HttpResponseRedirect(address(request, "invitation-call-back", invitation.token) + "?tak")
    context = {
        "invitation": invitation, "form": form, "thanked": "tak" in request.GET,
        "days": opening.terms_of(response).working_days,
    }  # fmt: skip
    return show(request, "portal/invitation_call_back.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, response: Response, form: CallBackWish) -> bool:
    if not votes.is_ours(request) or not _SENT.take(request):
        form.add_error(None, _("Nummeret blev ikke gemt. Ring til os i stedet."))
        return False
    try:
        call_backs.ask(
            response, phone=form.cleaned_data["phone"], consented=form.cleaned_data["consent"], at=clock.now()
        )
    except RefusedChange as refusal:
        for name, reason in refusal.reasons.items():
            form.add_error(name or None, str(reason))
        return False
    return True
