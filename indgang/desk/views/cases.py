"""Cases in other systems.

Each system is asked in a request of its own, so that none holds the others or the call up."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.desk import access
from indgang.desk.cases import CasePanel, ShownAnswer, by_form
from indgang.desk.forms import CaseNumberForm, CaseSearchForm
from indgang.enquiries import case_references
from indgang.enquiries.models import Enquiry
from indgang.registers import look_up
from indgang.ui.refusals import refusals_on_form

TEMPLATE = "desk/cases.html"
#: the page in the audit trail
PAGE = "desk.cases"


@own_transactions
@require_POST
@requires(Permission.LOOK_UP_CASES)
def search(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name the systems that can be asked; the page then asks each of them."""
    enquiry = access.enquiry_for(request, pk)
    form = CaseSearchForm(request.POST)
    asked = []
    if form.is_valid():
        mine = CasePanel(enquiry, reader=person_of(request)).agreements
        asked = [each for each in mine if by_form(form, enquiry, each)]
    context = {"enquiry": enquiry, "form": form, "asked": asked}
    return render(request, f"{TEMPLATE}#asked", context, status=422 if form.errors else 200)


@own_transactions
@require_POST
@requires(Permission.LOOK_UP_CASES)
def answer(request: HttpRequest, pk: UUID, agreement: int) -> HttpResponse:
    """What one system says. The look is logged with the enquiry."""
    enquiry, asked = access.enquiry_for(request, pk), access.case_agreement_for(request, agreement)
    form = CaseSearchForm(request.POST)
    found = by_form(form, enquiry, asked) if form.is_valid() else None
    with refusals_on_form(form):
        if found:
            shown = look_up.look_up(asked, *found, subject=enquiry, page=PAGE, by=person_of(request), at=clock.now())
            context = {"enquiry": enquiry, "form": form, "answer": ShownAnswer.of(shown)}
            return render(request, f"{TEMPLATE}#answer", context)
    return render(request, f"{TEMPLATE}#asked", {"enquiry": enquiry, "form": form}, status=422)


@require_POST
@requires(Permission.LOOK_UP_CASES)
def reference(request: HttpRequest, pk: UUID, agreement: int) -> HttpResponse:
    """Put the number of a case on the enquiry."""
    enquiry, asked = access.enquiry_for(request, pk), access.case_agreement_for(request, agreement)
    form = CaseNumberForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        case_references.note(enquiry, system=asked.name, number=number, by=person_of(request), at=clock.now())
    return _references(request, enquiry, status=200 if form.is_valid() else 422)


@require_POST
@requires(Permission.LOOK_UP_CASES)
def reference_removal(request: HttpRequest, pk: UUID, reference: int) -> HttpResponse:
    removed = access.case_reference_for(request, pk, reference)
    case_references.remove(removed, by=person_of(request), at=clock.now())
    return _references(request, removed.enquiry)


def _references(request: HttpRequest, enquiry: Enquiry, *, status: int = 200) -> HttpResponse:
    context = {"enquiry": enquiry, "cases": CasePanel(enquiry, reader=person_of(request))}
    return render(request, f"{TEMPLATE}#references", context, status=status)
