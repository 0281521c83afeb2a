"""The course of an employee's day for the team leader: who sees whose, and that it is logged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from indgang.audit.models import Look
from indgang.core.clock import FrozenTime
from indgang.entry.models import PresenceEvent, QueueMembership
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE, FILE = "/office/time-lines/tmf/", "/office/time-lines/tmf/file/"


@pytest.fixture
def day(world: World, morning: FrozenTime) -> World:
    for person in (world.anna, world.otto):
        PresenceEvent.objects.create(person=person, at=MORNING, state="ready")
        PresenceEvent.objects.create(person=person, at=MORNING + timedelta(minutes=3), state="talking")
    return world


def test_the_leader_sees_the_day_of_one_of_their_people_and_it_is_logged_once(day: World, as_person: SignIn) -> None:
    client = as_person("eva")
    assert client.get("/office/time-lines/").headers["Location"] == PAGE
    for _again in range(2):
        page = client.get(PAGE, {"person": day.anna.pk})
        assert "Anna Agerbæk, 11. marts 2026" in page.content.decode()
        assert [(each.name, each.seconds) for each in page.context["shown"].sums] == [("Klar", 180), ("I samtale", 120)]
    look = Look.objects.get()
    assert (look.by_id, look.subject_label, look.page) == (day.eva.audit_id, str(day.anna), "office.time_line")
    assert b"".join(client.get(FILE, {"person": day.anna.pk})).count(b"Anna") == 2


def test_without_a_person_nobodys_day_is_shown_or_logged(day: World, as_person: SignIn) -> None:
    page = as_person("eva").get(PAGE)
    assert page.status_code == 200
    assert page.context["shown"] is None
    assert as_person("eva").get(FILE).status_code == 404
    assert not Look.objects.exists()


@pytest.mark.parametrize("field", ["person", "day"])
@pytest.mark.parametrize("wrong", ["-1", "9" * 30, "x", "2026-03-12"])
def test_what_cannot_be_chosen_is_a_sentence(day: World, as_person: SignIn, field: str, wrong: str) -> None:
    chosen = {"person": str(day.anna.pk), field: wrong}
    assert as_person("eva").get(PAGE, chosen).status_code == 422
    assert as_person("eva").get(FILE, chosen).status_code == 400
    assert not Look.objects.exists()


def test_people_of_other_centres_cannot_be_chosen(day: World, as_person: SignIn) -> None:
    assert as_person("eva").get(PAGE, {"person": day.otto.pk}).status_code == 422
    assert as_person("eva").get("/office/time-lines/bif/", {"person": day.otto.pk}).status_code == 404


def test_days_before_somebody_came_to_the_centre_are_not_for_its_leader(day: World, as_person: SignIn) -> None:
    QueueMembership.objects.filter(person=day.anna).update(valid_from=date(2026, 3, 10))
    yesterday: dict[str, Any] = {"person": day.anna.pk, "day": "2026-03-09"}
    page = as_person("eva").get(PAGE, yesterday)
    assert "Anna Agerbæk tog ikke køer i centret den dag." in page.content.decode()
    assert as_person("eva").get(FILE, yesterday).status_code == 404
    assert not Look.objects.exists()
