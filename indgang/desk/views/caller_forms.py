"""Online forms that a member of staff fills in for somebody who calls: choose, read the text aloud, fill in, send."""

from __future__ import annotations

from uuid import UUID

from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence import retention
from indgang.correspondence.forms import for_callers, given_files, page, saving, submitting, versions, words
from indgang.correspondence.models import OnlineForm, SavedAnswers
from indgang.desk import access


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ENQUIRIES)
def caller_forms(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The forms that are open; a POST begins one for the caller of the enquiry, or goes on with it."""
    enquiry = access.enquiry_for(request, pk)
    rows = OnlineForm.objects.open()
    if request.method == "POST":
        chosen = rows.filter(code=request.POST.get("form", "").replace("\x00", "")).first()
        version = versions.published(chosen) if chosen else None
        if version is None:
            raise Http404
        saved = for_callers.begin(version, enquiry=enquiry, by=person_of(request), at=clock.now())
        return redirect("desk:caller-form", saved.pk)
    return render(request, "desk/caller_forms.html", {"enquiry": enquiry, "rows": rows})


@own_transactions  # what was typed is kept also when something must be mended; sending again sends nothing twice
@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_ENQUIRIES)
def caller_form(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The form, with what is known filled in; a POST keeps what was typed, and sends it."""
    saved = access.answers_for(request, pk)
    if request.method != "POST" or saved.submission is not None:
        return _page(request, saved, {})
    faults: dict[str, str] = {}
    try:
        with transaction.atomic():
            files = given_files.read(request.FILES.lists())
            faults = saving.keep(saved, data=dict(request.POST.lists()), files=files, at=clock.now())
            if request.POST.get("remove"):
                saving.remove(saved, request.POST["remove"])
        saved.refresh_from_db()
        if request.POST.get("do") == "send" and not faults:
            faults = _send(request, saved)
    except RefusedChange:  # it was sent in another tab
        pass
    except DatabaseError:
        problem = _("Vi kan ikke gemme det lige nu. Det, du har skrevet, står her endnu. Prøv igen om lidt.")
        return _page(request, saved, {"": problem}, typed=dict(request.POST.lists()), status=503)
    return _page(request, saved, faults, status=422) if faults else redirect("desk:caller-form", pk)


def _send(request: HttpRequest, saved: SavedAnswers) -> dict[str, str]:
    """Send it; what must be mended first, by field."""
    faults = words.faults(versions.definition_of(saved.version), saving.answers_of(saved).faults)
    if request.POST.get("read_aloud") != "yes":
        faults["read_aloud"] = _("Læs teksten om persondata højt, og sæt kryds, når den, der ringer, siger ja.")
    if faults:
        return faults
    try:
        for_callers.send(saved, by=person_of(request), at=clock.now())
    except submitting.WrongAnswers as wrong:
        changed = _("Svarene er ændret i et andet vindue. Ret dem, og send igen.")
        return {"": changed, **words.faults(versions.definition_of(saved.version), wrong.faults)}
    return {}


def _page(
    request: HttpRequest,
    saved: SavedAnswers,
    faults: dict[str, str],
    *,
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    saved = access.answers_for(request, saved.pk)
    data, spoken = saved.data if typed is None else typed, translation.get_language() or "da"
    sections = page.sections(versions.definition_of(saved.version), data, faults, saved, spoken)
    context = {
        "saved": saved, "form": saved.version.form, "sections": sections, "submission": saved.submission,
        "faults": page.summary(sections, faults), "read_aloud_fault": faults.get("read_aloud", ""),
        "was_read_aloud": request.POST.get("read_aloud") == "yes",
        "privacy": saved.version.text("privacy", saved.language), "kept_days": retention.kept_days(clock.today()),
        "link": saving.public_url(saved),
    }  # fmt: skip
    return render(request, "desk/caller_form.html", context, status=status)
