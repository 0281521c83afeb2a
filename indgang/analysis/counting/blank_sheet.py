"""A workbook to fill with what was counted, which `paper.read_sheet` reads: the columns, and lists to choose from."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from indgang.analysis.counting import paper
from indgang.analysis.counting.models import CountedChannel, CountingWeek
from indgang.enquiries.models import Character

#: lines that have lists to choose from
_LINES = 1_000
#: columns of a mark that the week may not ask for
_ASKED = {
    "kanal": "asks_channel", "karakter": "asks_character", "minutter": "asks_minutes", "afklaret": "asks_outcome",
    "digital": "asks_digital",
}  # fmt: skip
_SECOND = "Valg"


def workbook(week: CountingWeek) -> bytes:
    """The content of an .xlsx file with the columns of the marks that the week asks for."""
    book = Workbook()
    sheet, choices = book.worksheets[0], book.create_sheet(_SECOND)
    columns = [each for each in paper.COLUMNS if getattr(week, _ASKED.get(each, ""), True)]
    sheet.append(columns)
    lists = {
        "ærinde": [each.name for each in week.purposes.all()], "kanal": [str(each.label) for each in CountedChannel],
        "karakter": [str(each.label) for each in Character], "afklaret": ["ja", "nej"], "digital": ["ja", "nej"],
    }  # fmt: skip
    for number, (name, values) in enumerate(lists.items(), start=1):
        choices.cell(1, number, name)
        for line, value in enumerate(values, start=2):
            cell = choices.cell(line, number, value)
            cell.data_type = "s"  # a wording that begins with = is no formula
        if name in columns:
            rule = DataValidation("list", formula1=_range(choices.cell(2, number).column_letter, len(values)))
            rule.add(f"{_letter(sheet, columns, name)}2:{_letter(sheet, columns, name)}{_LINES + 1}")
            sheet.add_data_validation(rule)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _range(letter: str, number: int) -> str:
    return f"{_SECOND}!${letter}$2:${letter}${number + 1}"


def _letter(sheet: Any, columns: list[str], name: str) -> str:
    return str(sheet.cell(1, columns.index(name) + 1).column_letter)
