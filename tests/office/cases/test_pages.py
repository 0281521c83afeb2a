"""The pages of business cases: the table of the documents, other values, a spreadsheet that computes, and a PDF."""

from __future__ import annotations

import html
import io
import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from indgang.audit.models import Change
from indgang.programme import layout, own_cases
from indgang.programme.cases import evaluation, library
from indgang.programme.cases.library import SHIPPED, shipped
from indgang.programme.models import OwnCase, OwnCaseVersion
from indgang.programme.workbook import workbook
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.pdf_ua import faults
from tests.world import World

BC31 = "/office/cases/bc31/"


def test_who_sees_figures_sees_the_cases(as_person: SignIn) -> None:
    assert {name: as_person(name).get("/office/cases/").status_code for name in ("gerda", "eva", "anna")} == {
        "gerda": 200, "eva": 200, "anna": 403,
    }  # fmt: skip
    listed = as_person("gerda").get("/office/cases/").content.decode()
    assert all(shipped(code).title in listed for code in SHIPPED)


@pytest.mark.parametrize("code", SHIPPED)
def test_a_case_is_shown_in_the_layout_of_its_document(as_person: SignIn, code: str) -> None:
    shown = as_person("gerda").get(f"/office/cases/{code}/")
    text = shown.content.decode()
    assert shown.status_code == 200
    for amount in evaluation.table(shipped(code)).net:
        assert f"<td>{amount:,.0f}</td>".replace(",", ".") in text


def test_other_values_are_tried_in_the_address(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    text = gerda.get(BC31, {"scenario": "no-buildings"}).content.decode()
    assert "11 år, i 2031" in text
    text = gerda.get(BC31, {"set-later_saving": "0,05", "set-fte": "10"}).content.decode()
    assert "<td>5.500</td>" in text
    assert "<td>5.225</td>" in text


@pytest.mark.parametrize(
    "query", [{"set-fte": "mange"}, {"set-fte": "-9"}, {"price_year": "1999"}, {"price_year": "x"}, {"set-fte": "nan"},
              {"set-fte": "1e300"}, {"scenario": "x"},
              {"set-fte": "900000000", "set-fte_cost": "900000000"}],
)  # fmt: skip
@pytest.mark.parametrize("part", ["", "spreadsheet/", "document/"])
def test_values_that_make_no_sense_are_said_on_the_form(as_person: SignIn, query: dict[str, str], part: str) -> None:
    answer = as_person("gerda").get(BC31 + part, query)
    assert answer.status_code == 422
    assert "Regn igen" in answer.content.decode()


@pytest.mark.parametrize("part", ["", "document/"])
def test_an_interval_that_cannot_be_computed_is_said_beside_the_table(as_person: SignIn, part: str) -> None:
    """Nine people fit below the largest amount, eleven do not."""
    answer = as_person("gerda").get(BC31 + part, {"set-fte_cost": "10000000"})
    assert answer.status_code == 200
    if not part:
        assert "Forslaget kan ikke regnes ud i hele intervallet: Linjen" in answer.content.decode()


def test_a_value_outside_its_interval_is_told_on_page_and_pdf(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    said = "Årsværk i kontaktcentret (årsværk) er 12. Det er uden for intervallet 8 til 11."
    assert said in gerda.get(BC31, {"set-fte": "12"}).content.decode()
    assert said in _pdf_text(gerda.get(BC31 + "document/", {"set-fte": "12"}).content)
    refused = gerda.get(BC31, {"set-fte": "-9"})
    assert refused.context["form"].errors["set-fte"] == ["Årsværk i kontaktcentret er -9, men kan ikke være under 0."]


def _pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_totals_disagreements_and_years_are_on_page_pdf_and_spreadsheet(as_person: SignIn) -> None:
    gerda, page = as_person("gerda"), "/office/cases/concept-2006/"
    text, pdf = gerda.get(page).content.decode(), _pdf_text(gerda.get(page + "document/").content)
    book = load_workbook(io.BytesIO(gerda.get(page + "spreadsheet/").content))
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row]
    said = (
        "Etablering af seks borgerservicecentre, i alt: trykt 109.400, men posterne giver 109.290",
        "Nutidsværdi for 2007–2009", "4,5 stillinger", "Tilbagebetalingstid efter service",
    )  # fmt: skip
    for part in said:
        assert part in text
        assert part in pdf
        assert any(part in cell for cell in cells)
    for amount in ("25.400", "10.280", "20.100", "20.740", "7.680"):
        assert f"<td>{amount}</td>" in text
        assert amount in pdf
    tornado = gerda.get(BC31).content.decode()
    assert tornado.count("for 2021–2026") >= 4  # under the table, the tornado, and the simulation twice


def test_a_case_is_shown_at_another_price_level(as_person: SignIn) -> None:
    hans = as_person("hans")
    text = library.text(library.BLANK).replace("area: capital, owner", "area: transfers, price_year: 2020, owner")
    text += "price_index: {2020: 1.0, 2026: 1.2, 2028: 1.5}\nprice_index_source: Et sted\n"
    assert hans.post(NEW, {"case_text": text, "reason": "x"}).status_code == 302
    case = evaluation.at_price_level(own_cases.read(text), 2028)
    table = evaluation.table(case)
    assert (table.once[0], table.permanent[-1]) == (1800, -625)
    shown = hans.get(MINE, {"price_year": "2028"}).content.decode()
    for said in ("1.000 kr., 2028 p/l", "<td>1.800</td>", "<td>-625</td>", "fra 2020 p/l", "Et sted"):
        assert said in shown
    cells, sheet = _calculated(workbook(case, {}, table)), "Investeringsforslag"
    rows = {cells(sheet, f"A{row}"): row for row in range(3, 60)}
    assert [cells(sheet, f"{each}{rows['Samlet virkning på økonomien']}") for each in "DEFGH"] == list(table.net)
    assert cells(sheet, f"D{rows['Tilbagebetalingstid efter service']}") == table.payback_service == 0
    assert cells(sheet, f"D{rows['Tilbagebetalingstid efter totaløkonomi']}") == table.payback == 5
    unknown = hans.get(MINE, {"price_year": "1999"})
    assert (unknown.status_code, unknown.context["form"].errors["price_year"]) == (
        422, ["Forslaget har ikke noget prisindeks for 1999. Det kender 2020, 2026, 2028."],
    )  # fmt: skip


def test_a_line_with_the_code_of_a_total_is_counted_as_a_line() -> None:
    text = library.text(library.BLANK).replace("code: saving,", "code: net,")
    text = text.replace("area: capital, owner", "area: transfers, owner")
    text += "printed: [{of: net, source: Side 1, amounts: [1]}]\n"
    case = own_cases.read(text)
    table = evaluation.table(case)
    cells, sheet = _calculated(workbook(case, {}, table)), "Investeringsforslag"
    rows = {cells(sheet, f"A{row}"): row for row in range(3, 60)}
    assert [cells(sheet, f"{each}{rows['Virkning uden overførsler']}") for each in "DEFGH"] == list(table.permanent)
    assert cells(sheet, f"D{rows['Tilbagebetalingstid efter service']}") == table.payback_service
    assert [(each.name, each.computed) for each in layout.printed(case)] == [
        ("Samlet virkning på økonomien", f"{table.net[0]:,.0f}".replace(",", "."))
    ]


def test_an_unknown_case_is_not_found(as_person: SignIn) -> None:
    assert [as_person("gerda").get(f"/office/cases/bc99/{part}").status_code for part in ("", "document/")] == [404] * 2


def test_the_pdf_is_tagged_and_has_the_table(as_person: SignIn) -> None:
    made = as_person("gerda").get(BC31 + "document/", {"scenario": "no-buildings"})
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages)
    assert made["Content-Type"] == "application/pdf"
    assert faults(made.content) == []
    assert "4.950" in text
    assert "Uden besparelsen i Center for Bygninger" in text
    assert "TMF og KFF" in text, "who owns the line"
    assert "Implementering" in text.replace("Implementering og investering", "")


@pytest.mark.parametrize("code", SHIPPED)
def test_the_formulas_of_the_spreadsheet_give_what_the_page_shows(code: str) -> None:
    case, table = shipped(code), evaluation.table(shipped(code))
    cells, sheet = _calculated(workbook(case, {}, table)), "Investeringsforslag"
    rows = {cells(sheet, f"A{row}"): row for row in range(5, 60)}
    years = range(len(case.years))
    totals = [("Samlet virkning på økonomien", table.net), ("Samlet virkning indtil nu", table.cumulative)]
    for name, amounts in (*totals, *((group.name, amounts) for group, amounts in table.groups)):
        assert [cells(sheet, f"{'DEFGHIJ'[k]}{rows[name]}") for k in years] == pytest.approx(list(amounts))
    paybacks = {"totaløkonomi": table.payback, "service": table.payback_service}
    for name, years_until in paybacks.items():
        payback = cells(sheet, f"D{rows[f'Tilbagebetalingstid efter {name}']}")
        assert payback == ("aldrig" if math.isinf(years_until) else years_until)
    span = f"{case.years[0]}–{case.years[-1]}"
    assert cells(sheet, f"D{rows[f'Nutidsværdi for {span}']}") == pytest.approx(table.present_value)


def test_a_text_of_a_case_never_becomes_a_formula() -> None:
    from dataclasses import replace

    case = shipped("bc30")
    cells = load_workbook(io.BytesIO(workbook(replace(case, title="=1+1"), {}, evaluation.table(case)))).worksheets[0]
    assert cells["A1"].data_type == "s"


def _calculated(content: bytes) -> Callable[[str, str], Any]:
    """The value of each cell, as a spreadsheet computes it: formulas are rewritten as Python."""
    book = load_workbook(io.BytesIO(content))

    @cache
    def value(sheet: str, cell: str) -> Any:
        found = book[sheet][cell].value
        if not (isinstance(found, str) and found.startswith("=")):
            return found
        return eval(_python(found[1:]), {**_FUNCTIONS, "at": at, "here": sheet})

    def at(sheet: str, area: str) -> Any:
        area = area.replace("$", "")
        if ":" not in area:
            return value(sheet, area)
        row = [value(sheet, cell.coordinate) for line in book[sheet][area] for cell in line]
        return np.array([each or 0 for each in row], dtype=float)

    return value


def _python(formula: str) -> str:
    area = r"\$?[A-Z]{1,2}\$?\d+(?::\$?[A-Z]{1,2}\$?\d+)?"
    text = re.sub(rf"'([^']+)'!({area})", r"at('\1',#\2#)", formula)
    text = re.sub(rf"(?<![#A-Z$:])({area})(?![#\d(])", r"at(here,'\1')", text)
    text = re.sub(r"#([^#]+)#", r"'\1'", text)
    return re.sub(r"(?<![<>=])=(?!=)", "==", text).replace("<>", "!=").replace("TRUE", "True")


def _half_up(value: float, digits: float) -> float:
    return math.copysign(math.floor(abs(value) * 10**digits + 0.5 + 1e-9) / 10**digits, value)


_FUNCTIONS: dict[str, Any] = {
    "ROUND": _half_up, "ROUNDUP": lambda value, _digits: math.ceil(value - 1e-9), "MAX": np.max,
    "SUM": lambda *areas: sum(float(np.sum(each)) for each in areas),
    "MIN": np.min, "ABS": abs, "SUMPRODUCT": np.sum, "IF": lambda test, yes, no: yes if test else no,
    "INDEX": lambda values, place, _column=0: values if place == 0 else values[place - 1],
    "MATCH": lambda wanted, values, _kind: int(np.argmax(values == wanted)) + 1,
    "NPV": lambda rate, values: float(np.sum(values / (1 + rate) ** np.arange(1, len(values) + 1))),
}  # fmt: skip


# --- cases of one's own -----------------------------------------------------------------------------

NEW, MINE = "/office/cases/new/text/", "/office/cases/nyt-forslag/"


def _begun(client: Client) -> str:
    """Begin a case with the small one that the form offers, and return its text."""
    text = str(client.get(NEW).context["form"].initial["case_text"])
    answer = client.post(NEW, {"case_text": text, "reason": "Vi overvejer det"})
    assert (answer.status_code, answer["Location"]) == (302, MINE)
    return text


def test_an_owner_makes_a_case_changes_it_and_sees_every_version(as_person: SignIn, world: World) -> None:
    hans = as_person("hans")
    text = _begun(hans)
    assert "-1.000" in hans.get(MINE).content.decode()
    edit = hans.get(MINE + "text/", {"set-hourly_price": "600"})
    form = form_at(hans, MINE + "text/?set-hourly_price=600")
    changed = str(edit.context["form"].initial["case_text"])
    answer = hans.post(MINE + "text/?set-hourly_price=600", form.sent(case_text=changed, reason="Dyrere timer"))
    assert answer.status_code == 302
    shown = hans.get(MINE).content.decode()
    assert "-1.500" in shown
    assert "Dyrere timer" in shown
    old = hans.get(MINE, {"version": "1"}).content.decode()
    assert "-1.000" in old
    assert "som ikke gælder mere" in old
    assert own_cases.latest_of(OwnCase.objects.get()).number == 2
    assert Change.objects.filter(action="owncase.edit", by_id=f"person:{world.hans.pk}").count() == 1
    assert text in OwnCaseVersion.objects.get(number=1).text


def test_a_case_of_the_documents_is_copied_with_the_values_that_were_tried(as_person: SignIn) -> None:
    hans = as_person("hans")
    offered = str(hans.get(NEW, {"from": "bc31", "set-fte": "10"}).context["form"].initial["case_text"])
    hans.post(NEW + "?from=bc31&set-fte=10", {"case_text": offered, "reason": "Ti årsværk"})
    assert "5.500" in hans.get("/office/cases/bc31-egen/").content.decode()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: nyt-forslag", "code: bc31", "Der er allerede et investeringsforslag, der hedder bc31"),
        ("code: nyt-forslag", "code: new", "Der er allerede et investeringsforslag, der hedder new"),
        ("code: nyt-forslag", "code: [", "Teksten kan ikke læses i linje"),
        ("code: nyt-forslag", "code: &a nyt-forslag\ntitel: *a", "uden henvisninger"),
        ("value: 500", "value: enquiries * 0", ""),
        ("value: 500", "value: operation + 1", "Formlerne går i ring: operation → operation"),
        ("value: 500", "value: 1 / 0", "Linjen operation giver ikke et tal"),
        ("value: 500", "value: 1,5 * 2", "assumptions.operation: der er ikke noget felt, der hedder 5 * 2"),
        ("value: 500", 'value: "1,5 * 2"', "Skriv kommatal med punktum"),
        ("value: 500", "value: 1000000000000", "Linjen operation er for stor"),
        ("years: 5", "years: 500", "years skal ligge mellem 1 og 40"),
        ("kind: permanent, area", "kind: gave, area", "lines[1].kind: vælg en af"),
    ],
)
def test_a_text_that_cannot_be_computed_is_refused_and_kept(as_person: SignIn, old: str, new: str, said: str) -> None:
    hans = as_person("hans")
    text = library.text(library.BLANK).replace(old, new, 1)
    answer = hans.post(NEW, {"case_text": text, "reason": "Prøver"})
    assert answer.status_code == (422 if said else 302)
    if said:
        shown = html.unescape(answer.content.decode())
        assert said in shown
        assert new in shown
        assert not OwnCase.objects.exists()


def test_a_value_is_typed_at_the_price_level_of_its_assumption(as_person: SignIn) -> None:
    hans = as_person("hans")
    text = library.text(library.BLANK).replace(
        "value: 500,", "value: 500, from: 2026, low: 400, high: 600, price_year: 2020,"
    )
    text += "price_index: {2020: 1.0, 2026: 1.2}\n"
    assert hans.post(NEW, {"case_text": text, "reason": "x"}).status_code == 302
    shown = hans.get(MINE, {"set-operation": "1000"}).content.decode()
    for said in ("Drift om året (1.000 kr.), 2020 p/l", "Nu: 1.000", "480–720", "<td>1.200</td>"):
        assert said in shown
    moved = "Drift om året (1.000 kr.), regnet om fra 2020 til 2026 p/l"
    assert re.search(re.escape(moved) + r"</th>\s*<td[^>]*>1\.200</td>", shown), "a value at the level that is named"
    assert moved in _pdf_text(hans.get(MINE + "document/").content)
    copied = str(hans.get(MINE + "text/", {"set-operation": "550"}).context["form"].initial["case_text"])
    assert evaluation.table(own_cases.read(copied)).values["operation"] == (660,) * 5


def test_a_value_is_shown_with_the_years_in_which_it_holds(as_person: SignIn) -> None:
    hans = as_person("hans")
    values = "values: [{value: 500, to: 2027}, {value: 450, from: 2028}]"
    text = library.text(library.BLANK).replace("value: 500", values)
    assert hans.post(NEW, {"case_text": text, "reason": "x"}).status_code == 302
    said = "500 (2026–2027), 450 (2028–2030)"
    assert said in hans.get(MINE).content.decode()
    assert said in _pdf_text(hans.get(MINE + "document/").content)


def test_a_case_without_assumptions_is_copied(as_person: SignIn) -> None:
    hans = as_person("hans")
    text = """code: nyt-forslag
title: Uden
price_year: 2026
first_year: 2026
years: 1
lines: [{code: a, name: A, kind: investment, area: capital, amounts: [5]}]
"""
    assert hans.post(NEW, {"case_text": text, "reason": "x"}).status_code == 302
    assert hans.get(NEW, {"from": "nyt-forslag"}).status_code == 200


def test_a_deeply_nested_text_is_refused(as_person: SignIn) -> None:
    answer = as_person("hans").post(NEW, {"case_text": "[" * 50_000, "reason": "x"})
    assert answer.status_code == 422


def test_a_change_keeps_the_code_and_meets_others_changes(as_person: SignIn) -> None:
    hans, finn = as_person("hans"), as_person("finn")
    text = _begun(hans)
    form, other = form_at(hans, MINE + "text/"), form_at(finn, MINE + "text/")
    six = other.sent(case_text=text.replace("years: 5", "years: 6"), reason="Seks")
    assert finn.post(MINE + "text/", six).status_code == 302
    refused = hans.post(MINE + "text/", form.sent(case_text=text.replace("years: 5", "years: 7"), reason="Syv"))
    assert refused.status_code == 422
    renamed = hans.post(MINE + "text/", {"case_text": text.replace("nyt-forslag", "andet"), "reason": "x"})
    assert renamed.status_code == 422
    assert OwnCaseVersion.objects.count() == 2
    api = "/api/cases/nyt-forslag/"
    latest, first = hans.get(api).json(), hans.get(api, {"version": 1}).json()
    assert [(each["version"], each["made_by"], each["reason"]) for each in latest["versions"]] == [
        (2, "finn", "Seks"), (1, "hans", latest["versions"][1]["reason"]),
    ]  # fmt: skip
    assert (len(latest["years"]), len(first["years"])) == (6, 5)
    assert hans.get(api, {"version": 3}).status_code == 404
    out = io.StringIO()
    call_command("businesscase", "nyt-forslag", "--case-version", "1", "--json", stdout=out)
    assert json.loads(out.getvalue()) == first
    compared = hans.get(api + "comparison/").json()
    (difference,) = compared["differences"]
    assert (difference["field"], difference["before"], difference["after"]) == ("years", 5, 6)
    assert [compared[side]["present_value"] for side in ("before", "after")] == [
        first["present_value"], latest["present_value"],
    ]  # fmt: skip


def test_who_may_not_edit_sees_cases_but_makes_none(as_person: SignIn) -> None:
    _begun(as_person("hans"))
    eva = as_person("eva")
    assert 'href="/office/cases/new/"' not in eva.get("/office/cases/").content.decode()
    assert [eva.get(each).status_code for each in (MINE, NEW, MINE + "text/")] == [200, 403, 403]
    assert [eva.get(MINE, {"version": each}).status_code for each in ("9", "x", "9" * 30)] == [404] * 3


def test_a_stored_text_that_no_longer_computes_is_said_and_not_fatal(as_person: SignIn) -> None:
    hans = as_person("hans")
    _begun(hans)
    OwnCaseVersion.objects.update(text="code: nyt-forslag\ntitle: Gammel")
    assert "first_year mangler" in hans.get("/office/cases/").content.decode()
    assert [hans.get(MINE + each).status_code for each in ("", "document/", "text/")] == [422, 404, 200]
    (fault,) = hans.get("/api/cases/").json()["faults"]
    assert (fault["case"], "first_year" in fault["fault"]) == ("nyt-forslag", True)
    for address in ("/api/cases/nyt-forslag/", "/api/benefits/cases/nyt-forslag/"):
        answer = hans.get(address)
        assert (answer.status_code, answer.json()["error"]) == (409, fault["fault"])
    with pytest.raises(CommandError, match="nyt-forslag cannot be computed: first_year"):
        call_command("businesscase", "nyt-forslag")
    with pytest.raises(CommandError, match="nyt-forslag cannot be computed: first_year") as refused:
        call_command("benefits", "--again", "nyt-forslag")
    assert refused.value.returncode == 2
