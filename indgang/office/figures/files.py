"""The tables of figures for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.core.clock import COPENHAGEN
from indgang.core.spreadsheet import NumberCell
from indgang.measures.definitions import Definition
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import access, tables
from indgang.office.figures.agreed import AgreedElsewhere
from indgang.office.figures.contacts import ContactsOfFigure, CountedContact
from indgang.office.figures.forms import FigureFilter, FiguresFilter
from indgang.office.figures.promised import also_within
from indgang.office.figures.sections import sections
from indgang.office.figures.tables import FigureShown, GroupedFigures
from indgang.ui import downloads

_CENT = Decimal("0.01")
#: contacts in one file: each is read from the log again while the file is sent
MOST_CONTACTS = 20_000


@require_GET
@requires(access.SEE)
def figures(request: HttpRequest) -> HttpResponseBase:
    """All figures of the chosen days, a line for each figure and group."""
    form = FiguresFilter(request.GET, centres=access.centres_seen(person_of(request)))
    if not form.is_valid():
        return refused()
    chosen = [each for section in form.chosen(sections(form.definitions)) for each in section.definitions]
    return _file("noegletal", form, _lines(form, chosen))


@require_GET
@requires(access.SEE)
def figure(request: HttpRequest, code: str) -> HttpResponseBase:
    """One figure by group."""
    form = FigureFilter(request.GET, centres=access.centres_seen(person_of(request)))
    is_valid = form.is_valid()
    definition = access.definition_for(code, form.days.last)
    return (
        _file(definition.code, form, _lines(form, also_within([definition], form.thresholds)))
        if is_valid
        else refused()
    )


def refused() -> HttpResponseBase:
    return HttpResponseBadRequest(_("Valgene kan ikke læses. Gå tilbage, og vælg igen."), content_type="text/plain")


def of_contacts(name: str, form: FiguresFilter, found: ContactsOfFigure) -> HttpResponseBase:
    """The contacts behind a figure, read while they are sent."""
    return _file(name, form, _contact_lines(found, get_language() or "da"), _contact_columns())


def _file(
    name: str, form: FiguresFilter, rows: Iterable[Iterable[str]], columns: list[str] | None = None
) -> HttpResponseBase:
    named = f"{name}-{form.days.first:%Y-%m-%d}-{form.days.last:%Y-%m-%d}.csv"
    return downloads.table(columns or _columns(), rows, named)


def _contact_columns() -> list[str]:
    return [
        _("Henvendelse"), _("Kom"), _("Tæller i kvarteret"), _("Hvad"), _("Kanal"), _("Kø"), _("Ydelse"), _("Udfald"),
        _("Tid (sekunder)"), _("Tæller"),
    ]  # fmt: skip


def _contact_lines(found: ContactsOfFigure, language: str) -> Iterator[list[str]]:
    """The rows are sent when the reader's language is gone, so each batch is made in it."""
    batches, left = found.batches(), MOST_CONTACTS
    while True:
        with translation.override(language):
            batch = [_contact_line(row) for row in rows] if (rows := next(batches, None)) is not None else None
        if batch is None:
            return
        yield from batch[:left]
        left -= len(batch)
        if left < 0:
            with translation.override(language):
                yield [_("Kun de første %(rows)s står her. Vælg færre dage eller en del.") % {"rows": MOST_CONTACTS}]
            return


def _contact_line(row: CountedContact) -> list[str]:
    arrived = f"{row.arrived.astimezone(COPENHAGEN):%d-%m-%Y %H:%M:%S}" if row.arrived else ""
    seconds = "" if row.time is None else _decimal(row.time.total_seconds())
    said = (row.counted, row.what, row.channel, row.queue, row.service, row.outcome)
    return [str(row.stream), arrived, *map(str, said), seconds, str(row.side)]


def _columns() -> list[str]:
    return [
        _("Nøgletal"), _("Definition"), _("Enhed"), _("Fra"), _("Til og med"), _("Opdelt efter"), _("Del"),
        _("Delens kode"), _("Værdi"), _("Antal i grundlaget"), _("Bemærkning"),
    ]  # fmt: skip


def _lines(form: FiguresFilter, definitions: list[Definition]) -> list[list[str]]:
    """They are made before the file is sent: by then the reader's language is gone."""
    whole = tables.Whole(form.days.period, form, entered=[each.code for each in definitions])
    agreed = AgreedElsewhere(form)
    remarks = {each: agreed.remark(each) for each in definitions}
    rows = [tables.all_groups(definitions, whole)]
    if form.group_by is not GroupBy.NOTHING:
        rows = [*tables.Groups(form, form.group_by, whole).rows(definitions), *rows]
    return [list(_line(form, row, cell, remarks[cell.definition])) for row in rows for cell in row.cells]


def _line(form: FiguresFilter, row: GroupedFigures, cell: FigureShown, remark: str) -> Iterator[str]:
    definition, days = cell.definition, form.days
    yield from (str(tables.name_of(definition)), definition.name, tables.unit_of(definition))
    yield from (f"{days.first:%d-%m-%Y}", f"{days.last:%d-%m-%Y}")
    yield from ("" if row.is_whole else form.by_word, row.name, row.group)
    yield from (_number(cell), "" if cell.is_hidden else NumberCell.of(cell.figure.base))
    yield ". ".join(filter(None, (cell.remark, remark)))


def _number(cell: FigureShown) -> str:
    if cell.is_hidden or cell.figure.value is None:
        return ""
    return _decimal(cell.figure.value)


def _decimal(number: float) -> str:
    value = Decimal(str(number)).quantize(_CENT)
    return NumberCell.of(value.to_integral_value() if value == value.to_integral_value() else value)
