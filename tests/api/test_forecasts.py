"""Forecasts as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.planning import forecasts
from indgang.planning.models import CallEvent, HistoryStandIn, JudgedDay, MovedService, StoredForecast
from tests.api.test_day import printed
from tests.planning.counted import count
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)
SignIn = Callable[[str], Client]


@pytest.fixture
def as_person(world: World) -> Iterator[SignIn]:
    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(getattr(world, username))
        return client

    with clock.frozen(MORNING):
        yield sign_in


def test_a_planner_reads_days_with_ranges_and_intervals(as_person: SignIn, world: World) -> None:
    queue = world.queues["tmf-byggeri"]
    random = Random(1)
    count(
        queue, TODAY - timedelta(days=60), TODAY,
        seconds=lambda at: random.randint(150, 250) + 100 * (at.hour >= 12),
    )  # fmt: skip
    forecasts.store(queue, at=MORNING)
    gerda = as_person("gerda")
    assert gerda.get("/api/forecasts/").json()["forecasts"] == [
        {"queue": "tmf-byggeri", "made_on": TODAY.isoformat(), "days": 365}
    ]
    told = gerda.get("/api/forecasts/tmf-byggeri/?days=7").json()
    assert [len(told["days"]), len(told["days"][0]["intervals"]), told["interval_minutes"]] == [7, 96, 15]
    _intervals_agree(told, gerda.get("/api/forecasts/tmf-byggeri/?days=7&minutes=30").json())
    assert told["days"][0]["range_95"][0] <= told["days"][0]["calls"] <= told["days"][0]["range_95"][1]
    assert [each["days_ahead"] for each in told["accuracy"]["by_days_ahead"]][:2] == [[1, 1], [2, 7]]
    assert told["accuracy"]["by_forecast"] == [], "none of its days has come"
    whole, out = gerda.get("/api/forecasts/tmf-byggeri/?minutes=30").json(), StringIO()
    last = f"{TODAY + timedelta(days=forecasts.DAYS_AHEAD - 1)}"
    call_command("forecast", "tmf-byggeri", "--to", last, "--minutes", "30", "--json", stdout=out)
    assert json.loads(out.getvalue()) == whole, "the command says the same"
    later = gerda.get(f"/api/forecasts/tmf-byggeri/?first={TODAY + timedelta(days=3)}&days=2").json()
    assert later["days"] == told["days"][3:5]
    for odd in ("minutes=20", "days=0", "first=2020-01-01", f"first={TODAY + timedelta(days=365)}"):
        answer = gerda.get(f"/api/forecasts/tmf-byggeri/?{odd}")
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [odd.partition("=")[0]])
    assert gerda.get("/api/forecasts/bif-erhverv/").status_code == 404
    assert as_person("anna").get("/api/forecasts/").status_code == 403


_KNOWN = {
    "events": {"kind": "mailing", "name": "Breve 010203-1234", "first": "2026-03-12", "last": "2026-03-13",
               "percent": 40, "all_queues": True},
    "moves": {"name": "Byfornyelse", "first": "2026-03-16", "calls_a_year": 2500, "ramp_days": 0, "source": "Skøn"},
    "days": {"day": "2026-02-25", "is_kept": False, "reason": "Testopkald"},
    "stand-in": {"week": [20, 20, 20, 20, 20, 0, 0], "scaling": 1.5, "source": "Talt i uge 9"},
}  # fmt: skip
_ROOM = "/api/forecasts/tmf-byggeri/"


def test_what_a_planner_knows_is_added_listed_and_removed_as_on_the_page(as_person: SignIn, world: World) -> None:
    gerda = as_person("gerda")
    made = {part: gerda.post(f"{_ROOM}knowledge/{part}/", given, "application/json") for part, given in _KNOWN.items()}
    assert {each.status_code for each in made.values()} == {201}, [each.content for each in made.values()]
    found = gerda.get(f"{_ROOM}knowledge/").json()
    assert found == made["stand-in"].json(), "a change answers with all that is known"
    (event,), (move,), (day,) = found["events"], found["moves"], found["judged_days"]
    assert event == {**_KNOWN["events"], "name": "Breve ******-****", "event": event["event"]}
    assert move == {**_KNOWN["moves"], "move": move["move"]}
    assert day == {**_KNOWN["days"], "judged_day": day["judged_day"]}
    assert found["stand_in"] == {**_KNOWN["stand-in"], "similar": None}
    assert gerda.get("/api/forecasts/tmf-byliv/knowledge/").json()["events"] == [event], "all queues of the centre"
    actions = list(
        Change.objects.filter(by_id=f"person:{world.gerda.pk}").order_by("pk").values_list("action", flat=True)
    )
    assert actions[-4:] == ["callevent.add", "movedservice.add", "judgedday.add", "historystandin.add"]
    for row in (
        f"events/{event['event']}/", f"moves/{move['move']}/", f"days/{day['judged_day']}/", "stand-in/"
    ):  # fmt: skip
        assert gerda.post(f"{_ROOM}knowledge/{row}removal/").status_code == 200
        assert gerda.post(f"{_ROOM}knowledge/{row}removal/").status_code == 404
    left = gerda.get(f"{_ROOM}knowledge/").json()
    assert left == {"queue": "tmf-byggeri", "events": [], "moves": [], "judged_days": [], "stand_in": None}


@pytest.mark.parametrize(
    ("part", "odd", "fields"),
    [
        (
            "events",
            {"kind": "x", "name": "", "first": "2026-02-30", "percent": 901},
            ["first", "kind", "name", "percent"],
        ),
        ("events", {"last": "2026-03-11"}, ["last"]),
        ("moves", {"calls_a_year": 0}, ["calls_a_year"]),
        ("moves", {"ramp_days": -1, "source": ""}, ["ramp_days", "source"]),
        ("days", {"day": "2026-03-11"}, ["day"]),
        ("stand-in", {"week": [1, 2, -3]}, ["week"]),
        ("stand-in", {"week": [1, 2, 3], "scaling": 0}, ["scaling"]),
        ("stand-in", {"week": [1, 2, 3]}, ["week"]),
        ("stand-in", {"similar": "bif-erhverv", "week": []}, ["similar"]),
        ("stand-in", {"similar": "tmf-byliv"}, ["similar"]),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(
    as_person: SignIn, part: str, odd: dict[str, Any], fields: list[str]
) -> None:
    answer = as_person("gerda").post(f"{_ROOM}knowledge/{part}/", _KNOWN[part] | odd, "application/json")
    assert (answer.status_code, sorted(answer.json()["fields"])) == (422, fields)


def test_who_only_signs_agreements_reads_and_a_stranger_does_not(as_person: SignIn, world: World) -> None:
    """Nobody changes what is known of a queue that somebody else plans for."""
    hans, anna, gerda = as_person("hans"), as_person("anna"), as_person("gerda")
    assert hans.get(f"{_ROOM}knowledge/").status_code == 200
    assert anna.get(f"{_ROOM}knowledge/").status_code == 403
    for part, given in _KNOWN.items():
        assert hans.post(f"{_ROOM}knowledge/{part}/", given, "application/json").status_code == 403
        other = gerda.post(f"/api/forecasts/bif-erhverv/knowledge/{part}/", given, "application/json")
        assert other.status_code == 404
    assert hans.post(f"{_ROOM}renewal/").status_code == 403
    assert not any(model.objects.exists() for model in (CallEvent, MovedService, JudgedDay, HistoryStandIn))


def test_a_planner_has_todays_forecast_made_anew(as_person: SignIn, world: World) -> None:
    queue, gerda = world.queues["tmf-byggeri"], as_person("gerda")
    answer = gerda.post(f"{_ROOM}renewal/")
    assert (answer.status_code, answer.json()["error"]) == (422, str(forecasts.TOO_LITTLE))
    gerda.post(f"{_ROOM}knowledge/stand-in/", _KNOWN["stand-in"], "application/json")
    assert gerda.post(f"{_ROOM}renewal/").json() == {
        "queue": "tmf-byggeri", "made_on": TODAY.isoformat(), "days": 365,
    }  # fmt: skip
    made = forecasts.newest(queue)
    assert made is not None
    told = json.loads(gerda.get(f"{_ROOM}?days=2").content, parse_constant=pytest.fail)
    assert told["days"][0]["mean_of_eight_weeks"] is None, "there is none yet, and NaN is no JSON"
    assert told["days"][0]["interval_seconds"] is None, "no call was handled"


def test_the_command_adds_lists_and_removes_the_same(as_person: SignIn, world: World, tmp_path: Path) -> None:
    def said(*args: str) -> Any:
        return printed("forecast", "tmf-byggeri", *args)

    def refused(*args: str) -> int:
        with pytest.raises(CommandError) as fault:
            said(*args)
        return int(fault.value.returncode)

    by = ("--by", "gerda")
    options = {"events": "--event", "moves": "--move", "days": "--judge", "stand-in": "--stand-in"}
    for part, option in options.items():
        file = tmp_path / f"{part}.json"
        file.write_text(json.dumps(_KNOWN[part]))
        found = said(option, str(file), *by)
    assert found == said("--knowledge") == as_person("gerda").get(f"{_ROOM}knowledge/").json()
    event = str(tmp_path / "events.json")
    assert refused("--event", event, "--by", "anna") == 3
    assert refused("--event", event) == refused("--event", str(tmp_path / "none.json"), *by) == 2
    assert refused("--judge", event, *by) == 3, "a day is missing"
    assert refused("--remove-event", "9" * 30, *by) == 2
    plain = StringIO()
    call_command("forecast", "tmf-byggeri", "--knowledge", stdout=plain)
    lines = plain.getvalue().splitlines()
    assert [each.partition(" ")[0] for each in lines] == ["event", "move", "day", "stands"]
    said("--renew", *by)
    assert StoredForecast.objects.get().queue == world.queues["tmf-byggeri"]
    numbers = {
        "--remove-event": found["events"][0]["event"], "--remove-move": found["moves"][0]["move"],
        "--forget-day": found["judged_days"][0]["judged_day"],
    }  # fmt: skip
    for option, number in numbers.items():
        said(option, str(number), *by)
    left = said("--remove-stand-in", *by)
    assert left == {"queue": "tmf-byggeri", "events": [], "moves": [], "judged_days": [], "stand_in": None}


def _intervals_agree(quarters: dict[str, Any], halves: dict[str, Any]) -> None:
    """Half an hour has the calls of its two quarters. Calls lie within their ranges, and so do seconds, which are
    longer in the afternoon."""
    assert halves["interval_minutes"] == 30
    for fine, coarse in zip(quarters["days"], halves["days"], strict=True):
        joined = np.array(fine["intervals"]).reshape(48, 2).sum(axis=1)
        np.testing.assert_allclose(coarse["intervals"], joined, atol=0.002)
        for each in (fine, coarse):
            for number, calls in enumerate(each["intervals"]):
                low, high = each["interval_ranges_95"][number]
                assert low <= calls <= high or calls < 1
                if not calls:
                    assert each["interval_seconds"][number] is each["interval_seconds_ranges_80"][number] is None
                    continue
                (wide_low, wide_high), (narrow_low, narrow_high) = (
                    each[f"interval_seconds_ranges_{share}"][number] for share in (95, 80)
                )  # fmt: skip
                seconds = each["interval_seconds"][number]
                assert wide_low < narrow_low < seconds < narrow_high < wide_high
    halves_open = [each["interval_seconds"] for each in halves["days"] if each["calls"]]
    assert all(day[26] > day[20] + 8 for day in halves_open), "13.00 beside 10.00, of a few calls each"
