"""The pages of benefits: plan against realised, a contract from draft to closed month, and the case computed again."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from indgang.accounts.models import RoleAssignment
from indgang.programme.benefits import closing, contracts
from indgang.programme.benefits.models import BenefitContract, BenefitMonth
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.pdf_ua import faults
from tests.programme.benefits import made
from tests.programme.benefits.made import LAST_MONTH
from tests.world import MORNING, World

LIST = "/office/benefits/"
NEW = f"{LIST}new/?case=bc31&line=city-life"
AGAIN = f"{LIST}cases/bc31/"


def written(world: World) -> dict[str, str]:
    """A contract as it is typed."""
    return {
        "line": "city-life", "unit": str(world.units["ctb-byliv"].pk), "gain": "Færre opkald.",
        "owner": str(world.hans.pk), "way": "figure", "kpi": "contacts_arrived", "by_services": "on", "level": "0",
        "baseline_first": "2025-09-01", "baseline_last": "2025-12-31", "change": "-5", "kroner": "120",
        "price_year": "2021", "steps": "2026-01: 50\n2026-02: 100", "reason": "Aftalt",
    }  # fmt: skip


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_from_a_written_contract_to_a_closed_month(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    hans = as_person("hans")
    proposed = form_at(hans, NEW)
    assert proposed.fields["steps"] == ["2021-01: 0\n2022-01: 80\n2023-01: 100"]
    answer = hans.post(NEW, proposed.fields | written(world))
    assert answer.status_code == 302
    page = answer["Location"]
    assert "har ikke underskrevet endnu" in text(hans, page)
    hans.post(f"{page}signature/", {"number": "1"})
    shown = text(hans, page)
    assert "enhedens 2 ydelser" in shown
    assert "målt 01.09.2025–31.12.2025" in shown
    assert (
        "januar 2026: 50\N{NO-BREAK SPACE}% · februar 2026: 100\N{NO-BREAK SPACE}%" in hans.get(page).content.decode()
    )
    refused = hans.post(f"{page}months/", {"month": "2026-02", "reason": ""})
    assert refused.status_code == 422
    assert hans.post(f"{page}months/", {"month": "2026-02", "reason": "Siden virker."}).status_code == 302
    twice = hans.post(f"{page}months/", {"month": "2026-02", "reason": "Fra en anden fane"})
    assert twice.status_code == 422
    assert "Måneden kan ikke lukkes, eller den er lukket. Vælg en anden." in twice.content.decode()
    assert "Siden virker." in text(hans, page)
    row = BenefitMonth.objects.get()
    listed = text(as_person("gerda"), LIST)
    assert "Byliv" in listed
    assert "1 af 2 måneder" not in listed
    assert f"{row.factor * (row.value or 0):.0f}"


def test_what_makes_no_sense_is_said_beside_its_field_and_the_rest_is_kept(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    hans = as_person("hans")
    for wrong, said in (
        ({"steps": "næste år"}, "Linje 1 kan ikke læses"), ({"change": "0"}, "Nul er ingen gevinst"),
        ({"baseline_first": "2022-01-01", "baseline_last": "2022-03-01"}, "Der er for få tal i perioden"),
        ({"owner": str(world.otto.pk)}, "Vælg en af mulighederne"), ({"change": "nan"}, "et tal"),
        ({"price_year": "2030"}, "Forslaget har ikke noget prisindeks for 2030"),
        ({"unit": str(world.units["bif"].pk)}, "Vælg en af mulighederne"),
    ):  # fmt: skip
        answer = hans.post(NEW, written(world) | wrong)
        assert answer.status_code == 422, wrong
        assert said in answer.content.decode(), wrong
        assert "Færre opkald." in answer.content.decode()
    assert not BenefitContract.objects.exists()


def test_who_may_do_what(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    contract = made.contract(world, owner=world.eva)
    page = f"{LIST}{contract.pk}/"
    seen = {name: as_person(name).get(page).status_code for name in ("anna", "eva", "hans", "gerda", "finn")}
    assert seen == {"anna": 403, "eva": 200, "hans": 200, "gerda": 200, "finn": 200}
    edits = {name: as_person(name).get(f"{page}edit/").status_code for name in ("eva", "hans", "gerda", "finn")}
    assert edits == {"eva": 403, "hans": 200, "gerda": 403, "finn": 200}
    RoleAssignment.objects.create(person=world.otto, role="owner", unit=world.units["bif"])
    assert as_person("otto").get(f"{page}edit/").status_code == 404
    for name in ("hans", "gerda"):
        assert as_person(name).post(f"{page}signature/", {"number": "1"}).status_code == 404
        assert as_person(name).post(f"{page}months/", {"month": "2026-02", "reason": "x"}).status_code == 404
    as_person("eva").post(f"{page}signature/", {"number": "1"})
    assert contract.versions.get().signature.signed_by == world.eva


def test_what_nobody_signed_stands_apart_and_in_no_sum(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    made.contract(world)
    draft = text(as_person("gerda"), LIST)
    assert "tæller kontrakterne ikke med i summerne" in draft
    assert "Gevinst i forhold til planen" not in draft
    contracts.sign(BenefitContract.objects.get(), 1, by=world.hans, at=MORNING)
    signed = text(as_person("gerda"), LIST)
    assert "tæller kontrakterne ikke med i summerne" not in signed
    assert "Gevinst i forhold til planen" in signed


def test_a_withdrawn_contract_counts_no_more_and_another_may_be_written(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    contract = made.signed(world)
    page, hans = f"{LIST}{contract.pk}/", as_person("hans")
    assert hans.post(f"{page}withdrawal/", {"reason": ""}).status_code == 422
    assert as_person("gerda").post(f"{page}withdrawal/", {"reason": "x"}).status_code == 403
    RoleAssignment.objects.create(person=world.otto, role="owner", unit=world.units["bif"])
    assert as_person("otto").post(f"{page}withdrawal/", {"reason": "x"}).status_code == 404
    assert hans.post(f"{page}withdrawal/", {"reason": "Skrevet på den forkerte linje"}).status_code == 302
    assert hans.post(f"{page}withdrawal/", {"reason": "Igen"}).status_code == 422
    shown = text(hans, page)
    assert "tæller ikke mere: Skrevet på den forkerte linje" in shown
    assert "Luk en måned" not in shown
    listed = text(hans, LIST)
    assert "Skrevet på den forkerte linje" in listed
    assert "Gevinst i forhold til planen" not in listed
    assert "Der er ikke målt noget endnu" in text(hans, AGAIN)
    assert hans.post(f"{page}months/", {"month": "2026-02", "reason": "x"}).status_code == 422
    assert made.signed(world).pk != contract.pk


def test_only_own_centres_and_measurable_assumptions_are_offered(world: World, as_person: SignIn) -> None:
    """Otto owns BIF's benefits, so TMF's employees are not his to measure."""
    RoleAssignment.objects.create(person=world.otto, role="owner", unit=world.units["bif"])
    page = as_person("otto").get(NEW).content.decode()
    assert f'<option value="{world.centres["bif"].pk}"' in page
    assert world.centres["tmf"].name not in page
    assert 'value="interruption"' in page
    assert 'value="saving_city_life"' not in page


@pytest.mark.parametrize(
    "address", [f"{LIST}999/", f"{LIST}new/", f"{LIST}new/?case=x", f"{LIST}cases/bc99/", f"{LIST}cases/bc99/document/"]
)
def test_what_there_is_none_of_is_not_found(as_person: SignIn, address: str) -> None:
    assert as_person("hans").get(address).status_code == 404


def test_a_filter_that_nobody_offers_is_said(as_person: SignIn) -> None:
    assert as_person("hans").get(LIST, {"case": "x", "unit": "x"}).status_code == 422


def test_the_case_is_computed_again_as_page_spreadsheet_and_pdf(world: World, as_person: SignIn) -> None:
    hans = as_person("hans")
    assert "Der er ikke målt noget endnu" in text(hans, AGAIN)
    made.fewer_contacts()
    contract = made.signed(world)
    closing.close(contract, LAST_MONTH, reason="x", by=world.hans, at=MORNING)
    shown = text(hans, AGAIN)
    assert "delvist målt" in shown
    assert "Målt, og resten efter prognosen" in shown
    assert "% i kontrakter" in shown
    plot = hans.get(AGAIN).context["plot"]
    assert [each.name for each in plot.happenings] == [f"Tjent hjem: {each.name}" for each in plot.series]
    assert plot.moments[-1].at.year >= max(each.at.year for each in plot.happenings)
    assert all(len(each.values) == len(plot.moments) for each in plot.series)
    book = load_workbook(io.BytesIO(hans.get(f"{AGAIN}spreadsheet/").content))
    assert any("+" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
    printed = hans.get(f"{AGAIN}document/").content
    assert faults(printed) == []
    pdf = PdfReader(io.BytesIO(printed))
    assert "delvist målt" in " ".join(page.extract_text() for page in pdf.pages)


def test_a_version_that_waits_for_its_signature_is_told(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    contract = made.signed(world)
    edit = f"{LIST}{contract.pk}/edit/"
    hans = as_person("hans")
    form = form_at(hans, edit)
    assert hans.post(edit, form.sent(change="-3", reason="Mindre")).status_code == 302
    shown = text(as_person("gerda"), f"{LIST}{contract.pk}/")
    assert "Version 2 er skrevet" in shown
    contracts.sign(contract, 2, by=world.hans, at=MORNING)
    assert "Version 2 er skrevet" not in text(hans, f"{LIST}{contract.pk}/")


def test_a_unit_that_was_reorganised_is_told_in_words(world: World, as_person: SignIn) -> None:
    made.fewer_contacts()
    contract = made.signed(world)
    world.services["udeservering"].unit = world.units["cby"]
    world.services["udeservering"].save()
    shown = text(as_person("hans"), f"{LIST}{contract.pk}/")
    assert "Udendørsservering er flyttet fra enheden. Enheden, som den er nu:" in shown
