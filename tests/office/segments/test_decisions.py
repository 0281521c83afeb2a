"""Segments that are decided: proposals of live data accepted by a person, an override with its reason, and packages."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from indgang.analysis import segmenting, segments
from indgang.analysis.segment_models import SegmentDecision
from indgang.audit.models import Change
from indgang.catalogue.models import Service
from indgang.enquiries.models import Channel, Enquiry, Question, State
from indgang.feedback.studies import packages, reference
from indgang.office.segments.rows import rows
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import MORNING, World

LIST, PAGE = "/office/segments/", "/office/segments/arrangement/"
VALUES = {
    "enquiries_per_case": "2", "interfaces": "3", "target_group_breadth": "2", "variation": "2", "cases_a_year": "400",
}  # fmt: skip


def _registered(world: World, number: int) -> None:
    """One question a call, an hour each day, of four purposes."""
    service = Service.objects.get(code="arrangement")
    for index in range(number):
        at = MORNING - timedelta(days=1 + index)
        enquiry = Enquiry.objects.create(
            channel=Channel.PHONE, state=State.REGISTERED, arrived_at=at, talk_seconds=240.0
        )
        purpose = world.purposes[("vejledning", "status", "klage", "bidrag")[index % 4]]
        Question.objects.create(
            enquiry=enquiry, order=0, service=service, purpose=purpose, character="general", outcome="resolved",
            registered_at=at,
        )  # fmt: skip


def test_an_owner_overrides_a_segment_with_a_reason_and_the_packages_follow(as_person: SignIn, world: World) -> None:
    hans = as_person("hans")
    form = form_at(hans, PAGE)
    answer = hans.post(PAGE, form.sent(reason="Mange parter", complexity="low", **VALUES))
    assert (answer.status_code, answer.get("Location")) == (302, PAGE)
    service = Service.objects.get(code="arrangement")
    assert (service.complexity, service.volume, service.cases_per_year) == ("low", "small", 400)
    assert packages.overview([service], MORNING.date())[0].assigned.why == "no_focus"
    again = form_at(hans, PAGE).sent(reason="Reglen gælder", complexity="", **VALUES)
    assert hans.post(PAGE, again).status_code == 302
    service.refresh_from_db()
    assert service.complexity == "high"
    assert [each.reason for each in SegmentDecision.objects.all()] == ["Reglen gælder", "Mange parter"]
    shown = hans.get(PAGE).content.decode()
    assert "Mange parter" in shown
    assert set(Change.objects.values_list("action", flat=True)) >= {"segmentdecision.add", "service.change"}
    listed = hans.get(LIST)
    row = next(each for each in listed.context["rows"] if each.code == "arrangement")
    assert (row.indicators.index, row.is_override) == (9, False)


def test_what_live_data_propose_is_accepted_by_a_person(as_person: SignIn, world: World) -> None:
    _registered(world, 40)
    hans = as_person("hans")
    before = hans.get(PAGE)
    assert "Sæt forslagene ind" not in before.content.decode()  # no indicators yet to compare with
    assert hans.post(PAGE, form_at(hans, PAGE).sent(reason="x", **VALUES)).status_code == 302
    shown = hans.get(PAGE)
    assert [(each["now"], each["proposed"]) for each in shown.context["indicators"]] == [
        (2, 2), (3, None), (2, None), (2, 3),
    ]  # fmt: skip
    assert dict(shown.context["evidence"])["Samtaletid i gennemsnit, minutter"] == "4"
    page = f"{PAGE}?accept=1"
    assert "Sæt forslagene ind" in shown.content.decode()
    sent = form_at(hans, page).sent(reason="Som det er registreret")
    assert hans.post(page, sent).status_code == 302
    assert SegmentDecision.objects.latest("pk").variation == 3


def test_a_service_that_is_new_here_is_measured_from_its_first_question(world: World) -> None:
    _registered(world, 40)
    enquiry = Enquiry.objects.create(channel=Channel.PHONE, state=State.REGISTERED, arrived_at=MORNING)
    Question.objects.create(
        enquiry=enquiry, order=0, service=Service.objects.get(code="byggetilladelse"), character="general",
        purpose=world.purposes["status"], outcome="resolved", registered_at=MORNING - timedelta(days=300),
    )  # fmt: skip
    services = list(Service.objects.filter(code__in=("arrangement", "byggetilladelse")))
    found = segmenting.proposed(services, MORNING.date())
    assert {each.code: found[each.pk][0].days for each in services} == {"arrangement": 39, "byggetilladelse": 299}


def test_a_segment_that_is_the_rules_is_no_override(world: World) -> None:
    service = Service.objects.get(code="arrangement")
    values = {name: int(value) for name, value in VALUES.items()} | {"complexity": "high", "volume": "large"}
    made = segmenting.decide(service, {**values, "reason": "Den er høj"}, by=world.hans, at=MORNING)
    assert (made.complexity, made.volume) == ("", "large"), "the rule says high and small"
    service.refresh_from_db()
    assert (service.complexity, service.volume) == ("high", "large")


def test_one_of_two_services_with_a_name_is_decided_and_the_other_stays(world: World) -> None:
    """*Fleksjob* is in two segments, with 6,000 and with 3,256 cases (X-26)."""
    service = Service.objects.get(code="arrangement")
    Service.objects.filter(pk=service.pk).update(
        name="Fleksjob", cases_per_year=6_000, volume="large", complexity="low"
    )
    service.refresh_from_db()
    printed = {each.cases: each for each in reference.services() if each.name == "Fleksjob"}
    (before,) = segmenting.overview([service])
    assert before.like == printed[6_000]
    assert len(rows([before], {})) == 77
    values = {name: int(value) for name, value in VALUES.items()} | {"complexity": "", "volume": "", "reason": "x"}
    for hour, cases in enumerate((3_300, 2_000)):
        segmenting.decide(service, values | {"cases_a_year": cases}, by=world.hans, at=MORNING + timedelta(hours=hour))
        service.refresh_from_db()
        (after,) = segmenting.overview([service])
        assert (after.like, after.cases) == (printed[6_000], cases)
        listed = rows([after], {})
        assert len(listed) == 77
        assert sorted(each.cases for each in listed if each.name == "Fleksjob") == sorted([cases, 3_256])


def test_page_api_and_command_say_the_same_of_what_was_decided_printed_and_proposed(
    as_person: SignIn, world: World
) -> None:
    service = Service.objects.get(code="arrangement")
    Service.objects.filter(pk=service.pk).update(name="Byggetilladelser mv")
    _registered(world, 40)
    values = {name: int(value) for name, value in VALUES.items()} | {"complexity": "low", "volume": "", "reason": "x"}
    segmenting.decide(service, values, by=world.hans, at=MORNING)
    told, said = StringIO(), StringIO()
    call_command("segments", "--decided", "--json", stdout=told)
    call_command("segments", "--decided", stdout=said)
    finn = as_person("finn")
    found = finn.get("/api/segments/").json()
    assert json.loads(told.getvalue()) == found
    row = next(each for each in found["services"] if each["service"] == "arrangement")
    assert (row["index"], row["complexity"], row["is_override"], row["packages"]) == (9, "low", True, [])
    assert row["decision"] == {"by": world.hans.name, "at": MORNING.isoformat(), "reason": "x"}
    shown = finn.get(PAGE)
    assert {each["name"]: each["proposed"] for each in shown.context["indicators"]}["Variation"] == 3
    assert [each["value"] for each in row["proposals"].values()] == [
        each["proposed"] for each in shown.context["indicators"]
    ]
    assert row["evidence"] | {"resolved_percent": 100, "mean_minutes": 4} == row["evidence"]
    listed = next(each for each in finn.get(LIST).context["rows"] if each.code == "arrangement")
    assert listed.proposed is not None
    assert row["proposed"] == {"index": listed.proposed.index, "complexity": "high", "volume": "small"}
    printed_here = [each for each in found["services"] if each["documents"]]
    assert len(found["documents_only"]) == 77 - len(printed_here) < 77
    assert "live data propose enquiries_per_case 2, variation 3: 10  high small" in said.getvalue()
    assert f"decided 2026-03-11 by {world.hans.name}: x" in said.getvalue()
    printed = next(each for each in segments.on_map(reference.services()) if each.name == "Byggetilladelser mv")
    assert row["documents"]["index"] == printed.indicators.index
    assert f"low small, not the rule's  (documents: {printed.indicators.index}  high" in said.getvalue()


@pytest.mark.parametrize(
    ("field", "typed"), [("interfaces", "6"), ("variation", "x"), ("cases_a_year", "-1"), ("reason", "")]
)
def test_what_no_service_can_have_is_refused(as_person: SignIn, field: str, typed: str) -> None:
    hans = as_person("hans")
    answer = hans.post(PAGE, form_at(hans, PAGE).sent(**{"reason": "x", **VALUES, field: typed}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not SegmentDecision.objects.exists()


def test_who_does_not_decide_for_the_unit_reads_alone(as_person: SignIn) -> None:
    gerda = as_person("gerda")
    assert gerda.get(PAGE).status_code == 200
    assert gerda.post(PAGE, {"reason": "x", **VALUES}).status_code == 422
    assert [as_person("hans").get(f"{LIST}{each}/").status_code for each in ("ingen", "bevilling")] == [404, 404]
    assert as_person("anna").get(PAGE).status_code == 403


def test_a_colleagues_decision_is_met(as_person: SignIn, world: World) -> None:
    hans = as_person("hans")
    form = form_at(hans, PAGE)
    values = {name: int(value) for name, value in VALUES.items()} | {"complexity": "", "volume": "", "reason": "Først"}
    segmenting.decide(Service.objects.get(code="arrangement"), values, by=world.hans, at=MORNING)
    refused = hans.post(PAGE, form.sent(**{"reason": "Så", **VALUES, "interfaces": "1"}))
    assert refused.status_code == 422
    assert "Først" in refused.content.decode()
    assert SegmentDecision.objects.count() == 1
