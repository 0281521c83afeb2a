"""Reply texts at the desk: one's own, the list for an answer, and inserting from it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.text import ID_DIGITS, whole_number
from indgang.correspondence.models import ReplyText
from indgang.correspondence.texts import finding, writing
from indgang.desk import access
from indgang.desk.text_access import own_text as own_text_for
from indgang.desk.text_forms import NewOwnTextForm, OwnTextForm
from indgang.desk.text_picker import LONGEST, TextPicker, UnknownPick
from indgang.desk.views.answers import said
from indgang.ui.refusals import refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(Permission.ANSWER_WRITTEN)
def own_texts(request: HttpRequest) -> HttpResponse:
    """One's own texts; a POST adds one."""
    by, today = person_of(request), clock.today()
    form = NewOwnTextForm(request.POST or None)
    row = ReplyText(person=by, valid_from=today)
    if request.method == "POST" and form.is_valid() and (saved := _saved(request, form, row)):
        return saved
    context = {"rows": finding.own(by, today), "form": form, "today": today}
    return render(request, "desk/own_texts.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.ANSWER_WRITTEN)
def own_text(request: HttpRequest, pk: int) -> HttpResponse:
    row = own_text_for(request, pk)
    form = OwnTextForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid() and (saved := _saved(request, form, row)):
        return saved
    context = {"row": own_text_for(request, pk), "form": form, "today": clock.today()}
    return render(request, "desk/own_text.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.ANSWER_WRITTEN)
def own_text_end(request: HttpRequest, pk: int) -> HttpResponse:
    writing.retire(own_text_for(request, pk), by=person_of(request), at=clock.now())
    messages.success(request, _("Standardteksten bruges ikke længere."))
    return redirect("desk:own-texts")


def _saved(request: HttpRequest, form: NewOwnTextForm, row: ReplyText) -> HttpResponse | None:
    with refusals_on_form(form):
        writing.save(row, form.values(), by=person_of(request), at=clock.now())
        messages.success(request, _("Standardteksten er gemt."))
        return redirect("desk:own-texts")
    return None


# --- in an answer -----------------------------------------------------------------------------------


@require_GET
@requires(Permission.ANSWER_WRITTEN)
def choices(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What can be inserted in the answer to an enquiry in hand, for what is typed in the search field."""
    asked = request.GET.get("q", "").replace("\x00", "")[:200]
    picker = TextPicker(access.thread_in_hand(request, pk), by=person_of(request), at=clock.now(), asked=asked)
    return render(request, "desk/text_dialog.html#found", {"picker": picker})


@own_transactions
@require_POST
@requires(Permission.ANSWER_WRITTEN)
def insertion(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The piece that what was picked puts into the answer, and what is to be selected in it."""
    picker = TextPicker(access.thread_in_hand(request, pk), by=person_of(request), at=clock.now())
    text = request.POST.get("text", "").replace("\x00", "")[:LONGEST]
    start, end = (whole_number(request.POST.get(name, ""), ID_DIGITS) or 0 for name in ("start", "end"))
    try:
        put = picker.insert(request.POST.get("pick", ""), text, start, end)
    except UnknownPick:
        return said(_("Teksten findes ikke længere. Søg igen."), 404)
    selected = [put.start - put.at, put.end - put.at]
    return JsonResponse({"piece": put.piece, "around": put.around, "select": selected})
