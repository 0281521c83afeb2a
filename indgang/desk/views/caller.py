"""The caller: the party, the history, and the story of a transferred call."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.core.cvr import cvr_in, is_cvr
from indgang.core.text import whole_number
from indgang.desk import access, company_search
from indgang.desk.cases import CasePanel
from indgang.desk.contact_history import ContactHistory
from indgang.desk.forms import PartyForm
from indgang.desk.story import Story
from indgang.desk.views.answers import tell_parts
from indgang.enquiries import parties, return_calls
from indgang.enquiries.models import Enquiry, Party
from indgang.handover import history as cards
from indgang.registers import companies

TEMPLATE = "desk/caller.html"


@require_GET
@requires(Permission.SEE_HISTORY)
def caller(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The caller and the history. Seeing a history is logged; the story of a call in hand does not count as one."""
    enquiry = access.enquiry_for(request, pk)
    if request.headers.get("HX-Target") == "desk-story":
        return render(request, f"{TEMPLATE}#story", {"enquiry": enquiry, "story": _story(request, enquiry)})
    return _panel(request, enquiry)


def _story(request: HttpRequest, enquiry: Enquiry) -> Story:
    """What happened before; seeing the card that came with the call is logged."""
    story = Story(enquiry, reader=person_of(request))
    if story.card is not None:
        cards.look(story.card, by=story.reader, at=clock.now())
    return story


@require_http_methods(["POST", "DELETE"])
@requires(Permission.SEE_HISTORY)
def party(request: HttpRequest, pk: UUID, party_pk: int) -> HttpResponse:
    """Link the enquiry to this party, or remove the link."""
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    if request.method == "POST":
        parties.link(enquiry, party=access.party(party_pk), by=by, at=at)
    else:
        parties.unlink(enquiry, by=by, at=at)
    return tell_parts(_panel(request, access.enquiry_for(request, pk)), "call")


@require_http_methods(["POST", "DELETE"])
@requires(Permission.SEE_HISTORY)
def protection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark the caller's name and address as protected, or remove the mark."""
    enquiry = access.enquiry_for(request, pk)
    if enquiry.party is None:
        raise Http404
    parties.protect(enquiry.party, protected=request.method == "POST", by=person_of(request), at=clock.now())
    return tell_parts(_panel(request, access.enquiry_for(request, pk)), "call")


@require_GET
@requires(Permission.SEE_HISTORY)
def found_parties(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Search parties by name, CVR or number. Each party shown is logged."""
    asked = request.GET.get("q", "").replace("\x00", "")[:100]
    found = list(parties.search(asked))
    parties.look(found, by=person_of(request), at=clock.now(), page="desk.party_search")
    context = {
        "found": _shown(found), "asked": asked.strip(), "enquiry": access.enquiry_for(request, pk),
        "asked_cvr": company_search.cvr_to_look_up(asked),
    }  # fmt: skip
    return render(request, f"{TEMPLATE}#found", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_HISTORY)
def new_party(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Create a party and link it to the enquiry at once."""
    enquiry, by, at = access.enquiry_for(request, pk), person_of(request), clock.now()
    text = request.GET.get("name", "")[:200]
    asked = {"cvr": cvr_in(text)} if is_cvr(cvr_in(text)) else {"name": text}
    form = PartyForm(request.POST or None, initial=asked, number_known=bool(return_calls.number_of(enquiry)))
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, f"{TEMPLATE}#create", _creating(enquiry, form), status=status)
    try:
        made = parties.create_and_link(enquiry, by=by, at=at, **form.cleaned_data)
    except parties.PartyError as refused:
        form.add_error(parties.FIELD_OF.get(refused.code), str(refused.message))
        return render(request, f"{TEMPLATE}#create", _creating(enquiry, form), status=422)
    return tell_parts(_panel(request, made, full=True), "call")


@require_POST
@requires(Permission.SEE_HISTORY)
def company(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fill the form of a new party from the company register. The look is logged; nothing is stored."""
    enquiry, at = access.enquiry_for(request, pk), clock.now()
    found = company_search.search(request.POST.get("cvr", ""), enquiry=enquiry, by=person_of(request), at=at)
    typed = {name: value for name, value in request.POST.items() if value}
    form = PartyForm(initial=typed | found.fields, number_known=bool(return_calls.number_of(enquiry)))
    return render(request, f"{TEMPLATE}#create", _creating(enquiry, form) | {"company": found})


@require_POST
@requires(Permission.SEE_HISTORY)
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the name of a protected party on request. The look is logged."""
    shown = parties.reveal(access.party(pk), by=person_of(request), at=clock.now())
    return HttpResponse(escape(shown.name))


@require_GET
@requires(Permission.SEE_HISTORY)
def contact_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The line of time of whoever an enquiry is from: the part of its panel, or a page. The look is logged."""
    enquiry, by = access.enquiry_for(request, pk), person_of(request)
    kind, shown = request.GET.get("kind", "")[:20], whole_number(request.GET.get("shown", "")) or 0
    line = ContactHistory(enquiry, reader=by, kind=kind, shown=shown).look(at=clock.now(), page="desk.history")
    is_part = request.headers.get("HX-Target") == "contact-history"
    template = "desk/parts/contact_history.html" if is_part else "desk/history.html"
    return render(request, template, {"enquiry": enquiry, "history": line})


def _creating(enquiry: Enquiry, form: PartyForm) -> dict[str, object]:
    return {"enquiry": enquiry, "form": form, "with_register": companies.is_connected()}


def _panel(request: HttpRequest, enquiry: Enquiry, *, full: bool = False) -> HttpResponse:
    by, at = person_of(request), clock.now()
    known = [enquiry.party] if enquiry.party else parties.of_number(enquiry.caller_number)
    parties.look(known, by=by, at=at, page="desk.caller_known")
    context = {
        "enquiry": enquiry,
        "known": _shown(known),
        "history": ContactHistory(enquiry, reader=by).look(at=at, page="desk.caller"),
        "story": _story(request, enquiry),
        "cases": CasePanel(enquiry, reader=by),
    }
    response = render(request, TEMPLATE, context)
    if full:
        # the form is inside the panel; the response replaces the whole panel
        response.headers["HX-Retarget"] = "#desk-caller"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


def _shown(found: list[Party]) -> list[dict[str, object]]:
    return [{"party": each, **parties.facts(each)} for each in found]
