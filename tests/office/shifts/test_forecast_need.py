"""A shift plan takes its need from the forecast, in the engine and on the page."""

from __future__ import annotations

import json
import zlib
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue, QueueTerms
from indgang.planning import assumptions, forecasts, shift_need
from indgang.planning.models import StoredForecast
from indgang.staffing.erlang import erlang_c
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import PlannedNeed, ShiftPlan
from indgang.workforce.shifts import plans
from indgang.workforce.shifts.question import PlanQuestion
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.planning.counted import HANDLED, count
from tests.workforce.shifts.rows import activity, plan, workplace
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)
QUARTER = 900


@pytest.fixture
def forecast_queue(world: World) -> Queue:
    """With 20 calls at the top of each open hour, and 21 on Mondays."""
    found = world.queues["tmf-byggeri"]
    count(found, TODAY - timedelta(days=70), TODAY, each=20)
    assert isinstance(forecasts.store(found, at=MORNING), StoredForecast)
    return found


def test_each_quarter_has_the_fewest_people_who_keep_the_target(forecast_queue: Queue) -> None:
    found = shift_need.people_needed([forecast_queue], TODAY, TODAY + timedelta(days=6))
    stored = forecasts.newest(forecast_queue)
    assert stored is not None
    loads = forecasts.intervals(stored)[:7] * HANDLED / QUARTER
    people = np.array(list(found.values()))
    assert people[loads == 0].sum() == 0, "nobody while it is closed"
    busy = loads > 0
    terms = QueueTerms.objects.get(queue=forecast_queue)
    within = float(terms.service_level_seconds)
    enough, fewer = (erlang_c(people[busy] - less, loads[busy], HANDLED, within).in_time for less in (0, 1))
    assert (enough >= terms.service_level_percent / 100).all()
    assert (fewer < terms.service_level_percent / 100).all()


def test_patience_needs_fewer_and_two_queues_together_fewer_than_apart(forecast_queue: Queue, world: World) -> None:
    other = world.queues["tmf-byliv"]
    count(other, TODAY - timedelta(days=70), TODAY, each=20)
    forecasts.store(other, at=MORNING)
    apart = [np.array(shift_need.people_needed([each], TODAY, TODAY)[TODAY]) for each in (forecast_queue, other)]
    both = np.array(shift_need.people_needed([forecast_queue, other], TODAY, TODAY)[TODAY])
    assert (both <= apart[0] + apart[1]).all()
    assert both.max() > apart[0].max()
    assumptions.decide(
        "patience", Decimal(30), source="Målt", centre=forecast_queue.centre, day=TODAY, by=world.eva, at=MORNING
    )
    patient = np.array(shift_need.people_needed([forecast_queue], TODAY, TODAY)[TODAY])
    assert patient.sum() < apart[0].sum()


def test_a_planner_takes_the_need_from_the_forecast_and_it_replaces_what_was_written(
    forecast_queue: Queue, world: World, as_person: SignIn
) -> None:
    made = plan(world, ShiftPlan.State.DRAFT)
    sent = {
        "forecast-queues": forecast_queue.code, "forecast-activity": activity(ActivityKind.PHONE).code,
        "forecast-workplace": workplace().code,
    }  # fmt: skip
    written = PlannedNeed.objects.create(
        plan=made, day=TODAY, activity=activity(ActivityKind.PHONE), workplace=workplace(), people=[7.0] * 96
    )
    gerda, page = as_person("gerda"), f"/office/shifts/plans/{made.pk}/"
    assert "Hent behovet fra prognosen" in text_of(gerda.get(page))
    for _twice in range(2):
        assert "Behovet er hentet fra prognosen på 14 dage" in text_of(
            gerda.post(f"{page}forecast-need/", sent, follow=True)
        )
    needed = shift_need.people_needed([forecast_queue], made.first, made.last)
    assert {each.day: each.people for each in made.needs.all()} == needed
    written.refresh_from_db()
    assert written.people == needed[TODAY]
    said = Change.objects.filter(action="shift_plan.need").latest("pk").after
    assert (said["queues"], said["days"]) == ([forecast_queue.code], 14)


def test_a_promise_of_100_percent_is_planned_as_99_and_said(
    forecast_queue: Queue, world: World, as_person: SignIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, gerda = plan(world, ShiftPlan.State.DRAFT), as_person("gerda")
    place = {"activity": activity(ActivityKind.PHONE).code, "workplace": workplace().code}
    sent = {"queues": forecast_queue.code, **place}
    on_page = {f"forecast-{name}": value for name, value in sent.items()}
    address, forecast_page = f"plans/{made.pk}/forecast-need/", f"/office/planning/forecast/{forecast_queue.code}/"
    said = (
        "Byggeri har målet 100 %. Intet antal medarbejdere kan besvare alle opkald i tide, så der er regnet med 99 %."
    )
    assert said not in text_of(gerda.post(f"/office/shifts/{address}", on_page, follow=True))
    assert gerda.post(f"/api/shifts/{address}", sent).json()["remarks"] == []
    assert said not in text_of(gerda.get(forecast_page))
    QueueTerms.objects.filter(queue=forecast_queue).update(service_level_percent=100)
    assert said in text_of(gerda.post(f"/office/shifts/{address}", on_page, follow=True))
    assert gerda.post(f"/api/shifts/{address}", sent).json()["remarks"] == [said]
    (tmp_path / "need.json").write_text(json.dumps(sent | {"queues": [forecast_queue.code]}))
    with clock.frozen(MORNING):
        call_command("plans", "tmf", plan=made.pk, forecast_need=tmp_path / "need.json", by="gerda")
    assert capsys.readouterr().err == f"{said}\n"
    assert said in text_of(gerda.get(forecast_page))


def test_what_has_no_forecast_is_refused_in_words(forecast_queue: Queue, world: World, as_person: SignIn) -> None:
    made = plan(world, ShiftPlan.State.DRAFT)
    sent = {"forecast-activity": activity(ActivityKind.PHONE).code, "forecast-workplace": workplace().code}
    page = f"/office/shifts/plans/{made.pk}/forecast-need/"
    gerda = as_person("gerda")
    for queue, said in (
        ("tmf-byliv", "Der er ingen prognose for"), ("bif-erhverv", "bif-erhverv"), ("\0", "Køer"),
    ):  # fmt: skip
        answer = gerda.post(page, sent | {"forecast-queues": queue})
        assert (answer.status_code, said in text_of(answer)) == (422, True), queue
    StoredForecast.objects.update(calls=[1.0] * 7)
    answer = gerda.post(page, sent | {"forecast-queues": forecast_queue.code})
    assert "slutter 17.03.2026, før planen slutter" in text_of(answer)
    assert not made.needs.exists()
    ShiftPlan.objects.update(first=TODAY - timedelta(days=9), last=TODAY - timedelta(days=2))
    made.refresh_from_db()
    with pytest.raises(RefusedChange, match="forbi"):
        shift_need.take(
            made, queues=[forecast_queue], activity=activity(ActivityKind.PHONE), workplace=workplace(), by=world.gerda,
            at=MORNING,
        )  # fmt: skip


def test_time_that_is_lost_is_added_when_the_planner_asks_for_it(
    forecast_queue: Queue, world: World, as_person: SignIn
) -> None:
    made = plan(world, ShiftPlan.State.DRAFT)
    gerda, page = as_person("gerda"), f"/office/shifts/plans/{made.pk}/"
    assert "når de er skrevet under Antagelser" in text_of(gerda.get(page)), "nobody has decided"
    with pytest.raises(RefusedChange, match="Skriv først under Antagelser"):
        shift_need.take(
            made, queues=[forecast_queue], activity=activity(ActivityKind.PHONE), workplace=workplace(),
            add=["sickness"], by=world.gerda, at=MORNING,
        )  # fmt: skip
    for code, value in (("shrinkage", 10), ("sickness", 20)):
        centre = forecast_queue.centre
        assumptions.decide(code, Decimal(value), source="Målt", centre=centre, day=TODAY, by=world.eva, at=MORNING)
    assert "Sygdom (%): 20. Kilde: Målt" in text_of(gerda.get(page))
    sent = {
        "forecast-queues": forecast_queue.code, "forecast-activity": activity(ActivityKind.PHONE).code,
        "forecast-workplace": workplace().code, "forecast-add": ["shrinkage", "sickness"],
    }  # fmt: skip
    shown = text_of(gerda.post(f"{page}forecast-need/", sent, follow=True))
    assert "prognosen for Byggeri. Lagt til: Svind af planlagt telefontid (%): 10. Kilde: Målt; Sygdom" in shown
    assert "Behov uden svind og sygdom" in shown, "the picture shows both"
    base = np.array(shift_need.people_needed([forecast_queue], TODAY, TODAY)[TODAY])
    need = made.needs.get(day=TODAY)
    assert need.base == base.tolist()
    real = shift_need.people_needed([forecast_queue], TODAY, TODAY, shift_need.additions(made.centre, TODAY))[TODAY]
    assert need.people == real
    assert (np.array(need.people) <= np.ceil(base / 0.72)).all()
    assert max(need.people) > max(need.base)
    row = next(iter(PlanQuestion(made, MORNING).need_at_work.values()))
    there = np.array(row[:96])
    assert (there == np.minimum(need.people, np.ceil(np.round(base / 0.9, 6)))).all(), "who is ill is known on the day"
    plans.set_need(
        made, activity=activity(ActivityKind.PHONE), workplace=workplace(), weekdays=[TODAY.weekday()], opens=time(10),
        closes=time(11), people=30, by=world.gerda, at=MORNING,
    )  # fmt: skip
    assert next(iter(PlanQuestion(made, MORNING).need_at_work.values()))[40:44] == (30.0,) * 4, "it stays as written"
    ShiftPlan.objects.update(state=ShiftPlan.State.PUBLISHED)
    copied = plans.follow(made, by=world.gerda, at=MORNING).needs.get(day=TODAY)
    assert (copied.base, copied.about) == (made.needs.get(day=TODAY).base, need.about)


def test_what_is_written_needs_people_in_the_opening_hours(forecast_queue: Queue, world: World) -> None:
    mails = Queue.objects.create(
        code="tmf-mail", name="Mails", work=Queue.Work.WRITTEN, centre=forecast_queue.centre, valid_from=TODAY
    )
    came = np.zeros((14, 96), dtype=np.float32)
    came[:, 4 * 8] = 10  # at eight in the morning of each day
    zeros, days = [0.0] * 14, [0] * 14
    StoredForecast.objects.create(
        queue=mails, made_on=TODAY, first=TODAY, per_day=96, calls=came.sum(axis=1).tolist(), mean=zeros, low_80=days,
        high_80=days, low_95=days, high_95=days, variance=zeros, intervals=zlib.compress(came.tobytes()),
        judged_until=TODAY,
    )  # fmt: skip
    with pytest.raises(RefusedChange, match="hvor længe en skriftlig henvendelse tager"):
        shift_need.people_needed([mails], TODAY, TODAY)
    assumptions.decide("written", Decimal(720), source="Skøn", centre=mails.centre, day=TODAY, by=world.eva, at=MORNING)
    found = shift_need.people_needed([mails], TODAY, TODAY + timedelta(days=6))
    hours = {day.weekday(): sum(row) / 4 for day, row in found.items()}
    assert hours[5] == hours[6] == 0, "it is closed"
    assert hours[TODAY.weekday()] == pytest.approx(2, abs=0.05), "ten mails of twelve minutes"
    assert hours[0] == pytest.approx(6, abs=0.1), "on Monday those of the weekend too"
    monday = TODAY + timedelta(days=-TODAY.weekday() % 7)
    assumptions.decide("written", Decimal(360), source="Nyt", centre=mails.centre, day=monday, by=world.eva, at=MORNING)
    faster = shift_need.people_needed([mails], monday, monday)[monday]
    assert sum(faster) / 4 == pytest.approx(3, abs=0.05), "by the assumption of the days that are planned"
    both = shift_need.people_needed([mails, forecast_queue], TODAY, TODAY)[TODAY]
    assert all(each == int(each) for each in both), "with calls people are whole"
