"""Registration of the questions of an enquiry."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.text import ID_DIGITS, whole_number
from indgang.desk import access, service_finder
from indgang.desk.forms import ByHandForm, typed_fields
from indgang.desk.sheet import QuestionLine, Sheet, chosen, fill_purposes, of_question
from indgang.desk.views.answers import said, tell_parts
from indgang.desk.views.home import with_sheet
from indgang.enquiries import registration
from indgang.enquiries.models import Question
from indgang.enquiries.registration import MOST_QUESTIONS, RegistrationError
from indgang.ui.pages import part_asked_for

TEMPLATE = "desk/registration.html"


@require_http_methods(["GET", "POST", "DELETE"])
@requires(Permission.REGISTER_ENQUIRIES)
def sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The registration of one enquiry: open it, register it, or delete it (when it was begun by hand and is empty)."""
    if request.method == "POST":
        return _register(request, pk)
    if request.method == "DELETE":
        return _discard(request, pk)
    if part_asked_for(request) is None:
        return with_sheet(request, pk)
    opened = Sheet(access.enquiry_for(request, pk), by=person_of(request), at=clock.now())
    if request.headers.get("HX-Target") == "desk-measured":
        return render(request, f"{TEMPLATE}#measured", {"sheet": opened})
    return render(request, TEMPLATE, {"sheet": opened, "adding": "add" in request.GET})


def _register(request: HttpRequest, pk: UUID) -> HttpResponse:
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    fields = typed_fields(request.POST) | {"seen": request.POST.get("seen", "")}
    filled = Sheet(enquiry, by=by, at=at, fields=fields)
    if not filled.is_valid():
        return render(request, TEMPLATE, {"sheet": filled, "adding": True}, status=422)
    try:
        result = registration.register(
            enquiry, questions=filled.questions(), by=by, at=at, seen=filled.seen, times=filled.times(),
            handed_over=filled.handed_over,
        )  # fmt: skip
    except RegistrationError as refused:
        filled.refusal = str(refused.message)
        return render(request, TEMPLATE, {"sheet": filled, "adding": True}, status=422)
    done = Sheet(result.enquiry, by=by, at=at)
    response = render(request, TEMPLATE, {"sheet": done, "just_registered": True, "again": result.again})
    return tell_parts(response, "lists", "figures")


def _discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        registration.discard(access.enquiry_for(request, pk), by=person_of(request), at=clock.now())
    except RegistrationError as refused:
        return said(refused.message, 409)
    return tell_parts(render(request, TEMPLATE, {"sheet": None}), "lists")


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def by_hand(request: HttpRequest) -> HttpResponse:
    """Begin an enquiry from another channel than the telephone, and open its sheet."""
    form = ByHandForm(request.POST)
    if not form.is_valid():
        wrong = form.errors.get("number")
        return said(str(wrong[0]) if wrong else _("Vælg, hvordan henvendelsen kom."), 400)
    by, at = person_of(request), clock.now()
    begun = registration.walk_in(**form.cleaned_data, by=by, at=at, centre=access.centre_of(by))
    opened = Sheet(access.enquiry_for(request, begun.pk), by=by, at=at)
    return tell_parts(render(request, TEMPLATE, {"sheet": opened}), "lists")


@own_transactions
@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the draft. The response is its status line with the revision for the next save."""
    revision = request.POST.get("revision", "0")
    context: dict[str, object] = {"at": clock.now()}
    try:
        kept = registration.save_draft(
            access.enquiry_for(request, pk),
            fields=typed_fields(request.POST),
            revision=whole_number(revision) or 0,
            seen=whole_number(request.POST.get("seen", "")) or 0,
            by=person_of(request),
            at=clock.now(),
        )
        context |= {"revision": kept.draft.revision, "overtook": kept.overtook, "saved": True}
    except RegistrationError as refused:
        context |= {"revision": revision, "refusal": refused.message}
    return render(request, f"{TEMPLATE}#draft", context, status=422 if "refusal" in context else 200)


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def empty(request: HttpRequest) -> HttpResponse:
    """An empty place for the sheet, after a draft was saved for later."""
    return tell_parts(render(request, TEMPLATE, {"sheet": None}), "lists")


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def question(request: HttpRequest) -> HttpResponse:
    """One more empty question for the sheet of the enquiry `of`; `number` is the next unused one."""
    number = whole_number(request.GET.get("number", "")) or 0
    if not 0 < number < MOST_QUESTIONS:
        return said(_("En henvendelse kan højst have 12 spørgsmål."), 400)
    offered = tuple(_sheet_of(request).offered) if "of" in request.GET else QuestionLine(number).offered
    (line,) = fill_purposes([QuestionLine(number, offered=offered)], on=clock.today())
    return render(request, f"{TEMPLATE}#question", {"line": line, "many": True})


def _sheet_of(request: HttpRequest) -> Sheet:
    try:
        enquiry = access.enquiry_for(request, UUID(request.GET["of"]))
    except ValueError:
        raise Http404 from None
    return Sheet(enquiry, by=person_of(request), at=clock.now())


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def services(request: HttpRequest) -> HttpResponse:
    """The list below the service field, most likely first."""
    unit = whole_number(request.GET.get("unit", ""), ID_DIGITS)
    found = service_finder.find(request.GET.get("q", ""), on=clock.today(), unit=unit)
    prefix = request.GET.get("list", "")
    context = {"services": found, "prefix": prefix if prefix.isidentifier() else "q0", "asked": request.GET.get("q")}
    return render(request, f"{TEMPLATE}#services", context)


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def purposes(request: HttpRequest) -> HttpResponse:
    """The purposes of a service, as choices for one question's field."""
    on = clock.today()
    found = service_finder.by_key(request.GET.get("service", ""), on=on)
    number = whole_number(request.GET.get("number", ""), 2) or 0
    (line,) = fill_purposes([QuestionLine(number, service=chosen(found))], on=on)
    return render(request, f"{TEMPLATE}#purposes", {"line": line})


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ENQUIRIES)
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what this person registered earlier today."""
    registered, by, at = access.own_question(request, pk), person_of(request), clock.now()
    fields = typed_fields(request.POST) if request.method == "POST" else of_question(registered)
    filled = Sheet(registered.enquiry, by=by, at=at, fields=fields, correcting=registered)
    if request.method == "GET":
        return _correction(request, registered, filled, 200)
    if not filled.forms[0].is_valid():
        return _correction(request, registered, filled, 422)
    try:
        registration.correct(registered, to=filled.questions()[0], by=by, at=at, handed_over=filled.handed_over)
    except RegistrationError as refused:
        filled.refusal = str(refused.message)
        return _correction(request, registered, filled, 422)
    done = Sheet(registered.enquiry, by=by, at=at)
    return tell_parts(render(request, TEMPLATE, {"sheet": done, "just_corrected": True}), "lists", "figures")


def _correction(request: HttpRequest, registered: Question, filled: Sheet, status: int) -> HttpResponse:
    return render(request, TEMPLATE, {"sheet": filled, "correcting": registered}, status=status)
