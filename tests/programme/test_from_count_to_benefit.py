"""The whole way, by the product's own actions: a counted week, its potential, a scenario, a business case, a benefit
contract, and what was realised after the contact centre had taken over: the switch by its action, and the calls before
and after it as the simulation twin plays them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from indgang.analysis.counting import setting_up, tallying
from indgang.analysis.counting.models import CountedChannel, CountingWeek
from indgang.analysis.counting.tallying import CountedTap
from indgang.analysis.potential.results import UnitPotential
from indgang.core import clock, yaml_values
from indgang.core.clock import COPENHAGEN, in_utc
from indgang.core.ids import uuid7
from indgang.core.schedule import working_days
from indgang.demo import past_day
from indgang.demo.day import Caller, Wish
from indgang.demo.past_day import PastAnswer, Staff
from indgang.enquiries import registration
from indgang.enquiries.models import Character
from indgang.enquiries.registration import QuestionData
from indgang.entry.event_kinds import Kind
from indgang.entry.models import EntryPoint
from indgang.measures.rollups import counting
from indgang.planning import scenarios
from indgang.planning.models import ScenarioRun
from indgang.planning.storing import changes_of
from indgang.programme import known_cases, own_cases, scenario_numbers
from indgang.programme.benefits import closing, contracts, course
from indgang.programme.benefits.models import BenefitContract, BenefitMonth
from indgang.programme.benefits.recomputed import AmountBasis, recomputed
from indgang.programme.benefits.terms import read_steps
from indgang.programme.cases import evaluation, library
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.expressions import FormulaNumber
from indgang.programme.switchover import carrying, rehearsing
from indgang.programme.switchover import setting_up as setting_up_switches
from tests.enquiries.told_calls import BAKERY, happen
from tests.world import MORNING, World

pytestmark = [
    pytest.mark.django_db(transaction=True),  # the figures count events that are committed
    pytest.mark.slow("writes thirty-seven calls, with real commits"),
]

#: minutes that an enquiry costs a case worker (interruption and after-work, 000:88), and kroner an hour
MINUTES, HOURLY = 15, 400
#: the first month of the contact centre, and the one before it
BEFORE, AFTER = date(2026, 1, 1), date(2026, 2, 1)
QUEUE = "tmf-byliv"


def moment(day: date, hour: int = 10) -> datetime:
    return in_utc(datetime.combine(day, time(hour), COPENHAGEN))


def counted(world: World) -> CountingWeek:
    """Byliv counts for a week: each day four short general questions, six longer ones, and six about cases."""
    monday = date(2025, 12, 1)
    marks = dict.fromkeys([f"asks_{each}" for each in ("channel", "character", "minutes", "outcome", "digital")], True)
    values = {
        "title": "Uge 49", "unit": world.units["ctb-byliv"], "service": None, "starts_on": monday,
        "ends_on": monday + timedelta(days=4), "days_a_year": 250, "rounds_to": 50,
    }  # fmt: skip
    week = setting_up.plan(values | marks, by=world.hans, at=moment(monday) - timedelta(days=3))
    setting_up.add_person(week, person=world.david, by=world.hans, at=moment(monday) - timedelta(days=3))
    general, status = (week.purposes.get(purpose=world.purposes[code]).pk for code in ("vejledning", "status"))
    kinds = [(general, Character.GENERAL, 2)] * 4 + [(general, Character.GENERAL, 5)] * 6
    kinds += [(status, Character.CASE_SPECIFIC, 25)] * 6
    taps = [
        CountedTap(uuid4(), moment(monday + timedelta(days=number)), button, CountedChannel.PHONE, character, minutes)
        for number in range(5)
        for button, character, minutes in kinds
    ]
    assert tallying.count(week, taps, by=world.david, at=moment(monday + timedelta(days=4), 16)) == {}
    return setting_up.close(week, by=world.hans, at=moment(monday + timedelta(days=5)))


def potential(client: Client, week: CountingWeek) -> Any:
    """The page of the week's potential, with what it hands on."""
    answer = client.get("/office/potential/", {"week": str(week.pk), "rules": "tmf"})
    assert answer.status_code == 200
    return answer


def staffed(client: Client, shown: Any) -> ScenarioRun:
    """The staff of BC31's centre when what the website could answer does not come: the page of a new what-if, as the
    potential opens it."""
    opened = client.get(shown.context["scenario_address"]).context["form"]
    filled = {name: opened[name].value() for name in ("name", "digital", "note")}
    made = client.post("/office/planning/scenarios/new/", filled | {"base": "bc31"})
    assert made.status_code == 302
    return ScenarioRun.objects.select_related("scenario").get()


def proposed(client: Client, shown: Any, run: ScenarioRun, world: World) -> BusinessCase:
    """BC31 as one's own: Byliv's enquiries and the share that moves from the potential, staff from the scenario."""
    values = dict(own_cases.values_of(library.text("bc31")))
    for name in ("printed", "remarks", "stated_payback"):
        values.pop(name)
    values |= {"code": "byliv-2026", "first_year": 2025}
    own = own_cases.begin(yaml_values.text_of(values), reason="Efter tælleugen", by=world.hans, at=MORNING)
    chosen = {"workers": "byliv-2026.city_life_enquiries", "moved_share": "byliv-2026.city_life_share"}
    assert client.post(shown.context["case_address"], chosen).headers["Location"].endswith("/byliv-2026/")
    scenario_numbers.add_values(run, own, "fte", by=world.hans, at=MORNING)
    found = known_cases.by_code("byliv-2026")
    assert found is not None
    return found


def switched(world: World) -> None:
    """The old number of the arrangements leads to the centre from the first of February."""
    old = "+4533665200"
    EntryPoint.objects.create(number=old, name="Byliv", centre=world.centres["kff"], flow=world.flows["borger"])
    values = {
        "service": world.services["arrangement"], "centre": world.centres["tmf"], "planned_at": moment(AFTER, 1),
        "flow": None, "numbers": [old], "leads_to": world.entry_points["+4533661000"], "addresses": [], "mail_to": None,
        "versions": [],
        "ends_contact": False, "questionnaire": None, "way": "robot", "share": 100, "starts_targets": False,
    }  # fmt: skip
    before = moment(AFTER - timedelta(days=3))
    made = setting_up_switches.make(values, by=world.hans, at=before)
    seen = rehearsing.rehearse(made, by=world.finn, at=before).seen
    setting_up_switches.decide(made, seen=seen, reason="Aftalt", by=world.finn, at=before)
    assert carrying.carry_out_due(made.pk, at=moment(AFTER, 1))
    assert EntryPoint.objects.valid_on(AFTER).get(number=old).centre == world.centres["tmf"]


def callers(day: date, number: int) -> list[Caller]:
    """People with general questions about arrangements, half a minute apart."""
    wish = Wish("ctb-byliv", "arrangement", "vejledning", "Vejledning", False, "resolved", True)
    return [
        Caller(moment(day) + timedelta(seconds=30 * place), BAKERY, "+4533661000", {}, QUEUE, patience=900.0,
               talk=150.0 + 30 * place, wish=wish)
        for place in range(number)
    ]  # fmt: skip


def played(world: World, month: date, *, away: float = 0.0) -> int:
    """The calls of every second working day of a month, two a day less the share that stays `away`: the simulation
    twin plays who of the centre answers whom, and they are written as the switchboard writes them. Returns how many."""
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    staff, number, due = Staff({QUEUE: "tmf"}, {"tmf": 2}, {}), 0, 0.0
    for day in working_days(month, last)[::2]:
        due += 2 * (1 - away)
        today = callers(day, int(due) - number)
        answers = past_day.play(
            today, moment(day, 9), moment(day, 16), staff, menu=timedelta(seconds=10), rings=timedelta(seconds=5),
            wrap_up=30.0, helps_after=timedelta(minutes=1),
        )  # fmt: skip
        for caller, answer in zip(today, answers, strict=True):
            assert answer is not None, "nobody waits for a quarter of an hour"
            answered(world, caller, answer)
        number += len(today)
    return number


def answered(world: World, caller: Caller, answer: PastAnswer) -> None:
    agent, at = (world.anna, world.bo)[answer.person], 10 + answer.after
    enquiry = happen(
        str(uuid7()), (Kind.ARRIVED, 0, {"dialled": caller.dialled, "caller_number": caller.number, "centre": "tmf"}),
        (Kind.MENU, 10, {"key": "2", "label": "Byliv"}), (Kind.QUEUED, 10, {"queue": QUEUE}),
        (Kind.OFFERED, at - 5, {"queue": QUEUE, "person": agent}),
        (Kind.ANSWERED, at, {"queue": QUEUE, "person": agent, "direction": "in"}),
        (Kind.ENDED, at + caller.talk, {"queue": QUEUE, "person": agent, "by": "caller"}), start=caller.at,
    )  # fmt: skip
    said = QuestionData(service=world.services[caller.wish.service], purpose=world.purposes[caller.wish.purpose],
                        character="general", outcome=caller.wish.outcome)  # fmt: skip
    registration.register(enquiry, questions=[said], by=agent, at=caller.at + timedelta(minutes=20))


def expected_change(unit: UnitPotential) -> float:
    """Enquiries a day that case workers no longer resolve."""
    return -unit.moved / 365


def signed(case: BusinessCase, unit: UnitPotential, world: World) -> BenefitContract:
    values = {
        "about": "Kontaktcentret svarer på de almene spørgsmål.", "owner": world.hans, "way": "figure",
        "kpi": "contacts_arrived", "level": 0, "by_services": True, "counted_service": None, "centre": None,
        "not_measured": "",
        "baseline_first": BEFORE, "baseline_last": AFTER - timedelta(days=1), "baseline_value": None,
        "baseline_source": "", "change": expected_change(unit), "kroner": MINUTES / 60 * HOURLY,
        "price_year": case.price_year, "assumption": "", "steps": read_steps("2026-02: 100"),
    }  # fmt: skip
    made = contracts.begin(
        case, "city-life", world.units["ctb-byliv"], values, reason="Aftalt", by=world.hans, at=MORNING
    )
    contracts.sign(made, 1, by=world.hans, at=MORNING)
    return made


def test_from_a_counted_week_to_a_realised_benefit(world: World, client: Client) -> None:
    january = played(world, BEFORE)
    client.force_login(world.finn)
    with clock.frozen(MORNING):
        shown = potential(client, counted(world))
        unit = shown.context["rows"][0].row
        run = staffed(client, shown)
        case = proposed(client, shown, run, world)
    assert (unit.digital, unit.contact_centre, unit.future_case_workers) == (1_000, 1_500, 1_500)
    assert unit.moved == 2_500
    staff = scenarios.estimate(run)
    assert changes_of(run.changes).digital == 0.25
    assert "tælleugen “Uge 49” (01.12.2025–05.12.2025)" in run.scenario.note
    assert staff.fte < staff.fte_today
    assert case.scenarios[-1].values["fte"] == FormulaNumber(round(staff.fte, 3))
    share = next(each for each in case.assumptions if each.name == "city_life_share")
    assert share.is_uncertain
    assert share.source == next(each for each in case.assumptions if each.name == "city_life_enquiries").source
    before = evaluation.table(case)
    row = {line.code: amounts for line, amounts in before.lines}
    assert row["city-life"] == (0, -392, -490, -490, -490, -490)  # 2,500 × 15 minutes at 783.30 kr. an hour

    switched(world)
    february = played(world, AFTER, away=unit.digital / unit.total)
    assert (january, february) == (22, 15), "a quarter found the answer on the website"
    while counting.follow():
        pass
    contract = signed(case, unit, world)
    closed = closing.close(contract, AFTER, reason="De almene spørgsmål bliver i centret.", by=world.hans, at=MORNING)
    assert closed.value == pytest.approx(february / 28)
    found = course.of_contract(BenefitContract.objects.get(), MORNING.date())
    realised = found.so_far.realised
    assert realised is not None
    assert realised.value == pytest.approx(28 * 100 * (february / 28 - january / 31))
    assert realised.low is not None
    assert realised.low < realised.value < 0
    assert found.so_far.expected == pytest.approx(28 * 100 * expected_change(unit))
    assert BenefitMonth.objects.get().reason == "De almene spørgsmål bliver i centret."

    again = recomputed(case, [found.measured(case)], goes_on=False)
    deviation = (realised.value - found.so_far.expected) / 1000
    assert again.table.net[1] == pytest.approx(before.net[1] + deviation, abs=1)
    assert again.known["city-life", 2026] is AmountBasis.PARTLY
    assert again.known["city-life", 2027] is AmountBasis.ASSUMED
