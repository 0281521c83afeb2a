"""Imports of history: the list, a file with its mapping and preview, the result, and taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.access import may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.history import importing, known, listing, of_any_kind, profiles, waiting, withdrawing, words
from indgang.history.day_spool import TooManyOnOneDay
from indgang.history.mapping.choices import MappingFault
from indgang.history.mapping.fields import SourceKind
from indgang.history.models import HistoryImport, WaitingImport
from indgang.history.value_importing import TooManyValues
from indgang.measures.rollups.formula import OutdatedRollups
from indgang.office.imports import access, pictures, preview
from indgang.office.imports.access import IMPORT
from indgang.office.imports.forms import (
    MappingForm,
    SentFile,
    TakeBackForm,
    UploadForm,
    opened,
    suggested,
)
from indgang.tables.reading import UnreadableTable
from indgang.ui import downloads

#: why a file cannot be imported as it is mapped
_UNUSABLE = (MappingFault, TooManyOnOneDay, TooManyValues, UnreadableTable)
#: values that the page of an import shows
_MOST_VALUES = 500


@require_GET
@requires(IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    return _list(request, UploadForm())


def _list(request: HttpRequest, form: UploadForm) -> HttpResponse:
    rows = access.imports_of(person_of(request))[:200]
    context = {"rows": rows, "upload": form, "form": form}
    return render(request, "office/imports/imports.html", context, status=422 if form.errors else 200)


@own_transactions
@require_POST
@requires(IMPORT)
def mapping(request: HttpRequest) -> HttpResponse:
    """Show what a file would become; nothing is written."""
    if "seen" not in request.POST:
        upload = UploadForm(request.POST, request.FILES)
        if not upload.is_valid():
            return _list(request, upload)
        sent, kind = upload.cleaned_data["table"], SourceKind(upload.cleaned_data["kind"])
        try:
            guess = suggested(sent, kind, upload.cleaned_data["profile"])
            person = person_of(request)
            form = MappingForm(sent, guess.kind, known.places(person), access.owners_for(person), guess)
        except (UnreadableTable, MappingFault) as error:
            upload.add_error("table", words.of_mapping(error) if isinstance(error, MappingFault) else str(error))
            return _list(request, upload)
        return _preview(request, sent, form)
    found = _sent(request)
    return _preview(request, *found) if found else _too_old(request)


def _sent(request: HttpRequest) -> tuple[SentFile, MappingForm] | None:
    """The file and the form that a preview sent; None when the file is too old or not ours."""
    sent, kind = opened(request.POST.get("seen", "")), request.POST.get("kind")
    if sent is None or kind not in set(SourceKind):
        return None
    person = person_of(request)
    owners = access.owners_for(person)
    return sent, MappingForm(sent, SourceKind(kind), known.places(person), owners, None, request.POST)


def _too_old(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Forhåndsvisningen er for gammel. Vælg filen igen."))
    return redirect("office:imports")


def _preview(
    request: HttpRequest, sent: SentFile, form: MappingForm, *, is_changed: bool = False, is_refused: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form, "name": sent.name, "most": preview.SHOWN_BAD, "is_changed": is_changed,
        "more_codes": ", ".join(form.more_codes),
    }  # fmt: skip
    places, at = known.places(person_of(request)), clock.now()
    if not form.is_bound or form.is_valid():
        try:
            tally = preview.tallied(sent, form.mapping, places, at, form.unit_code)
            context |= {"shown": form.digest, "is_nothing": form.is_all_or_nothing and tally.rejected > 0}
            context |= preview.first_rows(sent, form.mapping, places, at) | {"tally": tally}
            context["bad"] = preview.bad_rows(tally.refused[: preview.SHOWN_BAD])
        except _UNUSABLE as error:
            context["fault"] = _said(error)
    is_refused = is_refused or bool(form.errors) or "fault" in context or is_changed
    return render(request, "office/imports/mapping.html", context, status=422 if is_refused else 200)


def _said(error: Exception) -> str:
    if isinstance(error, TooManyValues):
        return words.too_many_values()
    if isinstance(error, MappingFault):
        return words.of_mapping(error)
    return words.too_many(f"{error.day:%d.%m.%Y}") if isinstance(error, TooManyOnOneDay) else str(error)


@own_transactions
@require_POST
@requires(IMPORT)
def new(request: HttpRequest) -> HttpResponse:
    found = _sent(request)
    if found is None:
        return _too_old(request)
    sent, form = found
    if not form.is_valid():
        return _preview(request, sent, form)
    if request.POST.get("shown") != form.digest:
        return _preview(request, sent, form, is_changed=True)
    return _imported(request, sent, form)


def _imported(request: HttpRequest, sent: SentFile, form: MappingForm) -> HttpResponse:
    person = person_of(request)
    try:
        done = _begun(sent, form, person)
    except (*_UNUSABLE, importing.RowsRejected):
        return _preview(request, sent, form, is_refused=True)
    except importing.SomebodyElsesImport:
        messages.error(request, _("Filen er importeret af andre, for køer eller en enhed, du ikke har adgang til."))
        return redirect("office:imports")
    except importing.TakenBackMeanwhile:
        messages.error(request, _("Importen blev taget tilbage, mens den var i gang."))
        return redirect("office:imports")
    except importing.OtherMapping as error:
        messages.error(request, _("Filen er delvis importeret med en anden tilknytning. Tag den import tilbage først."))
        return redirect("office:import", error.before.pk)
    except importing.AlreadyImported as error:
        is_done = error.before.state == HistoryImport.State.DONE
        said = (
            _("Filen er allerede importeret. Intet er ændret.") if is_done else _("Filen bliver allerede importeret.")
        )
        messages.info(request, said)
        return redirect("office:import", error.before.pk)
    except importing.ImportUnderWay:
        messages.error(request, _("En anden import er i gang. Prøv igen om lidt."))
        return redirect("office:imports")
    except OutdatedRollups:
        messages.error(request, _("Nøgletallene skal først tælles om. Se driftssiden."))
        return redirect("office:imports")
    if form.cleaned_data["save_as"]:
        profiles.save(form.cleaned_data["save_as"], form.mapping, by=person, at=clock.now(), keeps_codes=True)
    return redirect("office:import", done.pk)


def _begun(sent: SentFile, form: MappingForm, person: Person) -> HistoryImport:
    """A short file is imported at once, a long one by the worker."""
    about: dict[str, Any] = {
        "name": sent.name, "unit": form.unit_code, "is_whole": form.is_all_or_nothing, "by": person, "at": clock.now(),
    }  # fmt: skip
    if waiting.is_long(sent.stream):
        return waiting.order(sent.stream, form.mapping, **about)
    return of_any_kind.run(sent.stream, form.mapping, places=known.places(person), **about)


@require_GET
@requires(IMPORT)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _one(request, access.import_for(person_of(request), pk), TakeBackForm())


def _one(request: HttpRequest, source: HistoryImport, form: TakeBackForm) -> HttpResponse:
    refused, values = source.refused.all(), list(source.past_values.all()[: preview.MOST_DRAWN])
    context = {
        "values": preview.said_values(values[:_MOST_VALUES]), "plot": pictures.course(source, values),
        "source": source, "form": form, "bad": preview.bad_rows(refused[: preview.SHOWN_BAD]), "kept": refused.count(),
        "most": preview.SHOWN_BAD, "counts": source.state not in HistoryImport.NOT_COUNTING,
        "is_running": source.state == HistoryImport.State.RUNNING, "because": listing.why_withdrawn(source),
        **_how_far(source),
        "sees_potential": may(person_of(request), Permission.SEE_FIGURES),
    }  # fmt: skip
    return render(request, "office/imports/import.html", context, status=422 if form.errors else 200)


def _how_far(source: HistoryImport) -> dict[str, Any]:
    """How many rows the worker has reached of an import that waits for it."""
    reached = listing.reached(source)
    return {
        "is_waiting": WaitingImport.objects.filter(source=source).exists(), "reached": reached,
        "percent": round(100 * reached / source.rows) if source.rows else 0,
    }  # fmt: skip


@require_GET
@requires(IMPORT)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import is, fetched again and again while the worker has it; then its page is shown anew."""
    source = access.import_for(person_of(request), pk)
    context = {"source": source, **_how_far(source)}
    answer = render(request, "office/imports/import.html#progress", context)
    if not context["is_waiting"]:
        answer["HX-Redirect"] = reverse("office:import", args=[pk])
    return answer


@own_transactions
@require_POST
@requires(IMPORT)
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    source, form = access.import_for(person, pk), TakeBackForm(request.POST)
    if not form.is_valid():
        return _one(request, source, form)
    try:
        withdrawing.withdraw(source, why=form.cleaned_data["why"], by=person, at=clock.now())
        messages.success(request, _("Importen er taget tilbage. Dens tal tæller ikke mere."))
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    except OutdatedRollups:
        messages.error(request, _("Nøgletallene skal først tælles om. Se driftssiden."))
    return redirect("office:import", pk)


@require_GET
@requires(IMPORT)
def rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows for a spreadsheet."""
    source = access.import_for(person_of(request), pk)
    rows = ([str(each.line), each.column, each.reason, each.told] for each in preview.bad_rows(source.refused.all()))
    columns = [_("Linje"), _("Kolonne"), _("Hvad er galt?"), _("Der stod")]
    return downloads.table(columns, rows, f"afviste-{pk}.csv")
