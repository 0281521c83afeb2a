"""Tables: the importable kinds, a preview of a file, the import itself, and the export."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.tables import access
from indgang.office.tables.forms import TableForm, WritingForm, sealed
from indgang.tables import reading, writing
from indgang.tables.kinds import TableKind
from indgang.tables.plan import ImportPlan, RowState
from indgang.tables.reading import Row, TableSheet, UnreadableTable
from indgang.tables.writing import TableOutcome
from indgang.ui import downloads

#: rows of each group that a page shows; the counts include all rows
SHOWN = 200


@require_GET
@requires(P.EDIT_CATALOGUE, P.EDIT_PEOPLE)
def table_list(request: HttpRequest) -> HttpResponse:
    return render(request, "office/tables/tables.html", {"rows": access.kinds_of(person_of(request))})


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE, P.EDIT_PEOPLE)
def table(request: HttpRequest, kind: str) -> HttpResponse:
    """The page of one kind of table; a POST previews a file. Nothing is written."""
    shown = access.kind_for(person_of(request), kind)
    form = TableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = reading.read(form.cleaned_data["table"])
            return _preview(request, shown, sheet, _plan(request, shown, sheet))
        except UnreadableTable as unreadable:
            form.add_error("table", str(unreadable))
    return _page(request, shown, form)


@require_POST
@requires(P.EDIT_CATALOGUE, P.EDIT_PEOPLE)
def table_writing(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the previewed table. When its effect has changed meanwhile, the preview is shown again instead."""
    shown = access.kind_for(person_of(request), kind)
    form = WritingForm(request.POST, kind=shown.code)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("office:table", kind)
    seen, person = form.cleaned_data["seen"], person_of(request)
    sheet = _opened(seen.sheet)
    try:
        plan, outcome = writing.write_seen(
            shown, sheet, digest=seen.digest, skip_bad=form.cleaned_data["what"] == "good",
            scope=access.scope_of(person, shown), by=person, at=clock.now(),
        )  # fmt: skip
    except (RefusedChange, UnreadableTable) as refusal:
        messages.error(request, str(refusal))
        return redirect("office:table", kind)
    if outcome is not TableOutcome.WRITTEN:
        changed, refused = outcome is TableOutcome.CHANGED, outcome is TableOutcome.REFUSED
        return _preview(request, shown, sheet, plan, changed=changed, refused=refused)
    counts = plan.counts
    said = _("Indlæst: %(new)s nye og %(changed)s ændrede. %(same)s var der i forvejen, og %(bad)s er sprunget over.")
    messages.success(request, said % {state.value: counts[state] for state in RowState})
    return redirect("office:table", kind)


@require_GET
@requires(P.EDIT_CATALOGUE, P.EDIT_PEOPLE)
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty table with the column names."""
    shown = access.kind_for(person_of(request), kind)
    return _file(shown, f"{shown.code}-skabelon.csv", [])


@require_GET
@requires(P.EDIT_CATALOGUE, P.EDIT_PEOPLE)
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The present rows in the format of the import."""
    person = person_of(request)
    shown = access.kind_for(person, kind)
    rows = shown.export(scope=access.scope_of(person, shown), day=clock.today())
    return _file(shown, f"{shown.code}-{clock.today():%Y-%m-%d}.csv", rows)


def _plan(request: HttpRequest, kind: TableKind, sheet: TableSheet) -> ImportPlan:
    person = person_of(request)
    return kind.plan(sheet, scope=access.scope_of(person, kind), day=clock.today())


def _page(request: HttpRequest, kind: TableKind, form: TableForm) -> HttpResponse:
    context = {"kind": kind, "form": form}
    return render(request, "office/tables/table.html", context, status=422 if form.errors else 200)


def _preview(
    request: HttpRequest,
    kind: TableKind,
    sheet: TableSheet,
    plan: ImportPlan,
    *,
    changed: bool = False,
    refused: bool = False,
) -> HttpResponse:
    counts = plan.counts
    context: dict[str, Any] = {
        "kind": kind,
        "plan": plan,
        "counts": {state.value: counts[state] for state in RowState},
        "may_write": bool(counts[RowState.NEW] or counts[RowState.CHANGED]),
        "problems": plan.problems[:SHOWN],
        "new": plan.of(RowState.NEW)[:SHOWN],
        "changed_rows": plan.of(RowState.CHANGED)[:SHOWN],
        "most": SHOWN,
        "form": WritingForm(initial={"seen": sealed(kind.code, _packed(sheet), plan.digest())}, kind=kind.code),
        "has_changed": changed,
        "is_refused": refused,
    }
    return render(request, "office/tables/preview.html", context, status=409 if changed else 422 if refused else 200)


def _packed(sheet: TableSheet) -> list[Any]:
    return [sheet.header, [[row.line, list(row.cells.values()), row.too_many] for row in sheet.rows]]


def _opened(packed: list[Any]) -> TableSheet:
    header, rows = packed
    keys = [reading.folded_name(name) for name in header]
    return TableSheet(header, [Row(line, dict(zip(keys, cells, strict=True)), more) for line, cells, more in rows])


def _file(kind: TableKind, name: str, rows: Iterable[list[str]]) -> HttpResponseBase:
    return downloads.table([column.name for column in kind.columns], rows, name)
