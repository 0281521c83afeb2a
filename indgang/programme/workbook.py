"""A case as a spreadsheet with live formulas: change an assumption, and every amount follows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from indgang.core.spreadsheet import cell_of
from indgang.programme import layout, words
from indgang.programme.cases import expressions
from indgang.programme.cases.case import Assumption, BusinessCase, CaseLine
from indgang.programme.cases.evaluation import ONCE, interval, price_factor
from indgang.programme.cases.expressions import Expression

_BOLD = Font(bold=True)
#: columns before the years
_BEFORE_ASSUMED, _BEFORE_LINE = 4, 3


def workbook(case: BusinessCase, given: Mapping[str, Expression]) -> bytes:
    """The case with the `given` values of assumptions. Texts are in the reader's language."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    places = _Places(case)
    _case(sheet, case, places)
    _assumptions(book.create_sheet(places.sheet), case, places, given)
    _sources(book.create_sheet(_("Kilder")), case)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


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
    _head(sheet, 4, [_("Linje"), _("Styringsområde"), _("Ansvarlig"), *map(str, case.years)])
    row = 5
    totals = []
    groups = (
        (_("Varige ændringer"), _("Varig ændring i alt"), [each for each in case.lines if each.kind not in ONCE]),
        (_("Implementering og investering"), _("Implementering og investering i alt"),
         [each for each in case.lines if each.kind in ONCE]),
    )  # fmt: skip
    for heading, total, lines in groups:
        sheet.cell(row, 1, heading).font = _BOLD
        first = row = row + 1
        for line in lines:
            _line(sheet, row, case, line, places)
            row += 1
        _formulas(
            sheet, row, total, case, [f"=SUM({c}{first}:{c}{row - 1})" if lines else "=0" for c in _columns(case)]
        )
        totals.append(row)
        row += 1
    permanent, once = totals
    _formulas(sheet, row, _("Samlet virkning på økonomien"), case,
              [f"={c}{permanent}+{c}{once}" for c in _columns(case)])  # fmt: skip
    _below(sheet, row, permanent, case)
    _widen(sheet, 46)
    sheet.freeze_panes = "B5"


def _columns(case: BusinessCase) -> list[str]:
    return [get_column_letter(_BEFORE_LINE + 1 + index) for index in range(len(case.years))]


def _line(sheet: Worksheet, row: int, case: BusinessCase, line: CaseLine, places: _Places) -> None:
    for column, text in enumerate((line.name, words.area_word(line.area), line.owner), 1):
        sheet.cell(row, column, cell_of(text))
    for index, amount in enumerate(line.amounts):
        formula = expressions.as_cell(amount, places.of(case, index, here=False))
        cell = sheet.cell(row, _BEFORE_LINE + 1 + index, f"=ROUND(({formula})/{case.rounding:g},0)*{case.rounding:g}")
        cell.number_format = "#,##0"


def _formulas(sheet: Worksheet, row: int, name: str, case: BusinessCase, formulas: Sequence[str]) -> None:
    sheet.cell(row, 1, name).font = _BOLD
    for index, formula in enumerate(formulas):
        cell = sheet.cell(row, _BEFORE_LINE + 1 + index, formula)
        cell.font, cell.number_format = _BOLD, "#,##0"


def _below(sheet: Worksheet, net: int, permanent: int, case: BusinessCase) -> None:
    """Cumulative net, payback and present value."""
    columns, total = _columns(case), net + 1
    _formulas(
        sheet, total, _("Samlet virkning indtil nu"), case, [f"=SUM(${columns[0]}{net}:{c}{net})" for c in columns]
    )
    first, last = columns[0], columns[-1]
    years, sums = f"{first}4:{last}4", f"{first}{total}:{last}{total}"
    begins = f"INDEX({years},MATCH(TRUE,INDEX({first}{net}:{last}{net}<>0,0),0))"
    above = f"SUMPRODUCT(MAX(({sums}>0)*{years}))"
    lasting, rest, end = f"{last}{permanent}", f"{last}{total}", f"{last}4"
    never = '"' + _("aldrig") + '"'
    later = f"IF({lasting}<0,{end}-{begins}+1+ROUNDUP({rest}/-{lasting},0),{never})"
    inside = f"IF({lasting}>0,{never},IF({above}=0,0,{above}+2-{begins}))"
    sheet.cell(total + 2, 1, _("Tilbagebetalingstid i år")).font = _BOLD
    sheet.cell(total + 2, _BEFORE_LINE + 1, f"=IF({above}={end},{later},{inside})")
    sheet.cell(total + 3, 1, _("Diskonteringsrente")).font = _BOLD
    sheet.cell(total + 3, _BEFORE_LINE + 1, case.discount).number_format = "0.0%"
    rate = f"{first}{total + 3}"
    rest_of = f"+NPV({rate},{columns[1]}{net}:{last}{net})" if len(columns) > 1 else ""
    sheet.cell(total + 4, 1, _("Nutidsværdi for årene")).font = _BOLD
    sheet.cell(total + 4, _BEFORE_LINE + 1, f"={first}{net}{rest_of}").number_format = "#,##0"


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
    _head(sheet, 1, [_("Linje"), _("Art"), _("Kilde")])
    for row, line in enumerate(case.lines, 2):
        for column, text in enumerate((line.name, words.kind_word(line.kind), line.source), 1):
            sheet.cell(row, column, cell_of(text))
    for row, remark in enumerate(case.remarks, len(case.lines) + 3):
        sheet.cell(row, 1, cell_of(remark.text))
    _widen(sheet, 46)


def _head(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    for column, name in enumerate(names, 1):
        cell = sheet.cell(row, column, int(name) if name.isdigit() else name)
        cell.font = _BOLD


def _widen(sheet: Worksheet, first: int) -> None:
    sheet.column_dimensions["A"].width = first
    sheet.column_dimensions["B"].width = 16
