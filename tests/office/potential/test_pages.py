"""The pages of channel potential: registrations by rules whose limits move, and the documents' tables."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from indgang.analysis import registrations
from indgang.analysis.counting.models import CountedEnquiry, CountedPurpose, CountingWeek
from indgang.catalogue import service_units
from indgang.catalogue.models import LocalPurpose
from indgang.enquiries.models import Channel, Enquiry, Question, State
from indgang.measures.period import Period
from indgang.programme import known_cases
from indgang.programme.cases.expressions import FormulaNumber
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import MORNING, World

PAGE, DOCUMENTS = "/office/potential/", "/office/potential/documents/"
TODAY = {"first": "2026-01-01", "last": "2026-12-31"}


@pytest.fixture
def registered(world: World) -> None:
    """Two calls to a centre and one direct: 2 minutes, 8 for two questions, and 20."""
    service = next(each for each in world.services.values() if each.unit_id)
    centre = world.centres["tmf"]
    for minutes, through, asked in (
        (2, centre, [("general", "vejledning", "resolved")]), (8, centre, [("case_specific", "status", "resolved"),
        ("general", "andet", "transferred")]), (20, None, [("case_specific", "bidrag", "other")]),
    ):  # fmt: skip
        enquiry = Enquiry.objects.create(
            channel=Channel.PHONE,
            state=State.REGISTERED,
            arrived_at=MORNING,
            centre=through,
            talk_seconds=60.0 * minutes,
        )
        for order, (character, purpose, outcome) in enumerate(asked):
            Question.objects.create(
                enquiry=enquiry, order=order, service=service, purpose=world.purposes[purpose], character=character,
                outcome=outcome, registered_at=MORNING + timedelta(minutes=1),
            )  # fmt: skip


def cells(client: Client, **query: str) -> list[str]:
    """The numbers of the total's row, without their intervals: total, main, workers, digital, centre, workers."""
    answer = client.get(PAGE, TODAY | query)
    assert answer.status_code == 200
    row = answer.context["rows"][-1].row
    numbers = (row.total, row.main_entry, row.case_workers, row.digital, row.contact_centre, row.future_case_workers)
    return [str(each) for each in numbers]


@pytest.mark.usefixtures("registered")
def test_each_registration_comes_as_a_row_with_its_rule_and_without_anybody(as_person: SignIn) -> None:
    finn = as_person("finn")
    page = finn.get(PAGE, TODAY)
    address = f"{PAGE}enquiries/?{urlencode(TODAY)}"
    assert address in page.content.decode().replace("&amp;", "&")
    table: Any = finn.get(address)
    heading, *rows = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    by_rule = [sum(int(row.split(";")[9]) for row in rows if row.split(";")[10] == code)
               for code, _number in page.context["found"].by_rule()]  # fmt: skip
    assert by_rule == [number for _code, number in page.context["found"].by_rule()]
    assert "dag" not in heading.split(";")
    nothing = finn.get(f"{PAGE}enquiries/", {"first": "2025-01-01", "last": "2025-01-02"})
    assert nothing.status_code == 302


@pytest.mark.usefixtures("registered")
def test_registrations_are_decided_and_limits_move_them(as_person: SignIn) -> None:
    finn = as_person("finn")
    assert cells(finn) == ["1000", "500", "500", "250", "500", "250"]
    assert cells(finn, digital="4,5") == ["1000", "500", "500", "500", "250", "250"]
    assert cells(finn, case_information="3") == ["1000", "500", "500", "250", "250", "500"]
    assert cells(finn, rules="keh") == ["1000", "500", "500", "250", "250", "500"]


def test_topics_of_local_purposes_decide_registrations(registered: None, world: World, as_person: SignIn) -> None:
    """Two are resolved in less than four minutes or more, and one of them is about a case."""
    finn = as_person("finn")
    assert finn.get(PAGE, TODAY | {"rules": "yds-rule"}).status_code == 422, "nobody has said what is case processing"
    page, named = (reverse(f"office:{each}", args=["arrangement"]) for each in ("service", "service-local-purposes"))
    lines = "Regler = Generelle spørgsmål og vejledning; ikke sagsbehandling\nFrist = Andet; Sagsbehandling"
    assert finn.post(named, form_at(finn, page, action=named).sent(lines=lines)).status_code == 302
    assert "Frist = Andet; sagsbehandling" in finn.get(page).content.decode()
    wrong = finn.post(named, form_at(finn, page, action=named).sent(lines="Frist = Andet; måske"))
    assert (wrong.status_code, "efter semikolon" in wrong.content.decode()) == (422, True)
    rules, deadline = (LocalPurpose.objects.get(name=name) for name in ("Regler", "Frist"))
    short, status, *_others = Question.objects.order_by("pk")
    for question, local in ((short, rules), (status, deadline)):
        Question.objects.filter(pk=question.pk).update(local_purpose=local)
    shown = finn.get(PAGE, TODAY | {"rules": "yds-rule"}).context["found"]
    assert dict(shown.by_rule()) == {"Y1": 1, "Y2": 0, "Y3": 1, "Y4": 2}


@pytest.mark.usefixtures("registered")
def test_a_person_sees_the_registrations_of_their_centres_alone(as_person: SignIn) -> None:
    assert cells(as_person("gerda"))[0] == "750", "not the direct one, which belongs to no centre"
    assert cells(as_person("finn"), centre="tmf")[0] == "750"


@pytest.mark.usefixtures("registered")
def test_the_working_days_that_are_over_make_the_factor(as_person: SignIn) -> None:
    """Registered on a Thursday and the Sunday after it; today, a Wednesday, is not over."""
    first, second, *_others = Question.objects.order_by("pk")
    for each, days in ((first, 6), (second, 3)):
        Question.objects.filter(pk=each.pk).update(registered_at=MORNING - timedelta(days=days))
    shown = as_person("finn").get(PAGE, TODAY).context
    assert (shown["days"], shown["questions"]) == (4, 2), "Thursday, Friday, Monday and Tuesday"
    assert shown["all"].row.total == 150, "125, to the nearest fifty"


@pytest.mark.usefixtures("registered")
def test_an_enquiry_without_a_measured_conversation_is_not_short(as_person: SignIn) -> None:
    Enquiry.objects.filter(talk_seconds=120).update(talk_seconds=0)
    shown = as_person("finn").get(PAGE, TODAY | {"rules": "keh"}).context
    assert (shown["undecided"], shown["all"].row.digital) == (1, 0)


def test_a_question_has_its_share_of_the_conversation(registered: None) -> None:
    period = Period.days(MORNING.date(), MORNING.date())
    counted, enquiries = registrations.count(
        registrations.registered(period, None), last=MORNING.date(), today=MORNING.date()
    )
    assert sorted(enquiries.minutes.tolist()) == [2, 4, 4, 20]
    assert (counted.days, int(counted.first_level.sum()), int(counted.at_once.sum())) == (1, 3, 2)


@pytest.mark.usefixtures("registered")
def test_what_was_registered_before_a_service_moved_stays_with_its_unit_of_the_day(
    as_person: SignIn, world: World
) -> None:
    """Two questions on Monday and two on Tuesday, from which the service is another unit's."""
    for number, question in enumerate(Question.objects.order_by("pk")):
        Question.objects.filter(pk=question.pk).update(registered_at=MORNING - timedelta(days=1 + number % 2))
    service = question.service
    before = service.unit
    assert before is not None
    service.unit = world.units["bif-rekruttering"]
    service.save()
    service_units.keep_changes({service: before}, at=MORNING - timedelta(days=1))
    shown = as_person("finn").get(PAGE, TODAY).context
    by_unit = {row.row.unit.name: row.row.total for row in shown["rows"] if not row.is_total}
    assert by_unit == {before.name: 250, world.units["bif-rekruttering"].name: 250}
    assert shown["moves"] == [f"{service.name}: fra {before.name} til {service.unit.name} 10.03.2026"]
    told = {"service": service.code, "name": service.name, "day": "2026-03-10", "before": before.name,
            "after": service.unit.name}  # fmt: skip
    found = as_person("finn").get("/api/potential/", TODAY).json()
    assert found["moves"] == [told]
    days, out = ("--from", TODAY["first"], "--to", TODAY["last"]), StringIO()
    call_command("potential", *days, "--json", stdout=out)
    assert json.loads(out.getvalue()) == found
    call_command("potential", *days, stdout=out)
    assert f"moved from {before.name} to {service.unit.name} on 2026-03-10" in out.getvalue()
    later = TODAY | {"first": "2026-03-10"}
    assert as_person("finn").get(PAGE, later).context["moves"] == [], "it was there on all of these days"


@pytest.mark.parametrize(
    "query", [{"digital": "-1"}, {"digital": "nan"}, {"digital": "9999"}, {"rules": "x"}, {"centre": "x"},
              {"first": "2026-05-01", "last": "2026-01-01"}],
)  # fmt: skip
def test_values_that_make_no_sense_are_said(as_person: SignIn, query: dict[str, str]) -> None:
    assert as_person("finn").get(PAGE, query).status_code == 422


def test_a_period_without_registrations_says_so(as_person: SignIn) -> None:
    assert "Der er ingen registreringer" in as_person("finn").get(PAGE).content.decode()


def test_who_sees_figures_sees_the_potential(as_person: SignIn) -> None:
    for address in (PAGE, DOCUMENTS):
        assert [as_person(name).get(address).status_code for name in ("gerda", "anna")] == [200, 403]


def test_the_documents_are_shown_with_what_does_not_fit(as_person: SignIn) -> None:
    text = as_person("gerda").get(DOCUMENTS).content.decode()
    for said in (
        "242.150",
        "22.400",
        "114.450",
        "105.300",
        "196.550",
        "196.400",
        "56,5",
        "54,8",
        "70,9",
        "31 stemmer ikke",
        "NemRefusion?</th>",
        "001:4104",
    ):
        assert said in text
    assert "Rekruttering: løst i hovedindgangen er 1. level gange andelen" in text
    assert "Center for Bygninger: 1. level er 5200 og dialogteamet tilsammen" in text
    recruitment = text.split("Rekruttering</th>")[1].split("</tr>")[0]
    assert {"<td>72</td>", "<td>85,8</td>"} <= set(recruitment.split())


def test_a_counting_week_is_decided_by_the_same_rules(as_person: SignIn, world: World) -> None:
    """Two days of five: three short general enquiries, and one about a case; one line is mapped to no purpose."""
    week = CountingWeek.objects.create(
        unit=world.units["cby"], title="Uge 10", starts_on=MORNING.date() - timedelta(days=9), created_at=MORNING,
        ends_on=MORNING.date() - timedelta(days=5), created_by=world.finn,
    )  # fmt: skip
    general, case, unmapped = (
        CountedPurpose.objects.create(week=week, name=name, purpose=world.purposes.get(code))
        for name, code in (("Regler", "vejledning"), ("Bidrag", "bidrag"), ("Andet", ""))
    )
    for day, purpose, character, minutes in (
        (0, general, "general", 2), (0, general, "general", 1), (1, general, "general", 2),
        (1, case, "case_specific", 9), (1, unmapped, "case_specific", 9),
    ):  # fmt: skip
        CountedEnquiry.objects.create(
            week=week, key=uuid4(), day=week.starts_on + timedelta(days=day), purpose=purpose, character=character,
            minutes=minutes, counted_at=MORNING,
        )  # fmt: skip
    answer = as_person("finn").get(PAGE, {"week": str(week.pk)})
    row = answer.context["rows"][-1].row
    assert (answer.context["days"], answer.context["undecided"]) == (5, 1)
    assert (row.total, row.digital, row.contact_centre, row.future_case_workers) == (200, 150, 0, 50)
    assert as_person("gerda").get(PAGE, {"week": "999"}).status_code == 422


@pytest.mark.usefixtures("registered")
def test_the_numbers_of_a_potential_begin_a_case_or_fill_one(as_person: SignIn) -> None:
    finn = as_person("finn")
    query = urlencode(TODAY | {"rules": "tmf"})
    address = finn.get(f"{PAGE}?{query}").context["case_address"]
    made = finn.post(address, {}).headers["Location"]
    code = made.rstrip("/").rsplit("/", 1)[1]
    case = known_cases.by_code(code)
    assert case is not None
    moved = next(each for each in case.assumptions if each.name == "moved")
    assert "registreringer 01.01.2026–31.12.2026, regler Tælleuge i TMF" in case.source
    assert (moved.source, moved.values[0].formula) == (case.source, FormulaNumber(250.0))
    again = finn.post(address, {}, follow=True)
    assert "Der er allerede et investeringsforslag" in again.content.decode()
    moved_limits = f"{address}&digital=4,5"
    filled = finn.post(moved_limits, {"workers": f"{code}.moved"})
    assert filled.headers["Location"] == made
    later = known_cases.by_code(code)
    assert later is not None
    value = next(each for each in later.assumptions if each.name == "moved")
    assert value.values[0].formula == FormulaNumber(500.0)
    assert "4,5" in value.source
    assert "har allerede tallene" in finn.post(moved_limits, {"workers": f"{code}.moved"}, follow=True).content.decode()
    gone = finn.post(address, {"moved": f"{code}.nothing"}, follow=True)
    assert "har ikke den forudsætning mere" in gone.content.decode()
    twice = finn.post(address, {"moved": f"{code}.moved", "workers": f"{code}.moved"}, follow=True)
    assert "højst ét tal til hver forudsætning" in twice.content.decode()


def test_a_potential_without_registrations_makes_no_case(world: World, as_person: SignIn) -> None:
    answer = as_person("finn").post(f"{PAGE}case/?first=2026-01-01&last=2026-01-02", {}, follow=True)
    assert "Der er ingen registreringer i perioden" in answer.content.decode()
    assert as_person("david").post(f"{PAGE}case/", {}).status_code == 403


@pytest.mark.usefixtures("registered")
def test_a_scenario_opens_with_the_share_that_becomes_digital(as_person: SignIn) -> None:
    finn = as_person("finn")
    opened = finn.get(finn.get(PAGE, TODAY).context["scenario_address"]).context["form"]
    assert opened["digital"].value() == "25"
    assert "andel, der bliver digital: 25 procent" in opened["note"].value().lower()
