"""The day of a centre: the need follows the morning's calls, and somebody is borrowed and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import AgentLoan, AgentState, Alert, Presence, QueueMembership
from indgang.entry.team import loans
from indgang.planning import forecasts, today
from indgang.planning.models import StoredForecast
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedNeed, ShiftPlan, WorkContract
from indgang.workforce.shifts.day import CentreDay, DayFacts
from tests.office.conftest import SignIn
from tests.office.shifts.test_shift_pages import OWN, PAGES, posted, text
from tests.planning.counted import count
from tests.workforce.shifts.rows import activity, contracts, plan, shift, workplace
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def needed(made: ShiftPlan, first: int, last: int, people: float) -> None:
    row = [0.0] * 96
    row[first:last] = [people] * (last - first)
    PlannedNeed.objects.create(
        plan=made, day=made.first, activity=activity(ActivityKind.PHONE), workplace=workplace(), people=row
    )


@pytest.fixture
def two(world: World) -> World:
    """Anna's centre is short from 10 to 12, and clara has nothing to do in the other one from 9 to 13."""
    contracts(world, world.anna)
    needed(plan(world, ShiftPlan.State.PUBLISHED), 40, 48, 1)
    bif = world.centres["bif"]
    there = ShiftPlan.objects.create(
        centre=bif, first=day_of(MORNING), last=day_of(MORNING), state=ShiftPlan.State.PUBLISHED, made_at=MORNING
    )
    WorkContract.objects.create(person=world.clara, centre=bif, weekends_off=0)
    needed(there, 0, 0, 0)
    shift(there, world.clara, MORNING, ActivityKind.PHONE, ActivityKind.PHONE)
    QueueMembership.objects.filter(person=world.clara, queue__centre__code="tmf").delete()
    Presence.objects.update_or_create(person=world.clara, defaults={"state": AgentState.READY, "since": MORNING})
    return world


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


def test_who_is_lent_out_is_not_lent_twice_and_comes_back_early(two: World) -> None:
    tmf, bif, kff = two.centres["tmf"], two.centres["bif"], two.centres["kff"]
    ends = MORNING + timedelta(hours=2)
    one, other = (loans.ask(each, bif, starts_at=MORNING, ends_at=ends, by=two.eva, at=MORNING) for each in (tmf, kff))
    loans.accept(one, two.clara, by=two.finn, at=MORNING)
    assert served(two) == {"tmf"}, "at once: its time has begun"
    with pytest.raises(RefusedChange, match="lånt ud"):
        loans.accept(other, two.clara, by=two.finn, at=MORNING)
    loans.end(one, by=two.finn, at=MORNING + timedelta(minutes=5))
    assert served(two) == {"bif"}
    loans.end(one, by=two.finn, at=MORNING + timedelta(minutes=6))


def test_lending_takes_from_one_plan_and_gives_to_the_other(two: World) -> None:
    span = (MORNING + timedelta(minutes=30), MORNING + timedelta(minutes=150))
    here, there = (ShiftPlan.objects.get(centre=two.centres[code]) for code in ("tmf", "bif"))
    assert CentreDay(here, MORNING).situation.short() == 8
    assert CentreDay(here, MORNING, DayFacts(borrowed=[span])).situation.short() == 0
    spare = CentreDay(there, MORNING, DayFacts(lent={two.clara.pk: [span]})).situation.spare()
    assert {spare[at] for at in range(40, 48)} == {0}
    assert spare[39] == 1


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
