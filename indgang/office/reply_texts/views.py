"""The reply texts of teams and units: the list, a new one, and one to change or take out of use."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.correspondence.models import ReplyText
from indgang.correspondence.texts import signatures, writing
from indgang.office.reply_texts import access
from indgang.office.reply_texts.forms import CentreSignatureForm, NewSharedTextForm, SharedTextForm
from indgang.ui.refusals import refusals_on_form

PAGE = "office/reply_texts/text.html"
PER_PAGE = 50


@require_GET
@requires(P.LEAD_TEAM, P.EDIT_KNOWLEDGE)
def texts(request: HttpRequest) -> HttpResponse:
    page = Paginator(access.texts(person_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    centres = access.centres(person_of(request))
    context = {"page": page, "rows": list(page), "today": clock.today(), "centres": centres}
    return render(request, "office/reply_texts/texts.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.LEAD_TEAM, P.EDIT_KNOWLEDGE)
def text_new(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = NewSharedTextForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid() and (saved := _saved(request, form, form.text())):
        return saved
    return render(request, PAGE, {"form": form, "row": None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(P.LEAD_TEAM, P.EDIT_KNOWLEDGE)
def text(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.text(person_of(request), pk)
    form = SharedTextForm(request.POST or None, row=shown)
    if request.method == "POST" and form.is_valid() and (saved := _saved(request, form, shown)):
        return saved
    context = {"form": form, "row": access.text(person_of(request), pk), "today": clock.today()}
    return render(request, PAGE, context, status=422 if form.errors else 200)


@require_POST
@requires(P.LEAD_TEAM, P.EDIT_KNOWLEDGE)
def text_end(request: HttpRequest, pk: int) -> HttpResponse:
    writing.retire(access.text(person_of(request), pk), by=person_of(request), at=clock.now())
    messages.success(request, _("Standardteksten bruges ikke længere."))
    return redirect("office:reply-texts")


@require_http_methods(["GET", "POST"])
@requires(P.SET_MAILBOXES)
def signature(request: HttpRequest, code: str) -> HttpResponse:
    """The signature of a centre, for its mailboxes that have none of their own."""
    person = person_of(request)
    shown = access.signature(person, code)
    form = CentreSignatureForm(request.POST or None, row=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            signatures.save(shown, form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Underskriften er gemt."))
            return redirect("office:centre-signature", code)
    stored = access.signature(person, code)
    preview = signatures.filled(stored.text, stored.centre, person, language="da")
    context = {"centre": stored.centre, "form": form, "preview": preview}
    return render(request, "office/reply_texts/signature.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: NewSharedTextForm | SharedTextForm, row: ReplyText) -> HttpResponse | None:
    with refusals_on_form(form):
        writing.save(row, form.values(), by=person_of(request), at=clock.now())
        messages.success(request, _("Standardteksten er gemt."))
        return redirect("office:reply-texts")
    return None
