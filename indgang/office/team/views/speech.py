"""Listening to a text before callers do."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission as P
from indgang.office.team.forms import SpeechForm
from indgang.telephony import speech

_MAY = (P.SWITCH_MESSAGES, P.EDIT_PROMPTS, P.EDIT_FLOWS)


@require_GET
@requires(*_MAY)
def sample(request: HttpRequest) -> HttpResponse:
    """A player for the text, or the reason why there is none."""
    form = SpeechForm(_asked(request))
    if not form.is_valid():
        return render(request, "office/team/sample.html", {"empty": True})
    if not speech.has_voice():
        return render(request, "office/team/sample.html", {"no_voice": True})
    words = {"text": form.cleaned_data["text"], "language": form.cleaned_data["language"] or "da"}
    return render(request, "office/team/sample.html", {"source": f"{reverse('office:speech')}?{urlencode(words)}"})


@require_GET
@requires(*_MAY)
def spoken(request: HttpRequest) -> HttpResponse:
    """The spoken text (WAV)."""
    form = SpeechForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        wav = speech.speak(form.cleaned_data["text"], form.cleaned_data["language"] or "da")
    except speech.NoVoice:
        return HttpResponse(status=503)
    return HttpResponse(wav, content_type="audio/wav", headers={"Cache-Control": "private, max-age=300"})


def _asked(request: HttpRequest) -> dict[str, str]:
    """The requested text: `text` and `language`, or a form field with its language in its name."""
    for language in ("da", "en"):
        if f"text_{language}" in request.GET:
            return {"text": request.GET[f"text_{language}"], "language": language}
    return {"text": request.GET.get("text", ""), "language": request.GET.get("language", "")}
