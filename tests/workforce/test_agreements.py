"""Availability agreements: drafted, signed by both sides, in force, and replaced by the next one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from indgang.audit.models import Change
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.routing.availability.reachability import who_can_take
from indgang.routing.availability.windows import Medium
from indgang.workforce import agreements, availability
from indgang.workforce.models import (
    Group,
    GroupMember,
    Substitute,
)
from tests.workforce.agreed import TODAY, draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


def who(service: str = "arrangement", at: datetime = MORNING) -> list[int]:
    facts = availability.facts(at, services=[service])
    return [each.person for each in who_can_take(facts, service, Medium.PHONE, at).available]


def test_only_an_agreement_that_both_have_signed_counts(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    assert who() == []
    sign(agreement, world.david)
    assert who() == []
    sign(agreement, world.ida)
    assert who() == [world.david.pk]
    assert agreement.is_signed
    assert Change.objects.filter(action="availabilityagreement.sign").count() == 2


def test_a_line_without_a_service_covers_all_services_of_the_unit(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    line(world, agreement, world.anna, service=world.services["udeservering"])
    sign(agreement, world.david, world.ida)
    assert who("arrangement") == [world.david.pk]
    assert who("udeservering") == [world.david.pk, world.anna.pk]
    assert who("byggetilladelse") == []


def test_a_group_brings_its_members_of_the_day(world: World) -> None:
    group = Group.objects.create(unit=world.units["ctb-byliv"], name="Events")
    GroupMember.objects.create(group=group, person=world.david)
    GroupMember.objects.create(group=group, person=world.bo, valid_from=TOMORROW)
    agreement = draft(world)
    line(world, agreement, group=group)
    sign(agreement, world.david, world.ida)
    assert who() == [world.david.pk]
    assert who(at=MORNING + timedelta(days=1)) == [world.david.pk, world.bo.pk]


def test_a_line_over_midnight_is_open_on_both_days(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david, opens=22, closes=6, weekdays="--O----")
    sign(agreement, world.david, world.ida)
    night = datetime.combine(TODAY, time(23), COPENHAGEN)
    assert [who(at=night + timedelta(hours=hours)) for hours in (-2, 0, 6, 7)] == [
        [], [world.david.pk], [world.david.pk], [],
    ]  # fmt: skip


def test_a_signed_agreement_cannot_be_changed_and_its_successor_takes_over(world: World) -> None:
    first = draft(world)
    window = line(world, first, world.david)
    sign(first, world.david, world.ida)
    window.refresh_from_db()
    with pytest.raises(RefusedChange, match="underskrevet"):
        agreements.save_window(window, {"opens": time(8)}, [world.david], by=world.ida, at=MORNING)
    second = draft(world, TOMORROW)
    (copied,) = second.windows.all()
    assert [each.person for each in copied.people.all()] == [world.david]
    agreements.save_window(copied, {"closes": time(9, 15)}, [world.david], by=world.ida, at=MORNING)
    sign(second, world.david, world.ida)
    first.refresh_from_db()
    assert first.valid_to == TOMORROW
    assert who() == [world.david.pk]
    assert who(at=MORNING + timedelta(days=1)) == [], "the new one ends at a quarter past nine"


def test_a_change_withdraws_the_signature_and_nobody_signs_what_they_have_not_read(world: World) -> None:
    agreement = draft(world)
    window = line(world, agreement, world.david)
    agreement.refresh_from_db()
    read = agreement.revision
    agreements.sign(agreement, revision=read, by=world.david, at=MORNING)
    agreements.save_window(window, {"opens": time(10)}, [world.david], by=world.ida, at=MORNING)
    agreement.refresh_from_db()
    assert agreement.contact_signed_at is None
    with pytest.raises(EditedMeanwhile):
        agreements.sign(agreement, revision=read, by=world.ida, at=MORNING)


def test_others_cannot_sign(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    with pytest.raises(RefusedChange, match="Kun kontaktpersonen"):
        sign(agreement, world.anna)


def test_an_agreement_with_problems_is_not_signed(world: World) -> None:
    agreement = draft(world)
    with pytest.raises(RefusedChange, match="ingen tider"):
        sign(agreement, world.david)
    with pytest.raises(RefusedChange, match="mindst én person"):
        line(world, agreement)
    line(world, agreement, world.david)
    line(world, agreement, world.david, opens=13, closes=15, is_back_up=True)
    with pytest.raises(RefusedChange, match="både første valg og reserve"):
        sign(agreement, world.david)


@pytest.mark.parametrize(("opens", "closes", "days"), [(14, 15, "MTOTF--"), (9, 14, "-----LS")])
def test_first_choice_and_back_up_at_other_times_do_not_contradict(
    world: World, opens: int, closes: int, days: str
) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    line(world, agreement, world.david, opens=opens, closes=closes, weekdays=days, is_back_up=True)
    assert not list(agreements.problems(agreement))


def test_a_first_day_that_has_passed_is_refused(world: World) -> None:
    with pytest.raises(RefusedChange):
        draft(world, TODAY - timedelta(days=1))
    agreement = draft(world)
    line(world, agreement, world.david)
    with pytest.raises(RefusedChange, match="passeret"):
        sign(agreement, world.david, at=MORNING + timedelta(days=2))


def test_an_agreement_that_ends_is_over_the_same_day(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)
    agreements.end(agreement, on=TOMORROW, by=world.ida, at=MORNING)
    assert who(at=MORNING + timedelta(days=1)) == []
    with pytest.raises(RefusedChange):
        agreements.end(agreement, on=TODAY - timedelta(days=1), by=world.ida, at=MORNING)


def test_the_day_may_not_be_a_year_ahead(world: World) -> None:
    with pytest.raises(RefusedChange, match="mere end et år"):
        draft(world, TODAY.replace(year=2072))
    agreement = draft(world)
    with pytest.raises(RefusedChange, match="mere end et år"):
        agreements.save(agreement, {"valid_from": TODAY.replace(year=2072)}, by=world.ida, at=MORNING)


@pytest.mark.parametrize("former", [None, TODAY + timedelta(days=90)])
def test_an_agreement_that_has_not_begun_is_taken_back(world: World, former: date | None) -> None:
    first = draft(world)
    line(world, first, world.david)
    sign(first, world.david, world.ida)
    if former is not None:
        agreements.end(first, on=former, by=world.ida, at=MORNING)
    begins = TODAY + timedelta(days=30)
    second = draft(world, begins)
    sign(second, world.david, world.ida)
    first.refresh_from_db()
    assert first.valid_to == begins
    assert not agreements.end(second, on=begins, by=world.ida, at=MORNING)
    first.refresh_from_db()
    assert first.valid_to == former
    assert Change.objects.filter(action="availabilityagreement.remove", target_id=str(second.pk)).exists()
    sign(draft(world, TOMORROW), world.david, world.ida)


def test_one_that_has_begun_or_has_a_successor_is_not_taken_back(world: World) -> None:
    first = draft(world)
    line(world, first, world.david)
    sign(first, world.david, world.ida)
    with pytest.raises(RefusedChange, match="begyndt i dag"):
        agreements.end(first, on=TODAY, by=world.ida, at=MORNING)
    second = draft(world, TODAY + timedelta(days=30))
    sign(second, world.david, world.ida)
    third = draft(world, TODAY + timedelta(days=60))
    sign(third, world.david, world.ida)
    with pytest.raises(RefusedChange, match="begynder senere"):
        agreements.end(second, on=TODAY, by=world.ida, at=MORNING)
    for each in (third, second):
        agreements.end(each, on=TODAY, by=world.ida, at=MORNING)
    first.refresh_from_db()
    assert first.valid_to is None


def test_the_next_time_after_the_last_evening_is_that_of_the_new_agreement(world: World) -> None:
    first = draft(world)
    line(world, first, world.david)
    sign(first, world.david, world.ida)
    sign(draft(world, TOMORROW), world.david, world.ida)
    evening = datetime.combine(TODAY, time(20), COPENHAGEN)
    answer = who_can_take(availability.facts(evening, services=["arrangement"]), "arrangement", Medium.PHONE, evening)
    assert answer.has_windows
    assert answer.next_at == datetime.combine(TOMORROW, time(9), COPENHAGEN)


def test_an_agreement_of_next_week_is_none_today(world: World) -> None:
    agreement = draft(world, TODAY + timedelta(days=7))
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)
    answer = who_can_take(availability.facts(MORNING, services=["arrangement"]), "arrangement", Medium.PHONE, MORNING)
    assert not answer.has_windows


def test_the_last_night_of_an_agreement_lasts_until_its_morning(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david, opens=22, closes=6, weekdays="MTOTFLS")
    sign(agreement, world.david, world.ida)
    agreements.end(agreement, on=TOMORROW, by=world.ida, at=MORNING)
    night = datetime.combine(TOMORROW, time(2), COPENHAGEN)
    answer = who_can_take(availability.facts(night, services=["arrangement"]), "arrangement", Medium.PHONE, night)
    assert [each.person for each in answer.available] == [world.david.pk]
    assert answer.has_windows


def test_the_facts_cost_the_same_whatever_the_number_of_lines(
    world: World, django_assert_max_num_queries: object
) -> None:
    agreement = draft(world)
    for number in range(6):
        line(world, agreement, world.david, world.anna, opens=8 + number, closes=9 + number)
    sign(agreement, world.david, world.ida)
    Substitute.objects.create(person=world.david, substitute=world.bo)
    with django_assert_max_num_queries(8):  # type: ignore[operator]  # a fixture
        availability.facts(MORNING, services=["arrangement"])
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        availability.facts(MORNING, services=["arrangement"])  # the version and people's days; the rest is kept


def test_the_substitutes_of_a_closed_account_are_asked_and_the_person_is_not_named(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)
    for person in (world.david, world.bo):
        person.is_active = False
        person.save()
    assert who() == []
    Substitute.objects.create(person=world.david, substitute=world.bo)
    assert who() == [], "the substitute's account is closed too"
    Substitute.objects.create(person=world.bo, substitute=world.clara)
    facts = availability.facts(MORNING, services=["arrangement"])
    answer = who_can_take(facts, "arrangement", Medium.PHONE, MORNING)
    assert [(each.person, each.instead_of) for each in answer.available] == [(world.clara.pk, world.david.pk)]
    assert answer.unavailable == ()
