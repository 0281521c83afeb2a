"""Texts and recordings that callers hear."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.audit.models import Change
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Prompt
from indgang.entry.setup import prompts
from indgang.office.prompts import access
from indgang.office.prompts.forms import NewPromptForm, PromptForm, RecordingForm
from indgang.telephony import speech
from indgang.ui.missing import not_found_after


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROMPTS)
def prompt_list(request: HttpRequest) -> HttpResponseBase:
    """All texts without single numbers (`pieces` includes them), or those that match `q`; a POST adds one."""
    person = person_of(request)
    form = NewPromptForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if Prompt.objects.filter(code=code).exists():
            form.add_error("code", _("Der findes allerede en tekst med det navn."))
        elif _write(form, code, person):
            messages.success(request, _("Teksten er gemt."))
            return redirect("office:prompt", code)
    wanted = request.GET.get("q", "").strip()
    rows = Prompt.objects.filter(code__icontains=wanted) | Prompt.objects.filter(text__icontains=wanted)
    texts: dict[str, dict[str, Prompt]] = {}
    for row in Prompt.objects.filter(code__in=rows.values("code")).defer("recording").select_related("unit"):
        texts.setdefault(row.code, {})[row.language] = row
    used = prompts.uses()
    pieces = sum(prompts.is_piece(code) for code in texts)
    if not (wanted or "pieces" in request.GET):
        texts = {code: languages for code, languages in texts.items() if not prompts.is_piece(code)}
    listed = [(code, languages, _unit(languages), len(used.get(code, ()))) for code, languages in texts.items()]
    context = {"rows": listed, "form": form, "wanted": wanted, "pieces": pieces}
    return render(request, "office/prompts/prompts.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PROMPTS)
def prompt(request: HttpRequest, code: str) -> HttpResponseBase:
    """One text in its languages, and its unit; a POST saves them."""
    person, by_language = person_of(request), _languages(code)
    if request.method == "POST" and not _may_edit(person, by_language):
        return refused(request, P.EDIT_PROMPTS)
    form = PromptForm(request.POST or None, initial=_initial(by_language), person=person)
    if request.method == "POST" and form.is_valid() and _write(form, code, person):
        messages.success(request, _("Teksten er gemt. Den bliver sagt fra næste opkald."))
        return redirect("office:prompt", code)
    return _page(request, code, form, _recording_form(by_language))


@require_POST
@requires(P.EDIT_PROMPTS)
def prompt_recording(request: HttpRequest, code: str) -> HttpResponseBase:
    """Upload a recording, or with `forget` (a language) return to synthetic speech."""
    by_language = _languages(code)
    person = person_of(request)
    if not _may_edit(person, by_language):
        return refused(request, P.EDIT_PROMPTS)
    forgotten = by_language.get(request.POST.get("forget", ""))
    if forgotten is not None:
        prompts.forget_recording(forgotten, by=person, at=clock.now())
        messages.success(request, _("Optagelsen er fjernet; teksten læses op."))
        return redirect("office:prompt", code)
    form = _recording_form(by_language, request.POST, request.FILES)
    if form.is_valid():
        row = by_language.get(form.cleaned_data["language"])
        if row is not None:
            prompts.record(row, wav=form.cleaned_data["file"], name=form.name, by=person, at=clock.now())
            messages.success(request, _("Optagelsen er gemt."))
            return redirect("office:prompt", code)
        form.add_error("language", _("Skriv først teksten på det sprog."))
    texts = PromptForm(initial=_initial(by_language), person=person)
    return _page(request, code, texts, form)


@require_POST
@requires(P.EDIT_PROMPTS)
def prompt_removal(request: HttpRequest, code: str) -> HttpResponseBase:
    by_language, person = _languages(code), person_of(request)
    if not _may_edit(person, by_language):
        return refused(request, P.EDIT_PROMPTS)
    try:
        for row in by_language.values():
            prompts.remove(row, by=person, at=clock.now())
        messages.success(request, _("Teksten er slettet."))
        return redirect("office:prompts")
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("office:prompt", code)


@require_GET
@requires(P.EDIT_PROMPTS, P.EDIT_FLOWS, P.SWITCH_MESSAGES)
def prompt_sound(request: HttpRequest, code: str, language: str) -> HttpResponse:
    """The sound that callers hear (WAV): the recording or synthetic speech."""
    row = _languages(code).get(language)
    if row is None:
        raise Http404
    try:
        wav = bytes(row.recording) if row.recording else speech.speak(row.text, row.language)
    except speech.NoVoice:
        return HttpResponse(status=503)
    return HttpResponse(wav, content_type="audio/wav", headers={"Cache-Control": "private, no-cache"})


def _write(form: PromptForm, code: str, person: Person) -> bool:
    """Save the languages that have a text; a refusal appears at its field."""
    for language in prompts.LANGUAGES:
        text = form.cleaned_data[f"text_{language}"]
        if text or Prompt.objects.filter(code=code, language=language).exists():
            try:
                unit = form.cleaned_data["unit"]
                prompts.write(code=code, language=language, text=text, unit=unit, by=person, at=clock.now())
            except RefusedChange as refusal:
                form.add_error(f"text_{language}", str(refusal))
    if not form.errors:
        prompts.hand_to(code, form.cleaned_data["unit"], by=person, at=clock.now())
    return not form.errors


def _may_edit(person: Person, by_language: dict[str, Prompt]) -> bool:
    return all(access.may_edit_prompt(person, row) for row in by_language.values())


def _initial(by_language: dict[str, Prompt]) -> dict[str, object]:
    texts: dict[str, object] = {f"text_{language}": row.text for language, row in by_language.items()}
    unit = _unit(by_language)
    return texts | {"unit": unit.pk if unit else None}


def _unit(by_language: dict[str, Prompt]) -> Unit | None:
    """The unit of the text: the same in all languages."""
    return next(iter(by_language.values())).unit


def _recording_form(by_language: dict[str, Prompt], *sent: Any) -> RecordingForm:
    """The form of a recording. It replaces the present one, so it holds the state at the time the page was made."""
    recorded = {
        language: f"{row.recording_name} {row.updated_at.astimezone(clock.COPENHAGEN):%d.%m.%Y %H:%M:%S}"
        for language, row in by_language.items()
        if row.recording_name
    }
    return RecordingForm(*sent, also={f"{_('Optagelse')} ({language})": said for language, said in recorded.items()})


def _languages(code: str) -> dict[str, Prompt]:
    rows = {row.language: row for row in Prompt.objects.filter(code=code).select_related("unit")}
    if not rows:
        raise not_found_after(Change.objects.filter(target_type="entry.prompt", target_label__startswith=f"{code} ("))
    return rows


def _page(request: HttpRequest, code: str, form: PromptForm, recording: RecordingForm) -> HttpResponse:
    context = {
        "code": code,
        "rows": _languages(code),
        "unit": _unit(_languages(code)),
        "may_edit": _may_edit(person_of(request), _languages(code)),
        "form": form,
        "recording_form": recording,
        "uses": prompts.uses().get(code, []),
        "has_voice": speech.has_voice(),
    }
    return render(
        request, "office/prompts/prompt.html", context, status=422 if form.errors or recording.errors else 200
    )
