"""The potential of a file that somebody sends: read as the command reads it, refused rows with line and reason."""

from __future__ import annotations

import html
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.office.conftest import SignIn
from tests.office.pages import form_at

PAGE = "/office/potential/file/"
GOOD = (
    "Område;Enhed;Mærke;Ærinde;Minutter;Antal\nTMF;Byliv;generel;vejledning;2;10\nTMF;Byliv;sagsspecifik;Klager;20;5\n"
)


def _sent(as_person: SignIn, content: bytes, name: str = "uge.csv", **typed: str) -> Any:
    finn = as_person("finn")
    form = form_at(finn, PAGE)
    return finn.post(PAGE, form.sent(table=SimpleUploadedFile(name, content), **{"rules": "tmf", **typed}))


def test_a_file_is_decided_by_the_rules_and_not_stored(as_person: SignIn) -> None:
    answer = _sent(as_person, GOOD.encode())
    row = answer.context["rows"][-1].row
    assert (answer.status_code, row.total, row.digital, row.future_case_workers) == (200, 750, 500, 250)
    moved = _sent(as_person, GOOD.encode(), digital="1")
    assert [(each.name, each.change) for each in moved.context["moved"]] == [
        ("Digitalt", -500), ("Kontaktcenter", 500), ("Sagsbehandler", 0),
    ]  # fmt: skip


def test_each_row_of_the_file_comes_back_with_its_rule(as_person: SignIn) -> None:
    answer = _sent(as_person, GOOD.encode(), each_row="1")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("linje;område;enhed;niveau;mærke;ærinde;emne;minutter;straksafklaret;antal;regel;klasse")
    assert lines[1].startswith("2;TMF;Byliv;1. level;generel;Generelle spørgsmål og vejledning;;2;;10;")
    assert lines[1].endswith(";Generel information;Digitalt")
    assert lines[2].endswith(";Sagsbehandling;Sagsbehandler")
    again = _sent(as_person, "\n".join(lines).encode())
    assert again.context["rows"][-1].row.total == 750, "and it can be read again"
    refused = _sent(as_person, (GOOD + "TMF;Byliv;måske;vejledning;2;1\n").encode(), each_row="1")
    assert refused.status_code == 422


def test_a_register_without_units_is_read_with_the_one_that_is_named(as_person: SignIn) -> None:
    register = "Emne;Tidsforbrug;Afklaring\nByggesag;1,5;Straksafklaret\nStøj;;Viderestillet\n".encode()
    refused = _sent(as_person, register, rules="keh")
    assert "Filen mangler kolonner: enhed" in html.unescape(refused.content.decode())
    read = _sent(as_person, register, rules="keh", unit="KEH")
    row = read.context["rows"][0].row
    assert (row.unit.name, row.digital, row.future_case_workers) == ("KEH", 50, 50)


def test_a_workbook_is_read_too(as_person: SignIn) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in GOOD.splitlines():
        sheet.append([int(each) if each.isdigit() else each for each in line.split(";")])
    content = io.BytesIO()
    book.save(content)
    assert _sent(as_person, content.getvalue(), "uge.xlsx").context["rows"][-1].row.total == 750


def test_rows_that_cannot_be_used_are_said_with_line_and_reason(as_person: SignIn) -> None:
    bad = GOOD + "TMF;Byliv;måske;vejledning;2;1\nTMF;Byliv;generel;vejledning;1,5;1;7\n"
    refused = _sent(as_person, bad.encode())
    said = html.unescape(refused.content.decode())
    assert refused.status_code == 422
    assert "Linje 4: mærke kan ikke være måske." in said
    assert "Linje 5 kan ikke læses" in said
    assert "rows" not in refused.context
    skipped = _sent(as_person, bad.encode(), skip_bad="on")
    assert skipped.context["rows"][-1].row.total == 750


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Filen er tom"), (b"Enhed;Minutter\nByliv;2\n", "Filen mangler kolonner: mærke, ærinde."),
        (b"PK\x03\x04nej", "Regnearket kan ikke læses"),
        (GOOD.encode() + b"TMF;Byliv;generel;vejledning;2;1000000\n" * 2, "flere henvendelser"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_count_is_refused(as_person: SignIn, content: bytes, said: str) -> None:
    answer = _sent(as_person, content)
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())


def test_a_limit_that_the_rules_do_not_have_is_said_at_its_field(as_person: SignIn) -> None:
    finn = as_person("finn")
    sent = form_at(finn, PAGE).sent(table=SimpleUploadedFile("u.csv", GOOD.encode()), rules="keh", case_information="9")
    assert "case_information" in finn.post(PAGE, sent).context["form"].errors
