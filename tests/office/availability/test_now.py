"""The page "Træffetid nu": who can be asked and until when, why others cannot, and who is available next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.core.clock import FrozenTime
from indgang.core.ranges import TimeRange
from indgang.workforce import own_day
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import AvailabilityAgreement, Substitute
from tests.office.availability.conftest import draft_of, line_of, signed
from tests.office.availability.test_agreement_pages import READERS, statuses, text_of
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

NOW = "/office/availability/now/"


def absent(world: World, username: str, kind: DayKind, hours: float) -> None:
    person = world.people[username]
    part = DayPart(kind, TimeRange(MORNING, MORNING + timedelta(hours=hours)))
    own_day.note(person, [part], by=person, at=MORNING)


def test_everybody_who_sees_the_catalogue_sees_it(as_person: SignIn, in_force: AvailabilityAgreement) -> None:
    assert statuses(as_person, NOW) == {200: READERS | {"otto"}, 403: {"ukendt"}}


def test_who_can_be_asked_and_until_when(as_person: SignIn, in_force: AvailabilityAgreement) -> None:
    shown = text_of(as_person("anna").get(NOW))
    assert "Arrangementstilladelser Byliv David Degnemark kan træffes til 14.00 · har ikke meldt sig i dag" in shown
    assert "i dag – 12.3. 9.00 100 %" in shown, "the next opening, and how much of today's promise was kept"
    assert "Byggetilladelser" not in shown, "nobody promises anything about it"


def test_why_somebody_cannot_and_when_they_are_back(
    as_person: SignIn, world: World, in_force: AvailabilityAgreement
) -> None:
    absent(world, "david", DayKind.MEETING, 1.5)
    shown = text_of(as_person("anna").get(NOW))
    assert "Ingen David Degnemark: i møde, tilbage 11.00 11.00" in shown


def test_an_illness_is_not_told(as_person: SignIn, world: World, in_force: AvailabilityAgreement) -> None:
    absent(world, "david", DayKind.SICK, 12)
    shown = text_of(as_person("anna").get(NOW))
    assert "David Degnemark: fraværende, tilbage 21.30" in shown
    assert "syg" not in shown.lower()


def test_a_substitute_stands_in(as_person: SignIn, world: World, in_force: AvailabilityAgreement) -> None:
    absent(world, "david", DayKind.MEETING, 1.5)
    Substitute.objects.create(person=world.david, substitute=world.bo)
    shown = text_of(as_person("anna").get(NOW))
    assert "Bo Bakkedal kan træffes til 11.00 · stedfortræder for David Degnemark · har ikke meldt sig i dag" in shown


def test_after_hours_the_next_window_has_its_date(
    as_person: SignIn, morning: FrozenTime, in_force: AvailabilityAgreement
) -> None:
    morning.move(timedelta(hours=6))
    assert "Ingen – 12.3. 9.00" in text_of(as_person("anna").get(NOW))


def test_of_one_unit_every_service_is_shown(as_person: SignIn, world: World, in_force: AvailabilityAgreement) -> None:
    shown = text_of(as_person("anna").get(f"{NOW}?unit=cby"))
    assert "Byggetilladelser Center for Bygninger Ingen aftale" in shown
    assert "David Degnemark" not in shown


def test_chat_is_another_promise(as_person: SignIn, world: World) -> None:
    agreement = draft_of(world)
    line_of(world, agreement, world.david, by_phone=False, by_chat=True)
    signed(agreement)
    assert "David Degnemark" not in text_of(as_person("anna").get(NOW))
    assert "David Degnemark kan træffes til 14.00" in text_of(as_person("anna").get(f"{NOW}?medium=chat"))


@pytest.mark.parametrize("query", ["unit=ingen", "medium=x", "unit=%00"])
def test_a_choice_that_does_not_exist_is_no_error(as_person: SignIn, query: str) -> None:
    assert as_person("anna").get(f"{NOW}?{query}").status_code == 200


def test_an_account_that_is_closed_cannot_be_asked(
    as_person: SignIn, world: World, in_force: AvailabilityAgreement
) -> None:
    world.david.is_active = False
    world.david.save()
    assert "David Degnemark til" not in text_of(as_person("anna").get(NOW))


def test_nobody_within_the_horizon(as_person: SignIn, world: World, in_force: AvailabilityAgreement) -> None:
    absent(world, "david", DayKind.SICK, 24 * 60)
    assert "ingen de næste 31 dage" in text_of(as_person("anna").get(NOW))
