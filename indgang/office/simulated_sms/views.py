"""The simulated telephones of the demo: what was sent to them, what they wrote, and a form to write from one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.phone_numbers import NumberError, can_receive_sms, normalise
from indgang.messaging.models import SimulatedSms
from indgang.messaging.sms import gateways, simulator

#: the longest text that a telephone sends
_LONGEST = 1_000
_SHOWN = 100


class FromTelephoneForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Fra telefonnummer"), max_length=40)
    text = forms.CharField(
        label=gettext_lazy("Sms til kontaktcentret"),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_number(self) -> str:
        try:
            number = normalise(self.cleaned_data["number"])
        except NumberError:
            number = ""
        if not can_receive_sms(number):
            raise forms.ValidationError(_("Skriv et mobilnummer, fx 20 30 40 50."))
        return number


@require_http_methods(["GET", "POST"])
@requires(P.TAKE_CALLS, P.SEE_OPERATIONS)
def telephones(request: HttpRequest) -> HttpResponseBase:
    """The latest messages, newest first; a POST sends one from a telephone. 404 without the simulated gateway."""
    if not gateways.simulates():
        raise Http404
    number = request.GET.get("number", "")
    form = FromTelephoneForm(request.POST or None, initial={"number": number})
    if request.method == "POST" and form.is_valid():
        sent = simulator.write(**form.cleaned_data, at=clock.now())
        messages.success(request, _("Sms'en er sendt til kontaktcentret."))
        return redirect(f"{reverse('office:simulated-sms')}?{urlencode({'number': sent.number})}")
    rows = SimulatedSms.objects.order_by("-at", "-pk")
    rows = rows.filter(number=number) if number else rows
    context = {
        "title": _("SMS i demoen"), "form": form, "rows": rows[:_SHOWN], "number": number,
        "faults": sorted(simulator.FAULTS.items()),
    }  # fmt: skip
    return render(request, "office/simulated_sms/telephones.html", context, status=422 if form.errors else 200)
