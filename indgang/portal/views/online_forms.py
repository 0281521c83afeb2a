"""Online forms: fill in, save and come back by a link, check, send, receipt. No JavaScript and no cookie is needed.

What is typed goes into a saved row at the first press of a button; the address with its token is the visitor's key.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import public
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.correspondence import retention
from indgang.correspondence.forms import given_files, saving, submitting, versions, words
from indgang.correspondence.forms import page as form_page
from indgang.correspondence.forms.given_files import LARGEST_FILE
from indgang.correspondence.models import FormVersion, OnlineForm, SavedAnswers
from indgang.feedback.models import SurveyKind
from indgang.portal import opinions, votes
from indgang.portal.opinions import FORM, AskedPage
from indgang.portal.pages import address, language, missing, page, show, unkept
from indgang.portal.visitors import Allowance
from indgang.ui import maps

#: presses of a button by one visitor; many people in an office may share one address
_KEPT = Allowance(120, 3600.0)
#: forms sent by one visitor
_SENT = Allowance(20, 3600.0)


@page()
def online_forms(request: HttpRequest) -> HttpResponse:
    """The forms that can be filled in, and so what one may write about."""
    rows = [(form, form.for_public(language())) for form in OnlineForm.objects.open()]
    return show(request, "portal/forms.html", {"forms": rows})


@csrf_exempt  # no cookie and no session: nobody is signed in here
@public
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def online_form(request: HttpRequest, code: str) -> HttpResponseBase:
    """An empty form; a POST begins saved answers."""
    version = _asked_version(request, code)
    if version is None:
        return missing(request)
    if request.method == "POST":
        return unkept(_keep(request, version, None))
    return unkept(_page(request, version, None, {}))


@csrf_exempt
@public
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def saved_form(request: HttpRequest, code: str, token: str) -> HttpResponseBase:
    """The saved answers, to go on with."""
    saved = saving.find(code, token, at=clock.now())
    if saved is None:
        return unkept(show(request, "portal/form_gone.html", {"code": code}, status=404))
    if saved.submission_id is not None:
        return redirect(address(request, "form-receipt", code, token))
    if request.method == "POST":
        return unkept(_keep(request, saved.version, saved))
    return unkept(_page(request, saved.version, saved, {}, was_saved="gemt" in request.GET))


@csrf_exempt
@public
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def form_summary(request: HttpRequest, code: str, token: str) -> HttpResponseBase:
    """All answers, before they are sent; a POST sends them, once however often it is pressed."""
    saved = saving.find(code, token, at=clock.now())
    if saved is None:
        return unkept(show(request, "portal/form_gone.html", {"code": code}, status=404))
    if saved.submission_id is not None:
        return redirect(address(request, "form-receipt", code, token))
    faults = saving.answers_of(saved).faults
    if faults:
        said = words.faults(versions.definition_of(saved.version), faults)
        return unkept(_page(request, saved.version, saved, said, status=422))
    problem = _send(request, saved) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return redirect(address(request, "form-receipt", code, token))
    return unkept(_summary(request, saved, problem))


@public
@require_http_methods(["GET", "HEAD"])
def form_receipt(request: HttpRequest, code: str, token: str) -> HttpResponseBase:
    """The number and code of what was sent."""
    saved = saving.find(code, token, at=clock.now())
    if saved is None or saved.submission is None:
        return unkept(show(request, "portal/form_gone.html", {"code": code}, status=404))
    form = saved.version.form
    asked = AskedPage(SurveyKind.SELF_SERVICE, FORM, form.code, str(saved.version.number), form.unit)
    context = {
        "saved": saved, "row": saved.submission, "thread": saved.submission.thread, "form": form,
        "name": form.for_public(language()), "receipt": saved.version.text("receipt", language()),
        "opinion": opinions.below(request, asked),
    }  # fmt: skip
    return unkept(show(request, "portal/form_receipt.html", context))


def _asked_version(request: HttpRequest, code: str) -> FormVersion | None:
    """The version that the page asked, also when another was published or the form was withdrawn meanwhile; else the
    newest of a form that is open."""
    number = whole_number(request.POST.get("_version", ""))
    if number is not None:
        shown = FormVersion.objects.select_related("form").filter(form__code=code, number=number)
        return shown.filter(published_at__isnull=False).first()
    form = OnlineForm.objects.open().filter(code=code).first()
    return versions.published(form) if form else None


# --- what the buttons do --------------------------------------------------------------------------


def _keep(request: HttpRequest, version: FormVersion, saved: SavedAnswers | None) -> HttpResponse:
    """Keep what was typed, then do what the button says: go on, save, attach, or remove a file."""
    refused = _refusal(request)
    if refused:
        return _page(request, version, saved, {"": refused}, typed=dict(request.POST.lists()), status=429)
    try:
        with transaction.atomic():
            saved = saved or saving.begin(version, language=language(), at=clock.now())
            files = given_files.read(request.FILES.lists())
            faults = saving.keep(saved, data=dict(request.POST.lists()), files=files, at=clock.now())
            if request.POST.get("remove"):
                saving.remove(saved, request.POST["remove"])
    except RefusedChange:  # it was sent in another window
        assert saved is not None
        return redirect(address(request, "form-receipt", version.form.code, saved.token))
    except DatabaseError:
        text = _("Vi kan ikke gemme det lige nu. Det, du har skrevet, står her endnu. Prøv igen om lidt.")
        known = saved if saved is not None and saved.data else None
        return _page(request, version, known, {"": text}, typed=dict(request.POST.lists()), status=503)
    saved.refresh_from_db()
    return _after(request, saved, faults)


def _after(request: HttpRequest, saved: SavedAnswers, faults: dict[str, str]) -> HttpResponse:
    """The next page: the summary when all is right, else the form with what is to be mended."""
    wants_on = request.POST.get("do") == "next" and not request.POST.get("remove")
    if wants_on:
        faults = words.faults(versions.definition_of(saved.version), saving.answers_of(saved).faults) | faults
    if faults:
        return _page(request, saved.version, saved, faults, status=422)
    code, token = saved.version.form.code, saved.token
    if wants_on:
        return redirect(address(request, "form-summary", code, token))
    mark = "?gemt" if request.POST.get("do") == "save" else "#filer"
    return redirect(address(request, "saved-form", code, token) + mark)


def _send(request: HttpRequest, saved: SavedAnswers) -> str:
    """Send the answers; why they were not sent, else empty."""
    if not votes.is_ours(request):
        return _("Formularen blev sendt fra en anden hjemmeside. Send den igen herfra.")
    if not _SENT.take(request):
        return _("Der er sendt mange formularer herfra. Prøv igen om en time.")
    try:
        submitting.send(saved, at=clock.now())
    except submitting.WrongAnswers:  # changed in another window
        return _("Svarene er ændret i et andet vindue. Gå tilbage, og ret dem.")
    except DatabaseError:
        return _("Vi kan ikke sende lige nu. Dine svar er gemt. Prøv igen om lidt.")
    return ""


def _refusal(request: HttpRequest) -> str:
    if not votes.is_ours(request):
        return _("Formularen blev sendt fra en anden hjemmeside. Send den igen herfra.")
    if not _KEPT.take(request):
        return _(
            "Formularen er gemt for mange gange på kort tid. Det, du har skrevet, er her stadig. Vent et øjeblik, og"
            " prøv igen."
        )
    return ""


# --- pages ----------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    version: FormVersion,
    saved: SavedAnswers | None,
    faults: Mapping[str, str],
    *,
    typed: Mapping[str, list[str]] | None = None,
    was_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    form, spoken = version.form, language()
    data = typed if typed is not None else (saved.data if saved else {})
    sections = form_page.sections(versions.definition_of(version), data, faults, saved, spoken)
    context = {
        "form": form, "version": version, "saved": saved, "name": form.for_public(spoken), "sections": sections,
        "faults": form_page.summary(sections, faults), "intro": version.text("intro", spoken),
        "privacy": version.text("privacy", spoken), "kept_days": retention.kept_days(clock.today()),
        "has_files": any(field.is_file for section in sections for field in section.fields),
        "largest_file": LARGEST_FILE, "map": maps.source(),
        "has_place": any(field.is_place for section in sections for field in section.fields),
        "action": _own_address(request, form, saved), "was_saved": was_saved,
        "link": request.build_absolute_uri(_own_address(request, form, saved)) if saved else "",
        "is_translated": spoken != "en" or bool(form.name_en),
    }  # fmt: skip
    return show(request, "portal/form.html", context, status=status)


def _own_address(request: HttpRequest, form: OnlineForm, saved: SavedAnswers | None) -> str:
    if saved is None:
        return address(request, "form", form.code)
    return address(request, "saved-form", form.code, saved.token)


def _summary(request: HttpRequest, saved: SavedAnswers, problem: str) -> HttpResponse:
    context = {
        "saved": saved, "form": saved.version.form, "name": saved.version.form.for_public(language()),
        "sections": form_page.answers(saved, language()), "problem": problem,
        "privacy": saved.version.text("privacy", language()), "kept_days": retention.kept_days(clock.today()),
    }  # fmt: skip
    return show(request, "portal/form_summary.html", context, status=422 if problem else 200)
