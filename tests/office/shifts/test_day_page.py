"""The day of a centre: the need follows the morning's calls, and somebody is borrowed and taken back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import numpy as np
import pytest
from django.urls import reverse

from indgang.accounts.models import RoleAssignment
from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import AgentLoan, AgentState, Alert, Presence, QueueMembership
from indgang.entry.team import agents, loans
from indgang.office.shifts.day import day_page
from indgang.planning import forecasts, shift_need, today
from indgang.planning.models import StoredForecast
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce import own_day
from indgang.workforce.day_line import read
from indgang.workforce.models import PlannedActivity, ShiftPlan
from indgang.workforce.shifts.day import CentreDay, DayFacts
from tests.office.conftest import SignIn
from tests.office.shifts.test_shift_pages import OWN, PAGES, posted, text
from tests.planning.counted import count
from tests.workforce.shifts.rows import activity, contracts, needed, plan, shift, two_centres
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def two(world: World) -> World:
    return two_centres(world)


def served(world: World) -> set[str]:
    rows = QueueMembership.objects.serving_on(day_of(MORNING)).filter(person=world.clara, active=True)
    return set(rows.values_list("queue__centre__code", flat=True))


def test_somebody_is_borrowed_by_two_clicks_and_taken_back_at_the_end(two: World, as_person: SignIn) -> None:
    before = served(two)
    assert before == {"bif"}
    eva, finn = as_person("eva"), as_person("finn")
    page, there = f"{PAGES}tmf/day/", f"{PAGES}bif/day/"
    key = re.search(r'name="key" value="(bif-[^"]+)"', text(eva, page))
    assert key
    assert "er spurgt" in posted(eva, f"{page}loans/", key=key[1])
    assert "har ikke svaret endnu" in text(eva, page)
    assert "gælder ikke længere" in posted(eva, f"{page}loans/", key=key[1]), "it is asked for already"
    loan, alert = AgentLoan.objects.get(), Alert.objects.get()
    assert (alert.centre, alert.over_at) == (two.centres["bif"], None)
    assert eva.post(f"{there}loans/{loan.pk}/answer/", {"answer": "yes", "person": "clara"}).status_code == 404
    assert eva.post(f"{page}loans/{loan.pk}/answer/", {"answer": "yes", "person": "clara"}).status_code == 404
    assert "Vælg, hvem" in posted(finn, f"{there}loans/{loan.pk}/answer/", answer="yes", person="anna")
    assert "er lånt ud" in posted(finn, f"{there}loans/{loan.pk}/answer/", answer="yes", person="clara")
    assert f"{two.clara.name} kommer fra" in text(eva, page)
    assert "at undvære" not in text(eva, page), "the need is covered now"
    assert "Du er lånt ud til" in text(as_person("clara"), OWN)
    assert served(two) == before, "not before its time"

    loan.refresh_from_db()
    loans.carry_out_due(loan.starts_at)
    loans.carry_out_due(loan.starts_at)
    assert served(two) == {"tmf"}
    made = QueueMembership.objects.filter(person=two.clara, queue__centre__code="tmf")
    assert set(made.values_list("valid_to", flat=True)) == {day_of(MORNING) + DAY}, "at midnight, whatever happens"
    loans.carry_out_due(loan.ends_at)
    assert served(two) == before
    loan.refresh_from_db()
    assert loan.state == AgentLoan.State.OVER
    alert.refresh_from_db()
    assert alert.over_at
    told = Change.objects.filter(action__startswith="agent_loan").order_by("pk")
    assert list(told.values_list("action", flat=True)) == [
        "agent_loan.ask", "agent_loan.approve", "agent_loan.begin", "agent_loan.end",
    ]  # fmt: skip


def test_who_may_not_answer_the_calls_of_the_borrower_is_not_lent(two: World, as_person: SignIn) -> None:
    bif = two.centres["bif"]
    there = ShiftPlan.objects.get(centre=bif)
    shift(there, two.otto, MORNING, ActivityKind.PHONE, ActivityKind.PHONE)
    starts, ends = MORNING + timedelta(hours=1), MORNING + timedelta(hours=3)
    loan = loans.ask(two.centres["tmf"], bif, starts_at=starts, ends_at=ends, by=two.eva, at=MORNING)
    page = day_page(bif, MORNING)
    assert [each.username for each in page.free_for(loan)] == ["clara"]
    with pytest.raises(RefusedChange, match="må ikke tage opkald"):
        loans.accept(loan, two.otto, by=two.finn, at=MORNING)
    loans.refuse(loan, by=two.finn, at=MORNING)
    assert [each.number for each in day_page(two.centres["tmf"], MORNING).offers] == [1], "two are spare, one may come"
    PlannedActivity.objects.filter(shift__person=two.clara).update(activity=activity(ActivityKind.COUNTER))
    assert not day_page(bif, MORNING).free_for(loan), "who is at the counter stays there"
    assert not day_page(two.centres["tmf"], MORNING).offers
    RoleAssignment.objects.filter(person=two.clara, unit__code="tmf").delete()
    assert not list(day_page(two.centres["tmf"], MORNING)._others()), "nothing is worked out for a centre without"


def test_what_a_loan_has_made_is_what_its_end_takes_away(two: World, as_person: SignIn) -> None:
    day, tmf, bif = day_of(MORNING), two.centres["tmf"], two.centres["bif"]
    kept = QueueMembership.objects.create(
        person=two.clara, queue=two.queues["tmf-byliv"], valid_from=day, valid_to=day + DAY
    )
    loan = loans.ask(tmf, bif, starts_at=MORNING, ends_at=MORNING + timedelta(hours=2), by=two.eva, at=MORNING)
    loans.accept(loan, two.clara, by=two.finn, at=MORNING)
    for centre, leader, queues in ((tmf, two.eva, [two.queues["tmf-byliv"]]), (bif, two.finn, two.queues.values())):
        with pytest.raises(RefusedChange, match="er lånt ud til"):
            agents.serve(two.clara, centre, list(queues), day=day, by=leader, at=MORNING)
    answer = as_person("eva").post(reverse("office:agent-queues", args=["tmf", two.clara.pk]), {"queues": []})
    assert answer.status_code == 422
    assert "er lånt ud til" in answer.content.decode()
    loans.end(loan, by=two.eva, at=MORNING + timedelta(minutes=5))
    assert [each.pk for each in QueueMembership.objects.filter(person=two.clara, queue__centre=tmf)] == [kept.pk]
    agents.serve(two.clara, tmf, [], day=day, by=two.eva, at=MORNING + timedelta(minutes=6))


def test_no_loan_waits_for_the_fault_of_another(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    starts, ends = MORNING + timedelta(hours=1), MORNING + timedelta(hours=3)
    first, second = (
        loans.ask(two.centres[code], two.centres["bif"], starts_at=starts, ends_at=ends, by=two.eva, at=MORNING)
        for code in ("tmf", "kff")
    )
    carry_out = loans._carry_out

    def broken(loan: AgentLoan, at: datetime) -> None:
        if loan.pk == first.pk:
            raise ValueError("broken")
        carry_out(loan, at)

    monkeypatch.setattr(loans, "_carry_out", broken)
    loans.carry_out_due(ends)
    states = [AgentLoan.objects.get(pk=each.pk).state for each in (first, second)]
    assert states == ["asked", "lapsed"]


def test_a_request_is_refused_withdrawn_or_lapses(two: World) -> None:
    tmf, bif = two.centres["tmf"], two.centres["bif"]
    starts, ends = MORNING + timedelta(hours=1), MORNING + timedelta(hours=3)

    def asked() -> AgentLoan:
        return loans.ask(tmf, bif, starts_at=starts, ends_at=ends, by=two.eva, at=MORNING)

    first = asked()
    with pytest.raises(RefusedChange, match="allerede spurgt"):
        asked()
    loans.refuse(first, by=two.finn, at=MORNING)
    with pytest.raises(RefusedChange, match="allerede svaret"):
        loans.accept(first, two.clara, by=two.finn, at=MORNING)
    loans.end(asked(), by=two.eva, at=MORNING)
    last = asked()
    with pytest.raises(RefusedChange, match="forbi"):
        loans.accept(last, two.clara, by=two.finn, at=ends)
    loans.carry_out_due(ends)
    assert set(AgentLoan.objects.values_list("state", flat=True)) == {"refused", "withdrawn", "lapsed"}
    assert not Alert.objects.filter(over_at=None).exists()


def test_who_is_lent_out_is_not_lent_twice_and_comes_back_early(two: World, as_person: SignIn) -> None:
    tmf, bif, kff = two.centres["tmf"], two.centres["bif"], two.centres["kff"]
    ends = MORNING + timedelta(hours=2)
    one, other = (loans.ask(each, bif, starts_at=MORNING, ends_at=ends, by=two.eva, at=MORNING) for each in (tmf, kff))
    loans.accept(one, two.clara, by=two.finn, at=MORNING)
    assert served(two) == {"tmf"}, "at once: its time has begun"
    with pytest.raises(RefusedChange, match="lånt ud"):
        loans.accept(other, two.clara, by=two.finn, at=MORNING)
    loans.end(one, by=two.finn, at=MORNING + timedelta(minutes=5))
    assert served(two) == {"bif"}
    assert "Lånet er slut" in posted(as_person("eva"), f"{PAGES}tmf/day/loans/{one.pk}/end/"), "in another tab"


def test_lending_takes_from_one_plan_and_gives_to_the_other(two: World) -> None:
    span = (MORNING + timedelta(minutes=30), MORNING + timedelta(minutes=150))
    here, there = (ShiftPlan.objects.get(centre=two.centres[code]) for code in ("tmf", "bif"))
    assert CentreDay(here, MORNING).situation.short() == 8
    assert CentreDay(here, MORNING, DayFacts(borrowed=[span])).situation.short() == 0
    spare = CentreDay(there, MORNING, DayFacts(away={two.clara.pk: [span]})).situation.spare()
    assert {spare[at] for at in range(40, 48)} == {0}
    assert spare[39] == 1


def test_who_is_noted_as_ill_does_not_count_before_the_shift_nor_in_its_break(world: World) -> None:
    contracts(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    needed(made, 40, 56, 2)
    for person in (world.anna, world.bo):
        shift(made, person, MORNING + timedelta(hours=1), ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    own_day.note(world.anna, read("syg i dag", at=MORNING), by=world.anna, at=MORNING)
    own_day.note(world.bo, read("går hjem 14", at=MORNING), by=world.bo, at=MORNING)
    Presence.objects.update_or_create(person=world.bo, defaults={"state": AgentState.READY, "since": MORNING})
    tmf, states = world.centres["tmf"], {}
    for hours in (0, 2, 4):
        page = day_page(tmf, MORNING + timedelta(hours=hours))
        states[hours] = [each.state for each in sorted(page.people, key=lambda each: each.name)]
        assert page.day is not None
        there = [sum(row[at] for row in page.day.situation.staffed().values()) for at in (44, 58)]
        assert there == [1, 0], "bo goes home at 14"
        assert not any(f"-{world.anna.pk}-" in key for key, *_words in page.suggestions)
    assert states == {0: ["away", "later"], 2: ["away", "there"], 4: ["away", "break"]}
    Presence.objects.update_or_create(person=world.anna, defaults={"state": AgentState.READY, "since": MORNING})
    page = day_page(tmf, MORNING + timedelta(hours=2))
    assert {each.state for each in page.people} == {"there"}, "she has come after all"


def test_the_plan_is_repaired_from_the_page_of_the_day(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    shift(made, world.anna, MORNING + timedelta(hours=1), ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    eva, page = as_person("eva"), f"{PAGES}tmf/day/"
    shown = text(eva, page)
    assert f"{PAGES}plans/{made.pk}/" in shown, "the plan is a click away"
    assert "Fravær i dag" not in shown
    own_day.note(world.anna, read("syg i dag", at=MORNING), by=world.anna, at=MORNING)
    shown = text(eva, page)
    assert "1 medarbejder med vagt i dag er fraværende" in shown
    assert f'action="{PAGES}plans/{made.pk}/version/"' in shown
    assert "Kladden begynder med de vagter" in posted(eva, f"{PAGES}plans/{made.pk}/version/")
    assert 'value="15"' in text(eva, f"{PAGES}plans/{ShiftPlan.objects.get(follows=made).pk}/"), "seconds of a version"


def test_a_busy_morning_raises_the_need_for_the_rest_of_the_day(world: World, as_person: SignIn) -> None:
    queue, first = world.queues["tmf-byggeri"], day_of(MORNING)
    count(queue, first - timedelta(days=70), first, each=20)
    assert isinstance(forecasts.store(queue, at=MORNING), StoredForecast)
    noon = MORNING.replace(hour=11)
    count(queue, first, first + DAY, each=40)
    found = today.again(world.centres["tmf"], noon)
    assert found is not None
    assert found.came == 2 * round(found.expected)
    assert 1 < found.level < 2
    made = plan(world, ShiftPlan.State.PUBLISHED)
    needed(made, 40, 64, 4)
    facts = DayFacts(factors=found.factors)
    before, after = CentreDay(made, noon), CentreDay(made, noon, facts)
    assert after.situation.short() > before.situation.short()
    assert after.planned_need == before.planned_need
    with clock.frozen(noon):
        assert "opkald, og prognosen ventede" in text(as_person("eva"), f"{PAGES}tmf/day/")


def test_a_queue_without_measured_times_weighs_as_its_calls_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = SimpleNamespace(per_day=96)
    monkeypatch.setattr(shift_need, "people_for", Mock(side_effect=RefusedChange({"": ""})))
    calls = np.full(96, 6.0)
    found = today._people(world.queues["tmf-byggeri"], cast(StoredForecast, stored), calls, 1.5, MORNING)
    assert found[:, 40].tolist() == [2.0, 3.0], "people, not calls"


def test_without_a_forecast_the_planned_need_holds(world: World) -> None:
    assert today.again(world.centres["tmf"], MORNING) is None


def test_what_no_loan_is_about_is_not_found(two: World, as_person: SignIn) -> None:
    eva, page = as_person("eva"), f"{PAGES}tmf/day/loans/"
    assert "gælder ikke længere" in posted(eva, page, key="\0")
    assert eva.post(f"{page}99999999/answer/", {"answer": "no"}).status_code == 404
    assert eva.post(f"{page}99999999/end/").status_code == 404
    assert as_person("anna").post(page, {"key": "x"}).status_code == 403
    with pytest.raises(RefusedChange):
        loans.ask(
            two.centres["tmf"], two.centres["tmf"], starts_at=MORNING, ends_at=MORNING + DAY, by=two.eva, at=MORNING
        )
    with pytest.raises(RefusedChange):
        loans.ask(
            two.centres["tmf"], two.centres["bif"], starts_at=MORNING + DAY, ends_at=MORNING + 2 * DAY, by=two.eva,
            at=MORNING,
        )  # fmt: skip
