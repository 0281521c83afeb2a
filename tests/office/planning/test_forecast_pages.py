"""Forecasts through their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.accounts.models import RoleAssignment
from indgang.core.clock import day_of
from indgang.planning import forecast_listing, forecasts
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService, StoredForecast
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.planning.counted import count
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/planning/forecast/"
TODAY = day_of(MORNING)
PAGE = f"{ROOM}tmf-byggeri/"


@pytest.fixture
def forecast_made(world: World) -> StoredForecast:
    queue = world.queues["tmf-byggeri"]
    odd = TODAY - timedelta(days=14)
    count(queue, TODAY - timedelta(days=70), TODAY, odd={odd: 20}, seconds=lambda at: 200 + 40 * (at.hour >= 12))
    found = forecasts.store(queue, at=MORNING)
    assert isinstance(found, StoredForecast)
    return found


def test_a_planner_sees_the_forecast_with_ranges_outliers_and_half_hours(
    as_person: SignIn, forecast_made: StoredForecast
) -> None:
    gerda = as_person("gerda")
    assert "Byggeri" in text_of(gerda.get(ROOM))
    shown = text_of(gerda.get(PAGE))
    assert "Kun" in shown
    assert "25. februar 2026: " in shown, "the odd day"
    assert "gennemsnittet af de seneste otte samme ugedage" in shown
    assert "Behov i ugen" in shown
    assert "Besvaret i tide i ugen" in shown
    half = text_of(gerda.get(f"{PAGE}?weeks=13&day={TODAY + timedelta(days=1):%Y-%m-%d}"))
    assert "Halve timer torsdag 12. marts" in half
    assert "Sekunder pr. opkald" in half
    told = forecast_listing.as_data(forecast_made, skip=1, days=1, minutes=30)["days"][0]
    morning, afternoon = (round(told["interval_seconds"][number]) for number in (20, 26))
    assert morning < afternoon - 5
    assert f"10.00 {_shown(told, 20)} {morning} " in half
    assert f"13.00 {_shown(told, 26)} {afternoon} " in half
    assert gerda.get(f"{PAGE}?weeks=99&day=i-morgen").status_code == 200


def _shown(day: dict[str, Any], number: int) -> str:
    """The calls of an interval with both ranges, as the page has them."""
    ranges = (day[name][number] for name in ("interval_ranges_80", "interval_ranges_95"))
    calls = f"{day['intervals'][number]:.1f}".replace(".", ",")
    return " ".join([calls, *(f"{low}–{high}" for low, high in ranges)])


def test_a_queue_without_a_forecast_says_what_it_takes(as_person: SignIn, world: World) -> None:
    gerda = as_person("gerda")
    assert "14 talte åbne dage" in text_of(gerda.get(f"{ROOM}tmf-byliv/"))
    assert "for få dage" in text_of(gerda.post(f"{ROOM}tmf-byliv/renewal/", follow=True))
    assert gerda.get(f"{ROOM}findes-ikke/").status_code == 404
    assert gerda.get(f"{ROOM}bif-erhverv/").status_code == 404, "she plans for TMF"


def test_a_forecast_from_a_counted_week_has_no_mean_of_eight_weeks(as_person: SignIn, world: World) -> None:
    gerda, room = as_person("gerda"), f"{ROOM}tmf-byliv/"
    week = {"start-week": "20 20 20 20 20 0 0", "start-scaling": "1", "start-source": "Talt i uge 9"}
    assert gerda.post(f"{room}stand-in/", week).status_code == 302
    gerda.post(f"{room}renewal/")
    shown = text_of(gerda.get(room))
    assert "Talt i uge 9" in shown
    assert StoredForecast.objects.get().calls[0] == pytest.approx(20, rel=0.1)


def test_what_a_planner_knows_is_typed_listed_used_and_removed(
    as_person: SignIn, forecast_made: StoredForecast
) -> None:
    gerda, day = as_person("gerda"), f"{TODAY + timedelta(days=1):%Y-%m-%d}"
    event = {"event-kind": "mailing", "event-name": "Breve om gebyr", "event-first": day, "event-last": day,
             "event-percent": "40", "event-all_queues": "on"}  # fmt: skip
    assert gerda.post(f"{PAGE}events/", event).status_code == 302
    move = {"move-name": "Byfornyelse", "move-first": day, "move-calls_a_year": "2500", "move-ramp_days": "0",
            "move-source": "Forundersøgelsen"}  # fmt: skip
    assert gerda.post(f"{PAGE}moves/", move).status_code == 302
    judged = {"day-day": "2026-02-25", "day-is_kept": "yes", "day-reason": "Sker igen"}
    assert gerda.post(f"{PAGE}days/", judged).status_code == 302
    start = {"start-similar": "tmf-byliv", "start-scaling": "1,5", "start-source": "Skøn"}
    assert gerda.post(f"{PAGE}stand-in/", start).status_code == 302
    shown = text_of(gerda.get(f"{PAGE}knowledge/"))
    for part in ("Breve om gebyr (Breve, der sendes ud, 40 %, alle køer)", "Byfornyelse, 2.500 opkald", "Sker igen"):
        assert part in shown
    assert "Som Byliv og events, ganget med 1,5 (Skøn)" in shown
    gerda.post(f"{PAGE}stand-in/removal/")
    assert "lavet på ny" in text_of(gerda.post(f"{PAGE}renewal/", follow=True))
    made = forecasts.newest(forecast_made.queue)
    assert made is not None
    assert made.calls[1] > 1.3 * forecast_made.calls[1]
    assert made.about["outliers"] == []
    gerda.post(f"{PAGE}events/{CallEvent.objects.get().pk}/removal/")
    gerda.post(f"{PAGE}moves/{MovedService.objects.get().pk}/removal/")
    gerda.post(f"{PAGE}days/{JudgedDay.objects.get().pk}/removal/")
    rows = (CallEvent, MovedService, JudgedDay, HistoryStandIn)
    assert not any(model.objects.exists() for model in rows)


@pytest.mark.parametrize(
    ("part", "fields", "said"),
    [
        ("events", {"event-kind": "other", "event-name": "A", "event-first": "2026-03-20", "event-last": "2026-03-10",
                    "event-percent": "0"}, "den første dag eller senere"),
        ("moves", {"move-name": "A", "move-first": "2026-03-20", "move-calls_a_year": "0", "move-ramp_days": "0",
                   "move-source": "A"}, "hvor mange opkald om året"),
        ("days", {"day-day": "2027-01-01", "day-is_kept": "no", "day-reason": "A"}, "en dag, der er gået"),
        ("stand-in", {"start-week": "1 2 3", "start-scaling": "1", "start-source": "A"}, "Skriv syv tal med mellemrum"),
        ("stand-in", {"start-scaling": "1", "start-source": "A"}, "Vælg en kø, der ligner"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_beside_its_field(
    as_person: SignIn, part: str, fields: dict[str, str], said: str
) -> None:
    answer = as_person("gerda").post(f"{PAGE}{part}/", fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_who_signs_agreements_sees_forecasts_and_changes_nothing(as_person: SignIn, world: World) -> None:
    hans = as_person("hans")
    assert hans.get(PAGE).status_code == 200
    assert hans.post(f"{PAGE}renewal/").status_code == 403
    assert RoleAssignment.objects.filter(person=world.hans, role="planner").count() == 0
