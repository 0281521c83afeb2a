"""The tables of figures for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.http import HttpRequest, HttpResponseBadRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core import spreadsheet
from indgang.core.spreadsheet import NumberCell
from indgang.measures.definitions import Definition, holding
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import access, tables
from indgang.office.figures.forms import FigureFilter, FiguresFilter
from indgang.office.figures.tables import FigureShown, GroupedFigures

_CENT = Decimal("0.01")


@require_GET
@requires(access.SEE)
def figures(request: HttpRequest) -> HttpResponseBase:
    """All figures of the chosen days, a line for each figure and group."""
    form = FiguresFilter(request.GET, centres=access.centres_seen(person_of(request)))
    if not form.is_valid():
        return _refused()
    return _file("noegletal", form, _lines(form, holding(form.days.last)))


@require_GET
@requires(access.SEE)
def figure(request: HttpRequest, code: str) -> HttpResponseBase:
    """One figure by group."""
    form = FigureFilter(request.GET, centres=access.centres_seen(person_of(request)))
    is_valid = form.is_valid()
    definition = access.definition_for(code, form.days.last)
    return _file(definition.code, form, _lines(form, [definition])) if is_valid else _refused()


def _refused() -> HttpResponseBase:
    return HttpResponseBadRequest(_("Valgene kan ikke læses. Gå tilbage, og vælg igen."), content_type="text/plain")


def _file(name: str, form: FiguresFilter, rows: list[list[str]]) -> HttpResponseBase:
    content = spreadsheet.lines([_columns()], rows)
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    named = f"{name}-{form.days.first:%Y-%m-%d}-{form.days.last:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{named}"'
    return response


def _columns() -> list[str]:
    return [
        _("Nøgletal"), _("Definition"), _("Enhed"), _("Fra"), _("Til og med"), _("Opdelt efter"), _("Del"),
        _("Delens kode"), _("Værdi"), _("Antal bag"), _("Bemærkning"),
    ]  # fmt: skip


def _lines(form: FiguresFilter, definitions: list[Definition]) -> list[list[str]]:
    """They are made before the file is sent: by then the reader's language is gone."""
    totals = tables.whole(form.days.period, form)
    rows = [tables.all_groups(definitions, form, totals)]
    if form.group_by is not GroupBy.NOTHING:
        rows = [*tables.Groups(form, form.group_by).rows(definitions), *rows]
    return [list(_line(form, row, cell)) for row in rows for cell in row.cells]


def _line(form: FiguresFilter, row: GroupedFigures, cell: FigureShown) -> Iterator[str]:
    definition, days = cell.definition, form.days
    yield from (str(tables.name_of(definition)), definition.name, tables.unit_of(definition))
    yield from (f"{days.first:%d-%m-%Y}", f"{days.last:%d-%m-%Y}")
    yield from ("" if row.is_whole else form.by_word, row.name, row.group)
    yield from (_number(cell), "" if cell.is_hidden else NumberCell.of(cell.figure.base), cell.remark)


def _number(cell: FigureShown) -> str:
    if cell.is_hidden or cell.figure.value is None:
        return ""
    value = Decimal(str(cell.figure.value)).quantize(_CENT)
    return NumberCell.of(value.to_integral_value() if value == value.to_integral_value() else value)
