"""The simulated people of the demo's secure post: what was sent to them, what they wrote, a form to write as one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.text import ID_DIGITS, whole_number
from indgang.correspondence.models import Mailbox
from indgang.correspondence.secure_post import following, identity
from indgang.correspondence.secure_post.mailboxes import sender_of
from indgang.messaging.models import SimulatedPost
from indgang.messaging.secure_post import memo, opening, simulator

_SHOWN = 50


class FromPersonForm(forms.Form):
    mailbox = forms.ModelChoiceField(
        Mailbox.objects.none(), label=gettext_lazy("Til postkassen"), empty_label=None, to_field_name="code"
    )
    number = forms.CharField(
        label=gettext_lazy("Fra CPR- eller CVR-nummer"),
        max_length=40,
        help_text=gettext_lazy("Brug et opdigtet nummer."),
    )
    name = forms.CharField(label=gettext_lazy("Afsenderens navn"), max_length=100)
    label = forms.CharField(label=gettext_lazy("Titel"), max_length=200)
    text = forms.CharField(label=gettext_lazy("Meddelelse"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Mailbox.objects.valid_on(clock.today()).filter(adapter=Mailbox.Adapter.SIMULATED_POST)
        self.fields["mailbox"].queryset = there  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        party = identity.party_in(self.cleaned_data["number"])
        if party is None:
            raise forms.ValidationError(_("Skriv et CPR- eller CVR-nummer."))
        return party.number


@require_http_methods(["GET", "POST"])
@requires(P.TAKE_CALLS, P.SEE_OPERATIONS)
def people(request: HttpRequest) -> HttpResponseBase:
    """The latest messages, newest first; a POST sends one as a person. 404 outside the demo."""
    if not settings.DEMO:
        raise Http404
    answered = _answered(request)
    form = FromPersonForm(request.POST or None, initial=_initial(answered))
    if request.method == "POST" and form.is_valid():
        _write(form.cleaned_data, answered)
        messages.success(request, _("Meddelelsen er sendt til kontaktcentret."))
        return redirect("office:simulated-post")
    rows = [(row, _text(row)) for row in SimulatedPost.objects.order_by("-at", "-pk")[:_SHOWN]]
    context = {
        "title": _("Digital Post i demoen"), "form": form, "rows": rows, "answered": answered,
        "faults": sorted(simulator.FAULTS.items()),
    }  # fmt: skip
    return render(request, "office/simulated_post/people.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest) -> SimulatedPost | None:
    """The message of ours that is answered."""
    number = whole_number(request.GET.get("answers", ""), ID_DIGITS)
    return SimulatedPost.objects.filter(pk=number, is_incoming=False).first() if number else None


def _initial(answered: SimulatedPost | None) -> dict[str, str]:
    if answered is None:
        return {}
    label = memo.read(bytes(answered.memo)).label
    return {"mailbox": answered.mailbox, "number": answered.number, "name": answered.name, "label": f"SV: {label}"}


def _write(data: dict[str, Any], answered: SimulatedPost | None) -> None:
    box = data["mailbox"]
    opening.simulated(box.code).write(
        sender=simulator.person(data["number"], data["name"]), recipient=sender_of(box), label=data["label"],
        text=data["text"], at=clock.now(), answers=answered,
    )  # fmt: skip
    following.fetch_soon()


def _text(row: SimulatedPost) -> str:
    try:
        return memo.read(bytes(row.memo)).text
    except memo.UnreadableMemo:
        return ""
