"""Who does not want to be asked: looked up by number or mail address, kept for somebody who says no, and taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.feedback import opting_out
from indgang.office.feedback import access
from indgang.office.feedback.opt_out_form import OptOutForm


@require_http_methods(["GET", "POST"])
@requires(access.SET, access.LEAD)
def opt_outs(request: HttpRequest) -> HttpResponse:
    """The form. The number or address is sent in the body, so that it stands in no log of addresses."""
    form = OptOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = _done(form.cleaned_data["wish"], form.cleaned_data["asked"], person_of(request))
        messages.success(request, said)
        return redirect("office:opt-outs")
    return render(request, "office/feedback/opt_outs.html", {"form": form}, status=422 if form.errors else 200)


def _done(wish: str, address: str, by: Person) -> str:
    """Carry the wish out, and what came of it."""
    if wish == "no":
        if opting_out.say_no(address, by=by, at=clock.now()):
            return _("Det er gemt. Vi spørger ikke igen, hverken i telefonen, på SMS eller på mail.")
        return _("Det var gemt i forvejen. Vi spørger ikke.")
    if wish == "yes":
        if opting_out.take_back(address, by=by, at=clock.now()):
            return _("Fravalget er fjernet. Fra nu af kan vi spørge igen.")
        return _("Der var ikke sagt nej tak.")
    if opting_out.is_known(address):
        return _("Der er sagt nej tak. Vi spørger ikke.")
    return _("Der er ikke sagt nej tak.")
