"""How each centre greets its callers: the list of centres, and the greetings of one with their days."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.models import Greeting, Prompt
from indgang.entry.setup import greetings
from indgang.office.greetings import access
from indgang.office.greetings.forms import GreetingForm
from indgang.telephony import speech
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@dataclass(frozen=True, slots=True)
class GreetingRow:
    """A greeting with its text in each language, and whether callers hear it today."""

    row: Greeting
    texts: dict[str, Prompt]
    is_heard: bool
    is_over: bool


@require_GET
@requires(P.EDIT_PROMPTS)
def greeting_list(request: HttpRequest) -> HttpResponse:
    rows = [_summary(centre) for centre in access.centres(person_of(request))]
    return render(request, "office/greetings/greetings.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROMPTS)
def centre_greetings(request: HttpRequest, code: str) -> HttpResponseBase:
    """The greetings of one centre; a POST adds one."""
    person = person_of(request)
    centre = access.centre(person, code)
    form = GreetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals_on_form(form, text="text_da"):
            greetings.write(
                centre, text=said["text_da"], text_en=said["text_en"], day=said["valid_from"], until=said["valid_to"],
                by=person, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Velkomsten er gemt. Her kan du også lægge en optagelse af den op."))
            return redirect("office:centre-greetings", code)
    saying, others = greetings.flows_with_step(centre)
    context = {
        "centre": centre, "form": form, "rows": _rows(centre), "today": clock.today(), "saying": saying,
        "others": others, "has_voice": speech.has_voice(),
    }  # fmt: skip
    return render(request, "office/greetings/centre.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.EDIT_PROMPTS)
def greeting_end(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """Say it no longer from today on; one that is planned is dropped."""
    person, at = person_of(request), clock.now()
    ended, today = access.greeting(person, code, pk), clock.day_of(at)
    with refusals_as_messages(request):
        greetings.end(ended, on=today, by=person, at=at)
        has_begun = ended.valid_from <= today
        messages.success(request, _("Velkomsten er stoppet.") if has_begun else _("Den planlagte velkomst er fjernet."))
    return redirect("office:centre-greetings", code)


def _rows(centre: ContactCentre) -> list[GreetingRow]:
    today = clock.today()
    found = list(Greeting.objects.filter(centre=centre).order_by("-valid_from"))
    heard = next((row for row in found if row.valid_on(today)), None)
    texts: dict[str, dict[str, Prompt]] = {}
    for prompt in Prompt.objects.filter(code__in=[row.prompt_code for row in found]).defer("recording"):
        texts.setdefault(prompt.code, {})[prompt.language] = prompt
    return [
        GreetingRow(row, texts.get(row.prompt_code, {}), row is heard, bool(row.valid_to and row.valid_to <= today))
        for row in found
    ]


def _summary(centre: ContactCentre) -> dict[str, object]:
    """The centre with the greeting that is heard today, the next one, and whether a flow says them."""
    rows = _rows(centre)
    today = clock.today()
    saying, _others = greetings.flows_with_step(centre)
    coming = [each for each in reversed(rows) if each.row.valid_from > today]
    heard = next((each for each in rows if each.is_heard), None)
    return {"centre": centre, "heard": heard, "next": coming[0] if coming else None, "saying": saying}
