"""A contact follows a hand-over or a form with its number and code: sees how it stands, adds a text, or withdraws it.

There is neither session nor cookie: each form carries number and code.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import public
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.correspondence.forms import contact_words as form_words
from indgang.correspondence.forms import submitting
from indgang.correspondence.models import FormSubmission
from indgang.handover import contact_words, work
from indgang.handover.card import MOST_TEXT
from indgang.handover.models import Handover
from indgang.portal import access, votes
from indgang.portal.pages import language, show, unkept
from indgang.portal.visitors import Allowance

#: forms sent by one visitor; many people in an office may share one address
_SENT = Allowance(30, 3600.0)
#: wrong codes for one number, from anybody: six digits cannot be guessed with these
_WRONG = Allowance(20, 3600.0)

_UNKNOWN = _("Nummeret og koden passer ikke sammen. Tjek begge dele.")
_TOO_OFTEN = _("Der er prøvet for mange gange. Prøv igen om en time, eller ring til os.")


class PairForm(forms.Form):
    """Number and code, as they were told or mailed."""

    number = forms.CharField(max_length=12, error_messages={"required": _("Skriv nummeret.")})
    code = forms.CharField(max_length=12, error_messages={"required": _("Skriv koden.")})


@csrf_exempt  # no cookie and no session: nobody is signed in here
@public
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """The form for number and code; sent, the state, and what the contact wants to do with it."""
    if request.method != "POST":
        typed = {"number": request.GET.get("nummer", "")[:12], "code": request.GET.get("kode", "")[:12]}
        return unkept(show(request, "portal/follow.html", {"form": PairForm(initial=typed)}))
    form = PairForm(request.POST)
    if not votes.is_ours(request):
        form.add_error(None, _("Formularen blev sendt fra en anden hjemmeside. Send den igen herfra."))
    found = _found(request, form) if form.is_valid() else None
    if found is None:
        status = 429 if form.has_error(NON_FIELD_ERRORS, "often") else 422
        return unkept(show(request, "portal/follow.html", {"form": form}, status=status))
    if isinstance(found, FormSubmission):
        return unkept(_followed_form(request, found))
    return unkept(_followed(request, form, found))


def _found(request: HttpRequest, form: PairForm) -> Handover | FormSubmission | None:
    """What the pair opens; None with the reason in the form, which does not say which of the two is wrong."""
    number, code = (form.cleaned_data[name].strip() for name in ("number", "code"))
    asked = whole_number(number)
    counted = number.upper() if asked is None else asked  # "0100001" is the same number as "100001"
    if not _SENT.take(request) or not _WRONG.has_room(counted):
        form.add_error(None, forms.ValidationError(_TOO_OFTEN, code="often"))
        return None
    found = submitting.find(number, code) if number[:1] in "fF" else access.handover(number, code)
    if found is None:
        _WRONG.take_for(counted)
        form.add_error(None, _UNKNOWN)
    return found


def _followed(request: HttpRequest, form: PairForm, row: Handover) -> HttpResponse:
    wanted, at = request.POST.get("do", ""), clock.now()
    problem = ""
    try:
        if wanted == "write":
            work.write(row, text=request.POST.get("text", ""), for_contact=True, by=None, at=at)
        elif wanted == "cancel":
            work.cancel(row, by=None, at=at)
    except RefusedChange as refused:
        problem = " ".join(str(each) for each in refused.reasons.values())
    row.refresh_from_db()
    context = _context(row) | {
        "form": form, "row": row, "what_happens": contact_words.what_happens(row, at), "problem": problem,
        "did": "" if problem else wanted, "typed": request.POST.get("text", "")[:MOST_TEXT] if problem else "",
    }  # fmt: skip
    return show(request, "portal/followed.html", context, status=422 if problem else 200)


def _followed_form(request: HttpRequest, row: FormSubmission) -> HttpResponse:
    """What has happened to a form that was sent, and our answers."""
    context = {
        "row": row, "name": row.version.form.for_public(language()), "replies": form_words.replies(row),
        "what_happens": form_words.what_happens(row, clock.now()),
    }  # fmt: skip
    return show(request, "portal/followed_form.html", context)


def _context(row: Handover) -> dict[str, Any]:
    """What is left of it: after its time the texts are gone, and the page says so."""
    return {
        "is_scrubbed": not row.is_open and not row.question,
        "texts": row.additions.filter(for_contact=True).order_by("at", "pk"),
    }
