"""Requests of a data subject: what we hold about them, a copy of it, or its erasure."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.enquiries import data_subjects, parties
from indgang.enquiries.models import Party
from indgang.office.privacy import access, retention
from indgang.office.privacy.forms import SubjectForm
from indgang.privacy import erasure, kinds, subjects
from indgang.privacy.kinds import Words
from indgang.privacy.models import Erasure, Scrubbing, SubjectSearch
from indgang.privacy.subjects import Copy, DataSubject
from indgang.ui.refusals import show_refusal

#: number of searches listed under the form
MOST_SHOWN = 20


@require_http_methods(["GET", "POST"])
@requires(P.ANSWER_SUBJECTS)
def people(request: HttpRequest) -> HttpResponse:
    """Find somebody by number, e-mail or name, with a reason; the search text never appears in a URL."""
    person = access.whole_municipality(request, P.ANSWER_SUBJECTS)
    form = SubjectForm(request.POST or None)
    found = _found(form, person, "search") if request.method == "POST" else None
    context: dict[str, Any] = {"form": form, "searches": SubjectSearch.objects.all()[:MOST_SHOWN]}
    if found:
        subject, known = found
        only_named = data_subjects.unlinked(form.cleaned_data["asked"]).exclude(pk__in=subject.enquiries)
        listed = list(only_named[: data_subjects.MOST_UNLINKED])
        shown = [{"party": each, "name": parties.facts(each)["name"]} for each in known]
        context |= {"found": True, "known": shown, "subject": subject, "copy": subjects.copy_of(subject)}
        context |= {"unlinked": listed, "unlisted": only_named.count() - len(listed)}
        context["erasures_url"] = reverse("office:privacy-erasures")
    return render(request, "office/privacy/people.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.ANSWER_SUBJECTS)
def copy(request: HttpRequest) -> HttpResponse:
    """The copy for the data subject, as a page or as JSON."""
    person = access.whole_municipality(request, P.ANSWER_SUBJECTS)
    form = SubjectForm(request.POST)
    found = _found(form, person, "copy")
    if found is None:
        return render(request, "office/privacy/people.html", {"form": form}, status=422)
    copied = subjects.copy_of(found[0])
    if request.POST.get("as") == "json":
        return _as_file(copied)
    held = [{"kind": each.kind, "rows": [_for_page(row) for row in each.rows]} for each in copied.held]
    context = {"held": held, "kept": copied.kept, "made_at": clock.now()}
    return render(request, "office/privacy/copy.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.ANSWER_SUBJECTS)
def erasures(request: HttpRequest) -> HttpResponseBase:
    """All requests for erasure; a POST adds one, once it is confirmed."""
    person = access.whole_municipality(request, P.ANSWER_SUBJECTS)
    if request.method == "POST":
        form = SubjectForm(request.POST)
        is_confirmed = request.POST.get("confirmed") == "yes"
        found = _found(form, person, "erase" if is_confirmed else "confirm")
        try:
            if found is not None and not is_confirmed:
                context = {"form": form, "copy": subjects.copy_of(found[0])}
                return render(request, "office/privacy/confirm_erasure.html", context)
            if found is not None:
                asked = erasure.ask(found[0], why=form.cleaned_data["why"], by=person, at=clock.now())
                messages.success(request, _("Sletningen er bestilt og begynder med det samme."))
                return redirect("office:privacy-erasure", asked.pk)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
        return render(request, "office/privacy/people.html", {"form": form}, status=422)
    return render(request, "office/privacy/erasures.html", {"rows": Erasure.objects.all()[:100]})


@require_GET
@requires(P.ANSWER_SUBJECTS)
def erasure_page(request: HttpRequest, number: int) -> HttpResponse:
    """The proof of erasure: what was erased when, what waits and why, and what is kept and why."""
    access.whole_municipality(request, P.ANSWER_SUBJECTS)
    shown = access.erasure_for(number)
    gone = [retention.named(each) for each in Scrubbing.objects.filter(request=number)]
    waits = [_waiting(name) for name in shown.waits]
    kept = [kind for kind in kinds.declared() if not kind.holdings]
    return render(
        request, "office/privacy/erasure.html", {"erasure": shown, "gone": gone, "waits": waits, "kept": kept}
    )


def _waiting(name: str) -> tuple[Words, Words]:
    """The title of a kind that waits, and the reason."""
    try:
        kind = kinds.named(name)
    except KeyError:  # a kind of an earlier release
        return name, ""
    return kind.title, subjects.waiting_words(kind)


def _found(form: SubjectForm, person: Person, action: str) -> tuple[DataSubject, list[Party]] | None:
    """The parties found, when the form names a person and a reason; the look-up is logged."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        known = data_subjects.find(data["asked"])
        chosen = _chosen(known, data["parties"], action)
        subject = data_subjects.subject(data["asked"], chosen, unlinked=_ticked(data["asked"], data["unlinked"]))
        subjects.search(data["asked"], subject, why=data["why"], by=person, at=clock.now(), action=action)
        parties.look(known, by=person, at=clock.now(), page="office.privacy", why=data["why"])
    except RefusedChange as refusal:
        show_refusal(form, refusal)
        return None
    return subject, known


def _chosen(known: list[Party], keys: list[str], action: str) -> list[Party]:
    """The chosen parties. Raises RefusedChange when several match and none is chosen."""
    if len(known) < 2 or action == "search":
        return known
    chosen = [party for party in known if str(party.pk) in keys]
    if not chosen:
        raise RefusedChange({"": _("Det passer på flere. Vælg, hvem det er, og prøv igen.")})
    return chosen


def _ticked(asked: str, keys: list[str]) -> list[UUID]:
    """The ticked ones of the enquiries that only share the caller's name."""
    found = data_subjects.unlinked(asked).values_list("pk", flat=True) if keys else ()
    return [each for each in found if str(each) in keys]


def _for_page(value: Any) -> dict[str, Any]:
    """A value of the copy as the template renders it: `facts` by their names, `rows` of a list, or `text`."""
    if isinstance(value, dict):
        return {"facts": [(name, _for_page(each)) for name, each in value.items()]}
    if isinstance(value, list):
        return {"rows": [_for_page(each) for each in value]}
    return {"text": value}


def _as_file(copied: Copy) -> HttpResponse:
    text = json.dumps(copied.plain(), ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="oplysninger.json"'
    answer["Cache-Control"] = "no-store"
    return answer
