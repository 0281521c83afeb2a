"""Cases of one's own in a form: rows that come and go, faults at their fields, what the draft comes to, versions."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from indgang.office.cases.case_values import as_typed, case_values, stored_rows
from indgang.office.cases.draft_form import CaseForm
from indgang.programme import own_cases
from indgang.programme.cases import library
from indgang.programme.cases.differences import differences
from indgang.programme.cases.evaluation import table
from indgang.programme.cases.reading import case_of
from indgang.programme.models import OwnCase, OwnCaseVersion
from tests.office.conftest import SignIn
from tests.office.pages import Form, form_at
from tests.world import World

NEW, MINE = "/office/cases/new/", "/office/cases/nyt-investeringsforslag/"


def _form(client: Client, page: str = NEW) -> Form:
    return form_at(client, page)


def _begun(client: Client) -> None:
    sent = _form(client).sent(code="", reason="Vi overvejer det")
    assert client.post(NEW, sent)["Location"] == MINE


@pytest.mark.parametrize("code", [*library.SHIPPED, library.BLANK])
def test_a_case_in_the_form_is_the_same_case(code: str) -> None:
    """Nothing that the form does not show is lost, and every amount stays."""
    base = own_cases.values_of(library.text(code))
    rows = stored_rows(base, base["years"])
    for row in rows["assumptions"]:
        row["periods"] = [
            (each.get("from"), each.get("to"), each["value"])
            for each in base["assumptions"][row["name"]].get("values", [])
        ]
        row["value"] = base["assumptions"][row["name"]].get("value", "")
    for row, given in zip(rows["scenarios"], base.get("scenarios", []), strict=True):
        row["changes"] = given["values"]
    head = as_typed(base) | {"price_index": base.get("price_index", {})}
    again, case = case_of(case_values(base, head, rows)), case_of(base)
    assert (table(again).net, again.remarks, again.printed) == (table(case).net, case.remarks, case.printed)
    assert [table(again, each.code).net for each in case.scenarios] == [
        table(case, each.code).net for each in case.scenarios
    ]


def test_an_economist_begins_a_case_and_adds_a_line_and_a_branch(as_person: SignIn) -> None:
    hans = as_person("hans")
    _begun(hans)
    form = _form(hans, MINE + "edit/")
    added = hans.post(MINE + "draft/", form.sent(do="add-lines"))
    assert added.status_code == 200  # an empty row is no row yet
    rows = dict(added.context["form"].rows_sent())
    assert rows["lines-rows"] == "0,1,2,1000"
    sent = form.sent(
        reason="Kurser", **rows | {
            "lines-1000-name": "Kurser", "lines-1000-kind": "implementation", "lines-1000-area": "service",
            "lines-1000-y0": "100.5", "lines-1000-y1": "training", "assumptions-rows": "0,1,2,3,1000",
            "assumptions-1000-label": "Kurser, andet år", "assumptions-1000-name": "training",
            "assumptions-1000-value": "200", "assumptions-1000-unit": "t.kr.", "assumptions-1000-source": "tilbud",
            "scenarios-rows": "0,1000", "scenarios-1000-name": "Færre og dyrere", "scenarios-1000-parent": "fewer",
            "scenarios-1000-changes": "training = 400\nhourly_price = 500",
        },
    )  # fmt: skip
    draft = hans.post(MINE + "draft/", sent)
    assert draft.status_code == 200
    branches = draft.context["draft"].branches
    assert [(each.name, each.depth) for each in branches] == [
        ("", 0), ("Færre henvendelser", 1), ("Færre og dyrere", 2),
    ]  # fmt: skip
    assert branches[0].table.net[1] - branches[2].table.net[1] == pytest.approx(-200 - 800 + 800 * 1.0, abs=1)
    assert hans.post(MINE + "edit/", sent)["Location"] == MINE
    case = own_cases.read(own_cases.latest_of(OwnCase.objects.get()).text)
    assert [line.code for line in case.lines] == ["saving", "operation", "set-up", "kurser"]
    assert table(case).lines[3][1] == (101, 200, 0, 0, 0)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("assumptions-3-value", "operation + 1", "Formlerne går i ring: operation → operation"),
        ("assumptions-3-value", "minutter * 2", "bruger minutter, som ikke er en forudsætning"),
        ("assumptions-3-value", "minutes * (", "er ikke færdig"),
        ("assumptions-3-value", "1,5 * 2", "Skriv kommatal med punktum"),
        ("assumptions-3-value", "enquiries + minutes", "Her lægges henvendelser sammen med"),
        ("assumptions-3-value", "minutes", "sættes lig med 1.000 kr."),
        ("assumptions-3-value", "", "Skriv en værdi, eller værdier for hvert sit tidsrum"),
        ("assumptions-3-name", "minutes", "Navnet står der to gange"),
        ("assumptions-0-low", "20000", "den laveste værdi skal være mindst"),
        ("assumptions-0-value", "50000", "ligger uden for sit eget interval"),
        ("assumptions-3-periods", "2026 100", "Skriv årene først"),
        ("lines-1-y1", "hourly_price", "1.000 kr."),
        ("lines-1-y1", "1 / 0", "Linjen operation giver ikke et tal i 2027"),
        ("lines-2-y0", "", "Skriv mindst ét år"),
        ("scenarios-0-changes", "8000", "er ikke et navn på en forudsætning"),
        ("scenarios-0-changes", "enquiries = x", "bruger x, som ikke er en forudsætning"),
        ("price_index", "i år = 1", "Skriv ét år på hver linje"),
        ("assumptions-3-price_year", "2020", "Forslaget har ikke noget prisindeks for 2020"),
        ("lines-2-price_year", "2020", "Forslaget har ikke noget prisindeks for 2020"),
        ("price_index", "2020 = 1\n2026 = 1,2", "Skriv, hvor prisindekset kommer fra"),
        ("assumptions-3-value", "-5", "kan ikke være under 0"),
        ("assumptions-0-least", "9000", "intervallet skal ligge inden for"),
        ("scenarios-0-changes", "enquiries = -1", "kan ikke være under 0"),
        ("years", "500", "40"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_saved(
    as_person: SignIn, field: str, typed: str, said: str
) -> None:  # fmt: skip
    hans = as_person("hans")
    sent = _form(hans).sent(code="x", reason="Prøver", **{field: typed})
    if field == "lines-1-y1":
        sent["lines-1-amount"] = ""
    answer = hans.post(NEW, sent)
    form: CaseForm = answer.context["form"]
    assert answer.status_code == 422
    found = form.errors.get(_place(field)) or form.errors[field]
    assert any(said in html.unescape(str(each)) for each in found), form.errors
    assert not OwnCase.objects.exists()


def _place(field: str) -> str:
    """Where a fault is said: the last of a pair, and the index where a price level is missing."""
    return {
        "assumptions-3-price_year": "price_index", "assumptions-0-value": "assumptions-0-low",
        "lines-2-price_year": "price_index", "price_index": "price_index_source",
    }.get(field, field)  # fmt: skip


def test_the_word_of_the_first_row_of_two_with_one_name_is_refused_too(as_person: SignIn) -> None:
    hans = as_person("hans")
    answer = hans.post(NEW, _form(hans).sent(reason="x", **{"assumptions-3-name": "minutes"}))
    assert "assumptions-1-name" in answer.context["form"].errors


def test_a_removed_line_leaves_subtotals_and_printed_figures(as_person: SignIn) -> None:
    hans = as_person("hans")
    form = _form(hans, f"{NEW}?from=bc31")
    rows = {"lines-rows": ",".join(str(each) for each in range(9) if each not in (2, 3))}  # both lines of a group
    answer = hans.post(f"{NEW}?from=bc31", form.sent(code="mit", reason="x", **rows))
    assert answer.status_code == 302, answer.context["form"].errors
    case = own_cases.read(OwnCaseVersion.objects.get().text)
    assert {each.code: each.lines for each in case.groups} == {
        "savings": ("noise", "water"), "once-service": ("centre-first-year", "coordination-first-year"),
    }  # fmt: skip
    assert not {"buildings", "administration"} & {each.of for each in case.printed}


def test_a_row_is_removed_and_a_value_holds_for_some_years(as_person: SignIn) -> None:
    hans = as_person("hans")
    form = _form(hans)
    answer = hans.post("/office/cases/new/draft/", form.sent(do="remove-scenarios-0"))
    rows = dict(answer.context["form"].rows_sent())
    assert rows["scenarios-rows"] == ""
    sent = form.sent(
        **rows,
        code="",
        reason="x",
        **{"assumptions-3-value": "", "assumptions-3-periods": "2026-2027 = 500\n2028- = 400"},
    )
    assert hans.post(NEW, sent).status_code == 302
    case = own_cases.read(OwnCaseVersion.objects.get().text)
    assert case.scenarios == ()
    assert table(case).values["operation"] == (500, 500, 400, 400, 400)
    assert "2028- = 400" in hans.get(MINE + "edit/").content.decode()


def test_what_a_colleague_saves_meanwhile_is_shown_and_kept(as_person: SignIn) -> None:
    hans, finn = as_person("hans"), as_person("finn")
    _begun(hans)
    form, other = _form(hans, MINE + "edit/"), _form(finn, MINE + "edit/")
    rows = {"assumptions-rows": "0,1,2,3,1000", "assumptions-1000-label": "Husleje", "assumptions-1000-value": "7",
            "assumptions-1000-source": "aftale"}  # fmt: skip
    assert finn.post(MINE + "edit/", other.sent(reason="Husleje", **rows)).status_code == 302
    refused = hans.post(MINE + "edit/", form.sent(reason="Nyt navn", title="Et andet navn"))
    assert refused.status_code == 422
    again = Form(MINE + "edit/", "post", False, dict(_fields(refused)))
    assert hans.post(MINE + "edit/", again.sent(reason="Nyt navn")).status_code == 302
    case = own_cases.read(own_cases.latest_of(OwnCase.objects.get()).text)
    assert (case.title, case.assumption("husleje").source) == ("Et andet navn", "aftale")


def _fields(answer: Any) -> dict[str, Any]:
    from tests.office.pages import forms_of

    return next(each for each in forms_of(answer.content.decode(), "") if each.action == MINE + "edit/").fields


def test_two_versions_are_compared(as_person: SignIn, world: World) -> None:
    hans = as_person("hans")
    _begun(hans)
    sent = _form(hans, MINE + "edit/").sent(reason="Dyrere", **{"assumptions-2-value": "600", "scenarios-rows": ""})
    assert hans.post(MINE + "edit/", sent).status_code == 302
    answer = hans.get(MINE + "comparison/")
    assert [(each.what, each.field, each.before, each.after) for each in answer.context["rows"]] == [
        ("Forudsætning: Timepris", "Værdi", "400", "600"),
        ("Scenarie: Færre henvendelser", "Fjernet", "Færre henvendelser", "–"),
    ]
    assert hans.get(MINE + "comparison/", {"before": "9"}).status_code == 422
    assert hans.get("/office/cases/bc31/comparison/").status_code == 404
    assert hans.get(MINE + "file/", {"version": "1"}).content.decode().startswith("code: nyt-investeringsforslag")


def test_a_version_does_not_differ_from_itself() -> None:
    base = own_cases.values_of(library.text("bc31"))
    assert list(differences(base, base)) == []
