"""Reports are made once on their day, noted on, sent, and never changed."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.agreements import cooperation, employees, reality
from indgang.agreements.models import AgreementTarget, Baseline, BaselineFigure, CooperationAgreement
from indgang.agreements.targets import TargetVerdict
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.core.ranges import DateRange
from indgang.core.refusals import RefusedChange
from indgang.entry.event_kinds import Kind
from indgang.entry.models import FlowVersion, QueueMembership
from indgang.events.log import append, row
from indgang.measures import definitions
from indgang.measures.day import agent_figures
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading
from indgang.messaging.models import Mail
from indgang.plots.numbers import ValueUnit
from indgang.plots.storing import restored, stored
from indgang.privacy import nightly
from indgang.privacy.store import DjangoStore
from indgang.reports import addressees, composing, document, letter, links, making, rights, sending, templates
from indgang.reports.figures import CentreReporting
from indgang.reports.models import Report, ReportBlock, ReportMilestone, ReportReceipt, ReportTemplate
from indgang.reports.presets import PRESETS
from tests.agreements.agreed import signed, target, written
from tests.agreements.measured import mails, visits
from tests.agreements.test_document import read
from tests.enquiries.told_calls import happen, talked
from tests.measures.histories import history
from tests.measures.test_reading import write
from tests.pdf_ua import faults
from tests.reports.made import DUE, WEEK, calls, in_force, template
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def only() -> Report:
    return Report.objects.get()


def table(report: Report, number: int = 0) -> list[list[str]]:
    found = [block for block in report.content["blocks"] if block["kind"] == "table"]
    rows: list[list[str]] = found[number]["rows"]
    return rows


def test_a_weekly_report_is_made_on_its_day_with_its_figures(world: World) -> None:
    calls(9, 3)
    template(world)
    assert making.make_due(at=DUE - timedelta(days=1)) == []
    assert making.make_due(at=DUE - timedelta(hours=2)) == []
    assert making.make_due(at=DUE) == [only()]
    report = only()
    assert (report.first_day, report.last_day) == (WEEK, date(2026, 3, 15))
    assert report.content["period"] == "uge 11, 2026"
    service = next(row for row in table(report) if row[0].startswith("Serviceniveau"))
    assert (service[1], service[2], service[5]) == ("75\N{NO-BREAK SPACE}%", "–", "12")
    value = next(each for each in report.content["blocks"][0]["values"] if "sl4" in each["definition"])
    assert value == {"definition": "service_level_sl4 v1", "group": "", "value": 75.0, "base": 12}


def test_a_second_worker_and_a_second_minute_make_nothing_more(world: World) -> None:
    template(world)
    assert len(making.make_due(at=DUE)) == 1
    assert making.make_due(at=DUE) == []
    assert making.make_due(at=DUE + timedelta(days=1)) == []
    assert len(making.make_due(at=DUE + timedelta(days=7))) == 1
    report = only_first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(
            template=report.template, title="", first_day=report.first_day, last_day=report.last_day, made_at=DUE,
            sends_on=WEEK, content={},
        )  # fmt: skip


def only_first() -> Report:
    return Report.objects.order_by("first_day")[0]


def test_killed_half_way_it_leaves_nothing_and_is_made_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = template(world, "employee", starts_on=date(2026, 2, 1)), template(world)
    real, asked = composing.content, []

    def dies_at_the_second_employee(chosen: ReportTemplate, *args: Any, **named: Any) -> dict[str, Any]:
        asked.append(chosen)
        if chosen == made and asked.count(made) == 2:
            raise RuntimeError("killed")
        return real(chosen, *args, **named)

    monkeypatch.setattr(composing, "content", dies_at_the_second_employee)
    with pytest.raises(RuntimeError):
        making.make_due(at=DUE)
    # the other report does not wait for the fault of this one
    assert only().template == other
    monkeypatch.undo()
    making.make_due(at=DUE)
    names = [report.person.username for report in made.reports.order_by("person__name") if report.person]
    assert names == ["anna", "bo", "clara", "ida"]


def test_later_data_names_and_formulas_do_not_change_a_report(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls(9, 3)
    template(world)
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    before = only()
    Rollup.objects.all().delete()
    SummedRollup.objects.all().delete()
    calls(2, 50, first=300)
    world.queues["tmf-byggeri"].name = "Omdøbt"
    world.queues["tmf-byggeri"].save()
    sl4 = definitions.definition("service_level_sl4", on=WEEK)
    changed = dataclasses.replace(sl4, version=2, of=lambda _totals: definitions.Figure(1.0, 1))
    monkeypatch.setattr(definitions, "DEFINITIONS", (*definitions.DEFINITIONS, changed))
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    after = only()
    assert after.content == before.content
    assert bytes(after.pdf or b"") == bytes(before.pdf or b"") == document.pdf(after)
    with pytest.raises(RefusedChange):
        sending.write_notes(after, "Ny", by=world.eva, at=DUE)
    with pytest.raises(RefusedChange):
        sending.send(after, by=world.eva, at=DUE)


def test_a_draft_waits_for_notes_and_is_then_sent_by_itself(world: World) -> None:
    template(world, "owner", starts_on=date(2026, 2, 1))
    making.make_due(at=DUE)
    assert "bliver sendt af sig selv den 19.03.2026" in Mail.objects.get(to=world.eva.email).text
    report = sending.write_notes(only(), "Strejke i uge 8.\n#panic() 010190-1234", by=world.eva, at=DUE)
    assert sending.send_due(at=DUE + timedelta(days=2)) == []
    assert sending.send_due(at=DUE + timedelta(days=3, hours=-2)) == []
    assert sending.send_due(at=DUE + timedelta(days=3)) == [report]
    assert sending.send_due(at=DUE + timedelta(days=3)) == []
    _reader, text = read(bytes(only().pdf or b""))
    assert "Strejke i uge 8. #panic()" in text


def test_a_receiver_who_has_left_or_has_no_address_is_named_and_the_others_get_it(world: World) -> None:
    calls(9, 3)
    world.anna.email = ""
    world.anna.save()
    made = template(world, "owner", starts_on=date(2026, 2, 1))
    values = {name: getattr(made, name) for name in ("title", "responsible")} | {"sending_days": 0}
    templates.save(made, values, named=[world.anna, world.bo], by=world.eva, at=MORNING)
    world.bo.is_active = False
    world.bo.save()
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    states = {each.person.username: each.state for each in ReportReceipt.objects.select_related("person")}
    assert states == {"anna": "no_address", "bo": "left", "hans": "mailed"}
    mail = Mail.objects.get()
    assert mail.to == world.hans.email
    assert f"/office/reports/{only().pk}/" in mail.text


def test_a_sent_report_goes_later_to_who_was_not_named_or_had_no_address(world: World) -> None:
    quarterly = template(world, "quarterly", starts_on=date(2025, 10, 1))
    assert rights.has_nobody(quarterly, WEEK)
    assert not rights.has_nobody(template(world), WEEK)
    assert not rights.has_nobody(template(world, "employee"), WEEK), "employees are found when it is made"
    report = making.make(quarterly, date(2025, 10, 1), date(2025, 12, 31), person=None, at=MORNING)
    sent = sending.send(report, by=world.eva, at=MORNING)
    assert not Mail.objects.exists()
    assert sending.missed(sent, WEEK) == []
    Person.objects.filter(pk=world.anna.pk).update(email="")
    values = {name: getattr(quarterly, name) for name in ("title", "responsible")}
    templates.save(quarterly, values, named=[world.anna, world.hans], by=world.eva, at=MORNING)
    assert not rights.has_nobody(quarterly, WEEK)
    assert sending.missed(sent, WEEK) == [world.hans]
    assert sending.send_missed(sent, by=world.eva, at=DUE) == [world.hans]
    with pytest.raises(RefusedChange):
        sending.send_missed(sent, by=world.eva, at=DUE)
    Person.objects.filter(pk=world.anna.pk).update(email="anna@indgang.test")
    assert sending.send_missed(sent, by=world.eva, at=DUE) == [Person.objects.get(pk=world.anna.pk)]
    assert [mail.to for mail in Mail.objects.order_by("pk")] == [world.hans.email, "anna@indgang.test"]
    assert {each.person: each.state for each in sent.receipts.all()} == {world.anna: "mailed", world.hans: "mailed"}
    after = Report.objects.get(pk=report.pk)
    assert (after.content, bytes(after.pdf or b""), after.sent_at) == (sent.content, sent.pdf, MORNING)
    draft = making.make(quarterly, date(2026, 1, 1), date(2026, 3, 31), person=None, at=DUE)
    with pytest.raises(RefusedChange):
        sending.send_missed(draft, by=world.eva, at=DUE)


def test_each_employee_gets_their_own_figures_and_nobody_elses(world: World) -> None:
    template(world, "employee", starts_on=date(2026, 2, 1))
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    assert Report.objects.filter(person=None).count() == 0
    for report in Report.objects.all():
        assert [each.person_id for each in report.receipts.all()] == [report.person_id]
    receivers = [world.anna, world.bo, world.clara, world.ida]
    assert sorted(Mail.objects.values_list("to", flat=True)) == sorted(person.email for person in receivers)


def test_who_left_the_centre_in_the_month_gets_their_own_figures_and_who_came_after_it_none(world: World) -> None:
    serves = QueueMembership.objects.filter(queue__centre=world.centres["tmf"])
    serves.filter(person=world.anna).update(valid_to=date(2026, 2, 10))
    serves.filter(person=world.bo).update(valid_to=date(2026, 2, 1))
    serves.filter(person=world.clara).update(valid_from=date(2026, 3, 1))
    template(world, "employee", starts_on=date(2026, 2, 1))
    people = {report.person for report in making.make_due(at=DUE)}
    assert world.anna in people
    assert not people & {world.bo, world.clara}


def test_own_figures_are_those_of_the_centre_whose_targets_stand_beside_them(world: World) -> None:
    start = MORNING.replace(month=2)
    for number in range(3):
        talked(world.anna, start=start + timedelta(hours=number))
    happen(
        str(uuid7()), (Kind.ARRIVED, 0, {"centre": "bif"}), (Kind.QUEUED, 5, {"queue": "bif-erhverv"}),
        (Kind.ANSWERED, 9, {"queue": "bif-erhverv", "person": world.anna, "direction": "in"}),
        (Kind.ENDED, 99, {"queue": "bif-erhverv", "person": world.anna, "by": "caller"}), start=start,
    )  # fmt: skip
    month = Period.month(start.date())
    of_employees = template(world, "employee", starts_on=date(2026, 2, 1))
    hers = making.make(of_employees, date(2026, 2, 1), date(2026, 2, 28), person=world.anna, at=DUE)
    rows = {row[0]: row[1] for row in table(hers)}
    assert rows["Samtaler"] == "3"
    assert agent_figures(world.anna, at=DUE, period=month).answered == 4


def test_the_targets_that_an_employee_can_be_held_against_are_in_their_report(world: World) -> None:
    made = signed(world)
    CooperationAgreement.objects.filter(pk=made.pk).update(valid_from=date(2026, 1, 1))
    template(world, "employee", starts_on=date(2026, 2, 1))
    making.make_due(at=DUE)
    (table,) = [each for each in Report.objects.all()[0].content["blocks"] if each["kind"] == "table"]
    assert table["columns"][-2:] == ["Centrets mål", "Nået"]
    assert table["rows"][-1][0] == "Straksafklaring"
    assert "mindst 70" in table["rows"][-1][3]
    assert {row[3] for row in table["rows"][:-1]} == {"–"}, "figures without a target"


def test_the_template_says_which_of_their_own_figures_employees_get_and_by_which_definition(world: World) -> None:
    start = MORNING.replace(month=2)
    for number in range(2):
        talked(world.anna, start=start + timedelta(hours=number))
    agreed = written(world)
    agreed.targets.all().delete()
    target(agreed, world.hans, kpi="first_contact_resolution_net", level=0, value=Decimal(70))
    target(agreed, world.hans, kpi="occupancy", level=0, value=Decimal(80))
    in_force(agreed)
    CooperationAgreement.objects.filter(pk=agreed.pk).update(valid_from=date(2026, 1, 1))
    made = template(world, "employee", starts_on=date(2026, 2, 1))
    block = made.blocks.get(kind="figures")
    values = {
        "position": block.position, "kind": "figures", "heading": "Tal", "text": "", "by": "nothing",
        "figures": ["average_talk_seconds", "first_contact_resolution"],
    }  # fmt: skip
    templates.save_block(block, values, by=world.eva, at=MORNING)
    more = ReportBlock(template=made)
    templates.save_block(more, values | {"position": 90, "figures": ["transfers"]}, by=world.eva, at=MORNING)
    hers = making.make(made, date(2026, 2, 1), date(2026, 2, 28), person=world.anna, at=DUE)
    names = [[row[0] for row in table(hers, number)] for number in (0, 1)]
    counted = ["Samtaler", "Gennemsnitlig efterbehandling"]
    chosen = ["average_talk_seconds", "first_contact_resolution", "occupancy"]
    assert names == [[*counted, *(FIGURE_NAMES[each] for each in chosen)], [FIGURE_NAMES["transfers"]]]
    own = employees.totals(world.anna, DateRange(date(2026, 2, 1), date(2026, 3, 1)), centre=made.centre, at=DUE)
    expected = {f"{each} v1": definitions.versioned(each, 1).of(own).value for each in (*chosen, "transfers")}
    stored_values = [each for block in hers.content["blocks"] for each in block.get("values", [])]
    assert {each["definition"]: each["value"] for each in stored_values} == expected
    assert expected["average_talk_seconds v1"]
    assert {each["name"] for each in hers.content["definitions"]} == set(expected)
    (remark,) = [text for text in hers.content["remarks"] if "en anden formel" in text]
    assert remark.startswith("Straksafklaring er en anden formel")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"figures": ["transfers", "average_answer_seconds"]}, "figures"), ({"by": "queue"}, "by"),
        ({"channel": "calls"}, "channel"), ({"kind": "plot", "by": "day"}, "kind"), ({"kind": "topics"}, "kind"),
    ],
)  # fmt: skip
def test_what_is_about_the_whole_centre_is_refused_in_the_report_of_employees(
    world: World, changed: dict[str, Any], field: str
) -> None:
    made = template(world, "employee")
    values = {
        "position": 5, "kind": "figures", "heading": "Tal", "text": "", "figures": ["transfers"], "by": "nothing",
    } | changed  # fmt: skip
    with pytest.raises(RefusedChange) as refused:
        templates.save_block(ReportBlock(template=made), values, by=world.eva, at=MORNING)
    assert list(refused.value.reasons) == [field]
    # nor does it get there by another way: the template of the centre becomes that of the employees
    of_centre = template(world, "owner")
    of_centre.blocks.all().delete()
    templates.save_block(ReportBlock(template=of_centre), values, by=world.eva, at=MORNING)
    settings = {"title": "Tal", "responsible": world.eva, "readers": "employees"}
    with pytest.raises(RefusedChange) as refused:
        templates.save(of_centre, settings, named=[], by=world.eva, at=MORNING)
    assert list(refused.value.reasons) == ["readers"]
    # and one that was made before leaves it out
    ReportTemplate.objects.filter(pk=of_centre.pk).update(readers="employees")
    of_centre.refresh_from_db()
    hers = making.make(of_centre, date(2026, 2, 1), date(2026, 2, 28), person=world.anna, at=DUE)
    assert not [block for block in hers.content["blocks"] if block["kind"] == "plot"]


def test_own_figures_are_deleted_after_a_year_and_shared_reports_stay(world: World) -> None:
    shared = template(world)
    template(world, "employee", starts_on=date(2026, 2, 1))
    making.make_due(at=DUE)
    sending.send_due(at=DUE)
    assert nightly.run(DjangoStore(), at=DUE + timedelta(days=364), rest=0)
    assert Report.objects.exclude(person=None).count() == 4
    assert nightly.run(DjangoStore(), at=DUE + timedelta(days=367), rest=0)
    assert [report.template for report in Report.objects.all()] == [shared]
    assert not ReportReceipt.objects.exclude(report__template=shared).exists()


def test_another_formula_than_the_agreed_one_is_remarked(world: World) -> None:
    made = written(world)
    target(made, world.hans, kpi="service_level_sl3", level=0, value=Decimal(80), within=20)
    for person in (made.owner, made.operator):
        made.refresh_from_db()
        cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    template(world)
    making.make_due(at=DUE)
    (said,) = [text for text in only().content["remarks"] if "en anden formel" in text]
    assert said.endswith("aftalen bygger på: Serviceniveau SL3, svar inden for 20 sekunder.")
    _reader, text = read(document.pdf(only()))
    assert "Bemærk om tallene" in text
    assert "en anden formel" in text
    mail = letter.text(only())
    assert mail.index(said) < mail.index("Ugen i tal"), "remarks stand first"


@pytest.mark.parametrize(
    ("agreed", "shown"),
    [
        ("first_contact_resolution_by_repeat", "first_contact_resolution"),
        ("p90_answer_seconds", "average_answer_seconds"),
        ("written_median_answer_seconds", "written_average_answer_seconds"),
        ("service_level_sl4", "answered_within_20_seconds"),
        ("given_up", "availability"),
    ],
)
def test_another_formula_is_remarked_in_every_family_of_figures(world: World, agreed: str, shown: str) -> None:
    made = written(world)
    made.targets.all().delete()
    target(made, world.hans, kpi=agreed, level=0, value=Decimal(80), aim=aim_of(agreed))
    in_force(made)
    reporting = CentreReporting.of(world.centres["tmf"], WEEK, date(2026, 3, 15))
    for code in (agreed, shown, "transfers"):
        reporting.definition(code)
    reporting.definition(shown, "calls")
    said = [text for text in reporting.remarks() if "en anden formel" in text]
    assert said == [f"{FIGURE_NAMES[shown]} er en anden formel end den, aftalen bygger på: {FIGURE_NAMES[agreed]}."]


def aim_of(kpi: str) -> str:
    lower = definitions.definition(kpi, on=WEEK).direction is definitions.Direction.LOWER
    return "at_most" if lower else "at_least"


def test_an_agreement_that_ended_in_the_period_is_judged_by_its_own_days_and_the_report_says_so(world: World) -> None:
    calls(9)
    calls(0, 9, start=MORNING + timedelta(days=2))
    in_force(sign(world), until=date(2026, 3, 13))
    template(world)
    making.make_due(at=DUE)
    service = next(row for row in table(only()) if row[0].startswith("Serviceniveau"))
    assert (service[1], service[4]) == ("50\N{NO-BREAK SPACE}%", "ja")
    said = "Aftalen gjaldt til og med 12.03.2026. Om målene er nået, er gjort op til den dag."
    assert said in only().content["remarks"]


def test_both_agreements_are_judged_each_by_its_days_when_one_took_over_in_the_period(world: World) -> None:
    calls(9)
    calls(0, 9, start=MORNING + timedelta(days=2))
    before = sign(world)
    in_force(before, until=date(2026, 3, 13))
    after = written(world, valid_from=date(2026, 3, 13))
    after.targets.all().delete()
    target(after, world.hans, kpi="service_level_sl4", level=0, value=Decimal(70))
    target(after, world.hans, kpi="first_contact_resolution_by_repeat", level=0, value=Decimal(70))
    in_force(after)
    template(world)
    making.make_due(at=DUE)
    service = next(row for row in table(only()) if row[0].startswith("Serviceniveau"))
    assert service[4] == "ja, nej"
    first, second = service[3].split("; ")
    assert first.startswith("11.03.2026–12.03.2026: ")
    assert second.startswith("13.03.2026–15.03.2026: ")
    assert "mindst 80" in first
    assert "mindst 70" in second
    remarks = only().content["remarks"]
    assert any("flere aftaler (11.03.2026–12.03.2026, 13.03.2026–15.03.2026)" in text for text in remarks)
    other = [text for text in remarks if "en anden formel" in text]
    assert other == [
        "Straksafklaring er en anden formel end den, aftalen for 13.03.2026–15.03.2026 bygger på: "
        f"{FIGURE_NAMES['first_contact_resolution_by_repeat']}."
    ]


def test_a_block_of_calls_counts_neither_mails_nor_their_targets(world: World) -> None:
    calls(9, 3)
    mails(day_of(MORNING), 7, 0)
    made = written(world)
    target(made, world.hans, kpi="contacts_arrived", level=0, channel="calls", value=Decimal(1))
    target(made, world.hans, kpi="contacts_arrived", level=0, channel="written", value=Decimal(5))
    in_force(made)
    template(world, "owner", starts_on=date(2026, 3, 1))
    making.make_due(at=datetime(2026, 4, 6, 7, tzinfo=UTC))
    of_calls, of_all = table(only()), table(only(), 1)
    assert of_calls[0][0] == "Henvendelser, opkald"
    assert (of_calls[0][1], of_calls[0][4]) == ("12", "nej"), "twelve calls in 21 days are less than one a day"
    assert "Henvendelser, Opkald: mindst 1 om dagen" in of_calls[0][3]
    assert (of_all[0][0], of_all[0][1], of_all[0][3]) == ("Henvendelser", "19", "–")
    other = [text for text in only().content["remarks"] if "andre kanaler" in text]
    assert len(other) == 1
    assert "Skriftlige henvendelser" in other[0]
    plot = restored(next(block["plot"] for block in only().content["blocks"] if block["kind"] == "plot"))
    assert plot.series[0].values[-1] == 12  # type: ignore[union-attr]
    _reader, text = read(document.pdf(only()))
    assert "Henvendelser, opkald" in text


def test_a_block_of_calls_does_not_tell_beside_all_what_became_of_a_few_mails(world: World) -> None:
    """Of nineteen contacts, sixteen are calls and three mails: number and share of the calls would give theirs away."""
    calls(13, 3)
    mails(day_of(MORNING), 3, 0)
    template(world, "owner", starts_on=date(2026, 3, 1))
    making.make_due(at=datetime(2026, 4, 6, 7, tzinfo=UTC))
    of_calls, of_all = table(only()), table(only(), 1)
    assert (of_calls[0][1], *of_calls[0][3:]) == ("vises ikke: for få", "–", "–", "–")
    assert of_all[0][1] == "19"
    told = [each["definition"] for each in only().content["blocks"][0]["values"]]
    assert told == ["transfers v1"], "no mail was handed on or could be"
    plot = restored(next(block["plot"] for block in only().content["blocks"] if block["kind"] == "plot"))
    assert plot.series[0].values[-1] is None  # type: ignore[union-attr]


def test_what_is_left_beside_calls_and_mails_together_is_not_told_either(world: World) -> None:
    calls(12)
    mails(day_of(MORNING), 7, 0)
    visits(day_of(MORNING), 3)
    days, code = (WEEK, date(2026, 3, 15)), "contacts_arrived"
    for channels, hidden in ((("", "calls"), []), (("", "calls", "written"), ["written"])):
        shown = {(code, channel) for channel in channels}
        reporting = CentreReporting.of(world.centres["tmf"], *days, shown)
        assert [each for each in channels if reporting.is_hidden(code, *days, each)] == hidden
    by_queue = reporting.grouped(code, *days, reading.GroupBy.QUEUE, "written")
    assert by_queue[1] == {"tmf-byggeri"}


def sign(world: World, **wanted: object) -> CooperationAgreement:
    """An agreement with one more target, for the whole centre."""
    made = written(world)
    target(made, world.hans, kpi="service_level_sl4", level=0, value=Decimal(80), **wanted)
    for person in (made.owner, made.operator):
        made.refresh_from_db()
        made = cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    return made


def test_a_target_with_its_own_promise_is_shown_and_judged_with_it_as_on_the_page_of_the_agreement(
    world: World,
) -> None:
    # the queues promise 20 seconds, and the calls wait 10
    calls(9)
    agreement = sign(world, within=5)
    template(world)
    making.make_due(at=DUE)
    held = DateRange(agreement.valid_from, date(2026, 3, 16))
    counted = reality.measure_for(agreement, held)
    judged = next(each for each in reality.of_agreement(agreement, counted) if each.target.within)
    assert judged.verdict is TargetVerdict.MISSED
    service = next(row for row in table(only()) if row[0].startswith("Serviceniveau"))
    assert service[0] == "Serviceniveau SL4, svar inden for 5 sekunder"
    assert (service[1], service[4]) == ("0\N{NO-BREAK SPACE}%", "nej")
    plot = restored(next(block["plot"] for block in only().content["blocks"] if block["kind"] == "plot"))
    assert {value for value in plot.series[0].values if value is not None} == {0.0}  # type: ignore[union-attr]


def test_a_target_of_a_level_with_another_promise_than_the_shown_one_is_remarked(world: World) -> None:
    made = written(world)
    target(made, world.hans, kpi="service_level_sl4", level=0, value=Decimal(80), within=5)
    target(made, world.hans, kpi="service_level_sl4", level=1, value=Decimal(80), within=60)
    for person in (made.owner, made.operator):
        made.refresh_from_db()
        cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    template(world)
    making.make_due(at=DUE)
    said = [text for text in only().content["remarks"] if "et andet løfte" in text]
    assert len(said) == 1
    assert "svar inden for 60 sekunder" in said[0]


def test_only_the_days_on_which_the_agreement_holds_decide_and_the_report_says_so(world: World) -> None:
    # ninety seconds on the Monday before the agreement begins on Wednesday
    calls(0, 9, start=MORNING - timedelta(days=2))
    calls(9)
    sign(world)
    template(world)
    making.make_due(at=DUE)
    service = next(row for row in table(only()) if row[0].startswith("Serviceniveau"))
    assert (service[1], service[4]) == ("50\N{NO-BREAK SPACE}%", "ja")
    assert "Aftalen gælder fra 11.03.2026. Om målene er nået, er gjort op fra den dag." in only().content["remarks"]


def test_the_agreed_version_is_used_and_a_newer_one_is_remarked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls(9)
    signed(world)
    old = definitions.definition("first_contact_resolution", on=WEEK)
    new = dataclasses.replace(
        old, version=2, valid_from=date(2026, 3, 12), of=lambda _totals: definitions.Figure(1.0, 9)
    )
    monkeypatch.setattr(definitions, "DEFINITIONS", (*definitions.DEFINITIONS, new))
    template(world)
    making.make_due(at=DUE)
    shown = {each["definition"]: each for each in only().content["blocks"][0]["values"]}
    value = next(shown[name] for name in shown if name.startswith("first_contact_resolution "))
    assert (value["definition"], value["value"]) == ("first_contact_resolution v1", 100.0)
    assert any("v2 er kommet til siden" in text for text in only().content["remarks"])
    once = next(row for row in table(only()) if row[0] == "Straksafklaring")
    assert once[3:5] == ["Straksafklaring, 1st level: mindst 70 %", "ja"]


def test_no_data_is_a_dash_and_few_are_not_shown(world: World) -> None:
    calls(3)
    signed(world)
    template(world, "management")
    making.make_due(at=datetime(2026, 3, 24, 7, tzinfo=UTC))
    assert only().content["period"] == "uge 11 og 12, 2026"
    assert [row[1:] for row in table(only(), 1)] == [["vises ikke: for få"] * 2 + ["vises ikke: for få"]]
    headline = {row[0]: row for row in table(only())}
    once = headline["Straksafklaring"]
    assert (once[1], once[2], once[4], once[5]) == ("vises ikke: for få", "–", "–", "–")
    kept = [each["definition"] for each in only().content["blocks"][0]["values"]]
    assert not any(each.startswith("first_contact_resolution ") for each in kept)
    plot = restored(only().content["blocks"][1]["plot"])
    assert all(value is None for value in plot.series[0].values)  # type: ignore[union-attr]


def test_every_shipped_template_becomes_a_report_and_a_pdf_of_ua(world: World) -> None:
    calls(30, 5)
    signed(world)
    ReportMilestone.objects.create(
        centre=world.centres["tmf"], title="Nyt flow", planned=date(2026, 3, 1), reached=date(2026, 3, 10)
    )
    for preset in PRESETS:
        template(world, preset.code, starts_on=date(2025, 1, 1))
    making.make_due(at=DUE.replace(year=2027, month=1, day=12))
    for report in Report.objects.all():
        printed = document.pdf(report)
        assert faults(printed) == [], report.title
        reader, text = read(printed)
        root: Any = reader.trailer["/Root"]
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("da", True)
        assert "<pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
        assert report.content["period"] in text
        json.dumps(report.content)
    assert {report.template.code for report in Report.objects.all()} == {each.code for each in PRESETS}


def test_plots_are_stored_and_come_back_as_they_were(world: World) -> None:
    calls(30)
    signed(world)
    template(world, "quarterly", starts_on=date(2026, 1, 1))
    ReportMilestone.objects.create(
        centre=world.centres["tmf"], title="Nyt flow", planned=date(2026, 3, 1), reached=date(2026, 3, 10)
    )
    for first in (date(2026, 1, 1), date(2026, 2, 1)):
        baseline = Baseline.objects.create(centre=world.centres["tmf"], first_day=first, last_day=date(2026, 3, 31))
        baseline.excluded_days.create(day=date(2026, 2, 20), reason="Strejke", chosen_by=world.eva)
    version = FlowVersion.objects.select_related("flow").filter(flow__entry_points__centre=world.centres["tmf"])[0]
    FlowVersion.objects.filter(pk=version.pk).update(published_at=MORNING)
    making.make_due(at=datetime(2026, 4, 6, 7, tzinfo=UTC))
    plots = [block["plot"] for block in only().content["blocks"] if block["kind"] == "plot"]
    assert len(plots) == 6
    assert all(stored(restored(each)) == each for each in plots)
    assert [(each["name"], each["at"]) for each in plots[0]["happenings"]] == [
        ("Strejke", "2026-02-20"), ("Nyt flow", "2026-03-10"), ("Samarbejdsaftalen gælder", "2026-03-11"),
        (f"Opkaldsflow: {version.flow}, version {version.number}", "2026-03-11"),
    ]  # fmt: skip
    assert [each["values"][-1] for each in plots[0]["series"]] == [30.0]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"figures": []}, "figures"), ({"figures": ["unknown"]}, "figures"), ({"heading": "😀"}, "heading"),
        ({"kind": "plot", "by": "day", "figures": ["transfers", "average_answer_seconds"]}, "figures"),
        ({"kind": "plot", "by": "queue", "figures": ["transfers", "availability"]}, "figures"),
        ({"kind": "plot"}, "by"),
    ],
)  # fmt: skip
def test_a_block_that_cannot_be_drawn_is_refused(world: World, changed: dict[str, Any], field: str) -> None:
    made = template(world)
    values = {
        "position": 5, "kind": "figures", "heading": "Tal", "text": "", "figures": ["transfers"], "by": "nothing",
    }  # fmt: skip
    with pytest.raises(RefusedChange) as refused:
        templates.save_block(ReportBlock(template=made), values | changed, by=world.eva, at=MORNING)
    assert field in refused.value.reasons


def test_templates_and_milestones_keep_no_civil_registration_number(world: World) -> None:
    block = ReportBlock(template=template(world))
    values = {"position": 5, "kind": "text", "heading": "Om 010190-1234", "text": "", "figures": [], "by": "nothing"}
    assert templates.save_block(block, values, by=world.eva, at=MORNING).heading == "Om ******-****"
    step = ReportMilestone(centre=world.centres["tmf"])
    planned = {"title": "010190-1234", "planned": date(2026, 4, 1), "reached": None}
    assert templates.save_milestone(step, planned, by=world.eva, at=MORNING).title == "******-****"


def test_every_figure_has_a_unit_that_reports_can_write() -> None:
    assert {each.unit for each in definitions.DEFINITIONS} <= {str(each) for each in ValueUnit}


def test_definitions_are_kept_in_the_plain_words_of_the_readers(world: World) -> None:
    template(world)
    making.make_due(at=DUE)
    kept = next(each for each in only().content["definitions"] if each["name"] == "service_level_sl4 v1")
    assert kept["formula"].startswith("besvaret i tide / ")
    assert "Den, der giver op inden for løftet, tæller ikke med." in kept["counts"]


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("day", [["onsdag 11. marts 2026", "12", 75], ["fredag 13. marts 2026", "8", 75]]),
        ("month", [["februar 2026", "8", 100], ["marts 2026", "20", 75]]),
    ],
)
def test_a_table_by_day_or_month_has_a_row_for_each_in_their_order(
    world: World, by: str, rows: list[list[object]]
) -> None:
    calls(9, 3)
    calls(6, 2, start=MORNING + timedelta(days=2), first=50)
    calls(8, start=MORNING - timedelta(days=20), first=80)
    made = template(world)
    values = {"position": 5, "kind": "figures", "heading": "Tal", "text": "", "by": by,
              "figures": ["contacts_arrived", "service_level_sl4"]}  # fmt: skip
    templates.save_block(ReportBlock(template=made), values, by=world.eva, at=MORNING)
    making.make_due(at=DUE)
    block = only().content["blocks"][0]
    assert block["rows"] == [[day, number, f"{share}\N{NO-BREAK SPACE}%"] for day, number, share in rows]
    assert block["columns"] == [{"day": "Dag", "month": "Måned"}[by], "Henvendelser", FIGURE_NAMES["service_level_sl4"]]
    assert next(each["group"] for each in block["values"]) == {"day": "2026-03-11", "month": "2026-02"}[by]


def test_contacts_without_a_queue_have_the_name_that_figures_give_them(world: World) -> None:
    walk_in = history((Kind.ARRIVED, 0, {"centre": "tmf"}), start=MORNING, stream=UUID(int=1))
    write(*[walk_in] * 6)
    made = template(world)
    made.blocks.update(kind="figures", figures=["contacts_arrived"], by="queue")
    making.make_due(at=DUE)
    assert [row[0] for row in table(only())] == ["Uden kø"]


def test_somebody_of_another_centre_cannot_be_responsible(world: World) -> None:
    with pytest.raises(RefusedChange):
        template(world, responsible=world.otto)


def test_the_link_of_a_mail_is_the_page_of_the_report() -> None:
    assert links.url_of(Report(pk=7)).endswith(reverse("office:report", args=[7]))


@pytest.mark.django_db(transaction=True)
def test_a_report_waits_until_every_event_of_its_period_is_counted(world: World) -> None:
    template(world)
    append(row(Kind.ARRIVED.event(str(UUID(int=77)), MORNING, "", None, {}), number=0, centre="tmf"))
    assert making.make_due(at=DUE) == []
    counting.follow()
    assert len(making.make_due(at=DUE)) == 1


def test_an_improvement_is_held_against_its_baseline_and_drawn_with_it(world: World) -> None:
    made = written(world)
    row = Baseline.objects.create(
        centre=world.centres["tmf"], first_day=date(2025, 10, 1), last_day=date(2025, 12, 31), settled_at=MORNING
    )
    BaselineFigure.objects.create(
        baseline=row, kpi="service_level_sl4", version=1, level=0, value=60, low=58, high=62, base=900, weeks=13
    )
    AgreementTarget.objects.create(
        agreement=made, kpi="service_level_sl4", version=1, level=0, aim="up", value=Decimal(10), baseline=row
    )
    for person in (made.owner, made.operator):
        made.refresh_from_db()
        cooperation.sign(made, revision=made.revision, by=person, at=MORNING)
    calls(9, 3)
    template(world)
    making.make_due(at=DUE)
    service = next(each for each in table(only()) if each[0].startswith("Serviceniveau"))
    assert service[4] == "ja"
    plot = next(block["plot"] for block in only().content["blocks"] if block["kind"] == "plot")
    assert plot["baseline"] == {"name": "Udgangspunkt", "low": 58.0, "high": 62.0, "method": ""}
    assert [each["value"] for each in plot["targets"]] == [pytest.approx(66.0)]


@pytest.mark.parametrize("code", ["quarterly", "yearly"])
def test_the_cost_of_the_centre_and_of_each_contact_is_in_the_report(world: World, code: str) -> None:
    """An agreement of 4.95 million a year, with 30 contacts answered on the 21 days of March on which it holds."""
    calls(30, 5)
    agreed = signed(world)
    CooperationAgreement.objects.filter(pk=agreed.pk).update(valid_to=date(2026, 4, 1))
    made = template(world, code, starts_on=date(2026, 1, 1))
    at = datetime(2027, 2, 1, 7, tzinfo=UTC)
    with clock.frozen(at):
        span = {"quarterly": (date(2026, 1, 1), date(2026, 3, 31)), "yearly": (date(2026, 1, 1), date(2026, 12, 31))}
        report = making.make(made, *span[code], person=None, at=at)
    kept = {each["definition"]: each["value"] for block in report.content["blocks"] for each in block.get("values", [])}
    assert kept["operating_cost v1"] == pytest.approx(4_950_000 / 365 * 21)
    assert kept["cost_per_contact v1"] == pytest.approx(4_950_000 / 365 * 21 / 30)
    _reader, text = read(document.pdf(report))
    assert "284.795 kr." in text.replace("\N{NO-BREAK SPACE}", " ")
    names = {row[0] for block in report.content["blocks"] if block["kind"] == "table" for row in block["rows"]}
    assert {"2. niveau truffet i aftalt tid", "Overleveringer, der kom tilbage"} <= names


def test_a_period_with_no_employee_is_made_once_with_nobody(world: World) -> None:
    members = list(QueueMembership.objects.all())
    QueueMembership.objects.all().delete()
    made = template(world, "employee", starts_on=date(2026, 2, 1))
    assert making.make_due(at=DUE) == []
    made.refresh_from_db()
    assert made.nobody_for == date(2026, 2, 1)
    QueueMembership.objects.bulk_create(members)
    assert making.make_due(at=DUE + timedelta(minutes=1)) == []


def test_a_responsible_with_a_bad_address_stops_no_report_and_is_named(world: World) -> None:
    Person.objects.filter(pk=world.eva.pk).update(email="eva@@indgang")
    made = template(world, "owner", starts_on=date(2026, 2, 1))
    assert len(making.make_due(at=DUE)) == 1
    made.refresh_from_db()
    assert addressees.unreachable([made.responsible]) == [(world.eva, ReportReceipt.State.NO_ADDRESS)]


def test_a_stopped_template_makes_nothing(world: World) -> None:
    made = template(world)
    ReportTemplate.objects.filter(pk=made.pk).update(is_running=False)
    assert making.make_due(at=DUE) == []


def test_employees_are_those_of_the_day_also_when_they_have_left_since(world: World) -> None:
    template(world, "employee", starts_on=date(2026, 2, 1))
    making.make_due(at=DUE)
    Person.objects.filter(pk=world.anna.pk).update(is_active=False)
    sending.send_due(at=DUE)
    assert ReportReceipt.objects.get(person=world.anna).state == "left"
