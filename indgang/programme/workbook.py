"""A case as a spreadsheet with live formulas: change an assumption, and every amount follows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from indgang.core.spreadsheet import cell_of
from indgang.programme import layout, words
from indgang.programme.cases import expressions, findings
from indgang.programme.cases.case import Assumption, BusinessCase, CaseGroup, CaseLine, ControlArea
from indgang.programme.cases.evaluation import ONCE, CaseTable, interval, price_factor
from indgang.programme.cases.expressions import Expression

_BOLD = Font(bold=True)
#: columns before the years
_BEFORE_ASSUMED, _BEFORE_LINE = 4, 3
#: the row of the years, the first row of the table, and where the factor to another price level stands
_YEARS, _FIRST, _LEVEL = 4, 5, "$D$3"


def workbook(case: BusinessCase, given: Mapping[str, Expression], table: CaseTable) -> bytes:
    """The case with the `given` values of assumptions, which give the table. Texts are in the reader's language."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    places = _Places(case)
    _case(sheet, case, places)
    _assumptions(book.create_sheet(places.sheet), case, places, given)
    _sources(book.create_sheet(_("Kilder")), case)
    _remarks(book.create_sheet(_("Bemærkninger")), case, places, table)
    if case.printed:
        _printed(book.create_sheet(_("Trykte tal")), case)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Rows:
    """In which row of the table each line and group stands (code), and each total; a line may have a total's name."""

    of: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    def put(self, each: CaseLine | CaseGroup | str, row: int) -> None:
        if isinstance(each, str):
            self.totals[each] = row
        else:
            self.of[each.code] = row


class _Places:
    """Where each assumption stands in each year."""

    def __init__(self, case: BusinessCase) -> None:
        self.sheet = _("Forudsætninger")
        self.rows = {each.name: 2 + index for index, each in enumerate(case.assumptions)}

    def cell(self, name: str, year: int, *, here: bool) -> str:
        """A reference; `here`: from the sheet of assumptions itself."""
        column = get_column_letter(_BEFORE_ASSUMED + 1 + year)
        return f"{column}{self.rows[name]}" if here else f"'{self.sheet}'!{column}{self.rows[name]}"

    def of(self, case: BusinessCase, year: int, *, here: bool) -> Callable[[str], str]:
        return lambda name: str(case.years[year]) if name == "year" else self.cell(name, year, here=here)


def _case(sheet: Worksheet, case: BusinessCase, places: _Places) -> None:
    sheet.title = _("Investeringsforslag")
    sheet["A1"], sheet["A1"].font = cell_of(case.title), Font(bold=True, size=14)
    sheet["A2"] = layout.heading(case) + ". " + _("Besparelser er negative.")
    if _is_moved(case):
        levels = {"own": case.price_year, "shown": case.shown_year}
        sheet["A3"] = _("Fra %(own)s p/l til %(shown)s p/l ganges med") % levels
        sheet[_LEVEL.replace("$", "")] = price_factor(case, case.price_year, case.shown_year)
    _head(sheet, _YEARS, [_("Linje"), _("Styringsområde"), _("Ansvarlig"), *map(str, case.years)])
    rows = _Rows()
    for row, each in enumerate(layout.order(case), _FIRST):
        if isinstance(each, CaseLine):
            _line(sheet, row, case, each, places)
        elif isinstance(each, CaseGroup):
            _formulas(sheet, row, each.name, case, _sums(case, [rows.of[code] for code in case.lines_of(each)]))
        elif each in (formulas := _totals(case, rows)):
            _formulas(sheet, row, layout.total_name(each), case, formulas[each]())
        else:
            sheet.cell(row, 1, each).font = _BOLD
        rows.put(each, row)
    _below(sheet, rows, case)
    _widen(sheet, 46)
    sheet.freeze_panes = "B5"


def _is_moved(case: BusinessCase) -> bool:
    """To another price level than its own."""
    return case.shown_year not in (None, case.price_year)


def _columns(case: BusinessCase) -> list[str]:
    return [get_column_letter(_BEFORE_LINE + 1 + index) for index in range(len(case.years))]


def _totals(case: BusinessCase, rows: _Rows) -> Mapping[str, Callable[[], list[str]]]:
    """The formulas of each total, from the rows above it."""
    return {
        "permanent": lambda: _sums(case, [rows.of[each.code] for each in case.lines if each.kind not in ONCE]),
        "once": lambda: _sums(case, [rows.of[each.code] for each in case.lines if each.kind in ONCE]),
        "net": lambda: [f"={c}{rows.totals['permanent']}+{c}{rows.totals['once']}" for c in _columns(case)],
        "cumulative": lambda: _until(case, rows.totals["net"]),
    }


def _sums(case: BusinessCase, rows: Iterable[int]) -> list[str]:
    """The sum of these rows in each year."""
    found = sorted(rows)
    return [f"={_sum(column, found)}" for column in _columns(case)]


def _sum(column: str, rows: Sequence[int]) -> str:
    """Rows that stand below each other are one area: `SUM(D6:D8,D10:D10)`."""
    areas: list[list[int]] = []
    for row in rows:
        if areas and areas[-1][1] == row - 1:
            areas[-1][1] = row
        else:
            areas.append([row, row])
    return f"SUM({','.join(f'{column}{first}:{column}{last}' for first, last in areas)})" if areas else "0"


def _until(case: BusinessCase, row: int) -> list[str]:
    """The sum of a row from the first year to each."""
    columns = _columns(case)
    return [f"=SUM(${columns[0]}{row}:{column}{row})" for column in columns]


def _line(sheet: Worksheet, row: int, case: BusinessCase, line: CaseLine, places: _Places) -> None:
    for column, text in enumerate((line.name, words.area_word(line.area), line.owner), 1):
        sheet.cell(row, column, cell_of(text))
    factor, step = price_factor(case, line.price_year), f"{case.rounding:g}"
    moved = "" if factor == 1 else f"*{factor:.15g}"
    for index, amount in enumerate(line.amounts):
        formula = expressions.as_cell(amount, places.of(case, index, here=False))
        rounded = f"ROUND(({formula}){moved}/{step},0)*{step}"
        shown = f"ROUND({rounded}*{_LEVEL}/{step},0)*{step}" if _is_moved(case) else rounded
        cell = sheet.cell(row, _BEFORE_LINE + 1 + index, f"={shown}")
        cell.number_format = "#,##0"


def _formulas(sheet: Worksheet, row: int, name: str, case: BusinessCase, formulas: Sequence[str]) -> None:
    sheet.cell(row, 1, cell_of(name)).font = _BOLD
    for index, formula in enumerate(formulas):
        cell = sheet.cell(row, _BEFORE_LINE + 1 + index, formula)
        cell.font, cell.number_format = _BOLD, "#,##0"


def _below(sheet: Worksheet, rows: _Rows, case: BusinessCase) -> None:
    """Payback, by service and in all, and present value."""
    columns, net = _columns(case), rows.totals["net"]
    first, last = columns[0], columns[-1]
    below = count(rows.totals["cumulative"] + 2)
    lasting = f"{last}{rows.totals['permanent']}"
    by_service = total = _payback(case, net, rows.totals["cumulative"], lasting)
    if any(each.area is ControlArea.TRANSFERS for each in case.lines):
        by_service = _without_transfers(sheet, rows, case, below)
    _fact(sheet, next(below), _("Tilbagebetalingstid efter service"), by_service)
    _fact(sheet, next(below), _("Tilbagebetalingstid efter totaløkonomi"), total)
    _fact(sheet, discount := next(below), _("Diskonteringsrente"), case.discount, "0.0%")
    rest_of = f"+NPV({first}{discount},{columns[1]}{net}:{last}{net})" if len(columns) > 1 else ""
    span = {"span": f"{case.years[0]}\N{EN DASH}{case.years[-1]}"}
    _fact(sheet, next(below), _("Nutidsværdi for %(span)s") % span, f"={first}{net}{rest_of}", "#,##0")


def _fact(sheet: Worksheet, row: int, name: str, value: float | str, shape: str = "General") -> None:
    sheet.cell(row, 1, name).font = _BOLD
    sheet.cell(row, _BEFORE_LINE + 1, value).number_format = shape


def _without_transfers(sheet: Worksheet, rows: _Rows, case: BusinessCase, below: Iterator[int]) -> str:
    """Two rows without the lines of transfers, and the years until they are paid back."""
    others = [each for each in case.lines if each.area is not ControlArea.TRANSFERS]
    net, until = next(below), next(below)
    _formulas(sheet, net, _("Virkning uden overførsler"), case, _sums(case, [rows.of[each.code] for each in others]))
    _formulas(sheet, until, _("Virkning uden overførsler indtil nu"), case, _until(case, net))
    permanent = sorted(rows.of[each.code] for each in others if each.kind not in ONCE)
    return _payback(case, net, until, _sum(_columns(case)[-1], permanent))


def _payback(case: BusinessCase, net: int, until: int, lasting: str) -> str:
    """Calendar years until a row is paid back, from it and its sums until now; `lasting` is what goes on."""
    first, last = _columns(case)[0], _columns(case)[-1]
    years, amounts, sums = (f"{first}{row}:{last}{row}" for row in (_YEARS, net, until))
    begins = f"INDEX({years},MATCH(TRUE,INDEX({amounts}<>0,0),0))"
    above = f"SUMPRODUCT(MAX(({sums}>0)*{years}))"
    rest, end = f"{last}{until}", f"{last}{_YEARS}"
    never = '"' + _("aldrig") + '"'
    later = f"IF({lasting}<0,{end}-{begins}+1+ROUNDUP({rest}/-{lasting},0),{never})"
    inside = f"IF({lasting}>0,{never},IF({above}=0,0,{above}+2-{begins}))"
    return f"=IF({above}={end},{later},{inside})"


def _assumptions(sheet: Worksheet, case: BusinessCase, places: _Places, given: Mapping[str, Expression]) -> None:
    _head(
        sheet,
        1,
        [_("Forudsætning"), _("Enhed"), _("Fra"), _("Til"), *map(str, case.years), _("Kilde"), _("Interval fra")],
    )
    after = _BEFORE_ASSUMED + len(case.years) + 1
    for each in case.assumptions:
        row = places.rows[each.name]
        sheet.cell(row, 1, cell_of(each.label))
        sheet.cell(row, 2, cell_of(each.unit))
        for column, end in enumerate(interval(case, each) or (), 3):
            sheet.cell(row, column, end)
        formulas = [given.get(each.name) or _value_in(each, year) for year in case.years]
        for index, content in enumerate(_cells(case, each, formulas, places)):
            sheet.cell(row, _BEFORE_ASSUMED + 1 + index, content)
        sheet.cell(row, after, cell_of(each.source))
        sheet.cell(row, after + 1, cell_of(each.interval_source))
    _widen(sheet, 40)


def _value_in(assumption: Assumption, year: int) -> Expression | None:
    return next((each.formula for each in assumption.values if each.holds_in(year)), None)


def _cells(
    case: BusinessCase, assumption: Assumption, formulas: Sequence[Expression | None], places: _Places
) -> Iterator[float | str | None]:
    """The first year has the number, so that it is changed once; later years with the same one refer to it."""
    factor = price_factor(case, assumption.price_year)
    for index, formula in enumerate(formulas):
        if formula is None:
            yield None
        elif index and formulas[index - 1] is formula and not expressions.names(formula):
            yield f"={places.cell(assumption.name, index - 1, here=True)}"
        elif isinstance(formula, expressions.FormulaNumber) and factor == 1:
            yield formula.value
        else:
            said = expressions.as_cell(formula, places.of(case, index, here=True))
            yield f"={said}" if factor == 1 else f"=({said})*{factor:.15g}"


def _sources(sheet: Worksheet, case: BusinessCase) -> None:
    _head(sheet, 1, [_("Linje"), _("Art"), _("Prisniveau, år"), _("Kilde")])
    for row, line in enumerate(case.lines, 2):
        for column, text in ((1, line.name), (2, words.kind_word(line.kind)), (4, line.source)):
            sheet.cell(row, column, cell_of(text))
        sheet.cell(row, 3, line.price_year or case.price_year)
    if case.price_index:
        _index(sheet, len(case.lines) + 4, case)
    _widen(sheet, 46)


def _index(sheet: Worksheet, row: int, case: BusinessCase) -> None:
    _head(sheet, row, [_("Prisindeks"), _("Værdi")])
    sheet.cell(row, 4, cell_of(case.price_index_source))
    for place, (year, value) in enumerate(sorted(case.price_index.items()), row + 1):
        sheet.cell(place, 1, year)
        sheet.cell(place, 2, value)


def _remarks(sheet: Worksheet, case: BusinessCase, places: _Places, table: CaseTable) -> None:
    """What a reader must know; the figures of remarks are formulas, and follow the assumptions."""
    _head(sheet, 1, [_("Bemærkning"), _("Værdi"), _("Kilde")])
    rows = count(2)
    for text in (*layout.warnings(case, table), *layout.disagreements(case)):
        sheet.cell(next(rows), 1, cell_of(text))
    for remark in case.remarks:
        sheet.cell(next(rows), 1, cell_of(remark.text)).font = _BOLD
        for name, formula, source in remark.figures:
            row = next(rows)
            sheet.cell(row, 1, cell_of(name))
            sheet.cell(row, 2, f"={expressions.as_cell(formula, places.of(case, 0, here=False))}")
            sheet.cell(row, 3, cell_of(source))
    _widen(sheet, 80)


def _printed(sheet: Worksheet, case: BusinessCase) -> None:
    """The figures that the source prints, beside those of the case when nothing is tried."""
    _head(sheet, 1, [_("Række"), _("År"), _("Trykt"), _("Forslaget giver"), _("Passer"), _("Kilde")])
    for row, each in enumerate(findings.compared(case), 2):
        name, fits = layout.name_of(case, each.of), _("nej") if each.differs else _("ja")
        for column, text in ((1, name), (2, layout.when(each)), (5, fits), (6, each.source)):
            sheet.cell(row, column, cell_of(text))
        sheet.cell(row, 3, each.printed)
        sheet.cell(row, 4, each.computed)
    _widen(sheet, 46)


def _head(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    for column, name in enumerate(names, 1):
        cell = sheet.cell(row, column, int(name) if name.isdigit() else name)
        cell.font = _BOLD


def _widen(sheet: Worksheet, first: int) -> None:
    sheet.column_dimensions["A"].width = first
    sheet.column_dimensions["B"].width = 16
