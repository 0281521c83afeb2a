"""Services of a rollout plan come into a queue's forecast with their day and documented volume, and follow the plan."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from indgang.analysis.counting.models import CountedEnquiry, CountedPurpose, CountingWeek
from indgang.audit.models import Change
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.office.planning import rollout_words
from indgang.planning import call_changes
from indgang.planning.models import MovedService
from indgang.programme.rollout import documented, forecast_moves, plans
from indgang.programme.rollout.forecast_moves import Misfit, NotOffered
from indgang.programme.rollout.models import RolloutMove, RolloutPlan, RolloutStage
from indgang.programme.rollout.moved_volume import DocumentedVolume, MovedPart, part_of
from tests.programme.rollout.test_plans import begun
from tests.world import MORNING, World

TODAY = day_of(MORNING)
#: table 10-B of the documents: Jord og affald has 10,950 enquiries, of which 650 become digital and the centre
#: resolves 7,550
SOIL, SOIL_DIGITAL, SOIL_RESOLVED = 10_950, 650, 7_550


@pytest.fixture
def plan(world: World) -> RolloutPlan:
    for code, cases in (("jordanmeldelse", 3_000), ("affald", 1_000), ("stoej", 400)):
        Service.objects.filter(code=code).update(cases_per_year=cases)
    return begun(world)


def taken(world: World, stage: RolloutStage, *codes: str, **more: Any) -> list[RolloutMove]:
    values: dict[str, Any] = {"part": MovedPart.ALL, "by_phone": None, "ramp_days": 0, **more}
    queue = world.queues["tmf-oevrige"]
    return forecast_moves.take(queue, stage, codes or None, **values, by=world.gerda, at=MORNING)


def moved(queue: Queue) -> dict[str, MovedService]:
    return {each.name: each for each in MovedService.objects.filter(queue=queue)}


@pytest.mark.django_db
def test_a_service_has_its_part_of_the_documented_enquiries_of_its_unit(plan: RolloutPlan, world: World) -> None:
    found = documented.volumes(list(Service.objects.select_related("unit")), TODAY)
    by_code = {each.code: found.get(each.pk) for each in Service.objects.all()}
    soil, noise = by_code["jordanmeldelse"], by_code["stoej"]
    assert soil is not None
    assert noise is not None
    assert soil.enquiries == pytest.approx(0.75 * SOIL, abs=1), "3,000 of the unit's 4,000 cases"
    assert soil.source == (
        "Jord og affald: 10.950 henvendelser (forundersøgelsen 2020, linje 1280, 1524), fordelt efter sager"
    )
    assert (soil.digital, soil.resolved) == pytest.approx((SOIL_DIGITAL / SOIL, SOIL_RESOLVED / SOIL))
    assert noise.enquiries == pytest.approx(73_600 * 400 / 4_400, abs=1), "of the centre above, and of its parts"
    assert by_code["byggetilladelse"] is None, "nobody knows its cases"


@pytest.mark.django_db
def test_a_name_alone_does_not_make_a_documented_unit(plan: RolloutPlan, world: World) -> None:
    """Another municipality has a unit for soil and waste too; its numbers are not those of the documents."""
    unit = world.units["cmb-jord"]
    unit.path = "xx/soil/"
    unit.save(update_fields=["path"])
    service = Service.objects.select_related("unit").get(code="jordanmeldelse")
    found = documented.volumes([service], TODAY)[service.pk]
    assert (found.enquiries, found.digital) == (3_000, None)
    assert found.source == "3.000 sager om året i kataloget, med én henvendelse hver"


@pytest.mark.django_db
def test_a_counted_week_goes_before_the_documents(plan: RolloutPlan, world: World) -> None:
    service, monday = world.services["jordanmeldelse"], TODAY - timedelta(days=TODAY.weekday() + 7)
    week = CountingWeek.objects.create(
        unit=world.units["cmb-jord"], service=service, title="Uge 10", starts_on=monday,
        ends_on=monday + timedelta(days=4), created_by=world.gerda, created_at=MORNING,
    )  # fmt: skip
    purpose = CountedPurpose.objects.create(week=week, name="Status")
    CountedEnquiry.objects.bulk_create(
        CountedEnquiry(
            week=week, key=uuid4(), day=monday + timedelta(days=number % 5), purpose=purpose, counted_at=MORNING,
            channel="phone" if number < 40 else "mail", should_be_digital=number < 5,
        )
        for number in range(50)
    )  # fmt: skip
    found = documented.volumes([Service.objects.select_related("unit").get(pk=service.pk)], TODAY)[service.pk]
    assert (found.enquiries, found.by_phone, found.digital) == (2_500, 0.8, 0.1)
    assert found.resolved == pytest.approx(SOIL_RESOLVED / SOIL), "that the documents alone say"
    assert found.source.startswith("tælleugen Uge 10, ")
    assert found.calls(MovedPart.ALL) == 1_800
    assert found.calls(MovedPart.ALL, 0.5) == 1_125


@pytest.mark.django_db
def test_a_stage_is_taken_with_its_day_volume_and_source(plan: RolloutPlan, world: World) -> None:
    queue, stage = world.queues["tmf-oevrige"], plan.stages.get(number=2)
    offers = {each.service.code: each for each in forecast_moves.offered(queue, plan, today=TODAY)}
    assert offers["gravetilladelse"].why_not is NotOffered.NO_VOLUME
    made = taken(world, stage, by_phone=80, ramp_days=30)
    assert {each.service.code for each in made} == {"jordanmeldelse", "affald", "stoej"}
    soil = moved(queue)["Jordanmeldelser"]
    assert (soil.first, soil.ramp_days) == (date(2026, 9, 1), 30)
    assert soil.calls_a_year == round(part_of(SOIL, 3, 4) * (1 - SOIL_DIGITAL / SOIL) * 0.8)
    assert soil.source.endswith("fordelt efter sager; 94 % flytter, 80 % ringer")
    assert soil.source.startswith(stage.name)
    with pytest.raises(RefusedChange, match="Ingen af ydelserne"):
        taken(world, stage)
    again = {each.service.code: each for each in forecast_moves.offered(queue, plan, today=TODAY)}
    assert again["affald"].why_not is NotOffered.TAKEN
    call_changes.remove_move(moved(queue)["Byggeaffald"], by=world.gerda, at=MORNING)
    with pytest.raises(RefusedChange, match="kan ikke tages med i prognosen: gravetilladelse, jordanmeldelse"):
        taken(world, stage, "affald", "jordanmeldelse", "gravetilladelse")
    assert len(taken(world, stage, "affald", part=MovedPart.RESOLVED)) == 1, "it can be taken anew"
    assert moved(queue)["Byggeaffald"].calls_a_year == round(part_of(SOIL, 1, 4) * SOIL_RESOLVED / SOIL)


@pytest.mark.django_db
def test_what_was_typed_by_hand_is_not_taken_twice_and_no_other_centre_s_plan_is(
    plan: RolloutPlan, world: World
) -> None:
    queue, stage = world.queues["tmf-oevrige"], plan.stages.get(number=2)
    typed = MovedService(queue=queue, name="jordanmeldelser", first=TODAY, calls_a_year=10, source="Skøn")
    call_changes.add_move(typed, by=world.gerda, at=MORNING)
    assert {each.service.code for each in taken(world, stage)} == {"affald", "stoej"}
    with pytest.raises(RefusedChange, match="et andet kontaktcenter"):
        forecast_moves.take(
            world.queues["bif-erhverv"], stage, part=MovedPart.ALL, by_phone=None, ramp_days=0, by=world.gerda,
            at=MORNING,
        )  # fmt: skip


@pytest.mark.django_db
def test_what_is_stored_is_danish_whoever_takes_it(plan: RolloutPlan, world: World) -> None:
    queue = world.queues["tmf-oevrige"]
    with translation.override("en"):
        taken(world, plan.stages.get(number=2), "affald")
    said = moved(queue)["Byggeaffald"].source
    assert "henvendelser (forundersøgelsen" in said
    assert said.endswith("94 % flytter, 100 % ringer")
    Service.objects.filter(code="affald").update(cases_per_year=5_000)
    with translation.override("en"):
        assert forecast_moves.follow_plan(queue, by=world.gerda, at=MORNING) == 1
    assert moved(queue)["Byggeaffald"].source == said


@pytest.mark.django_db
def test_what_a_closed_plan_moved_is_not_taken_again_while_it_is_there(plan: RolloutPlan, world: World) -> None:
    queue = world.queues["tmf-oevrige"]
    taken(world, plan.stages.get(number=2), "affald")
    plans.close(plan, by=world.hans, at=MORNING)
    later = begun(world)
    for each in (queue, world.queues["tmf-byggeri"]):
        offers = {row.service.code: row for row in forecast_moves.offered(each, later, today=TODAY)}
        there = offers["affald"].taken
        assert there is not None
        assert (offers["affald"].why_not, there.moved.queue) == (NotOffered.TAKEN, queue)
    with pytest.raises(RefusedChange, match="kan ikke tages med i prognosen: affald"):
        taken(world, later.stages.get(number=2), "affald", "stoej")
    call_changes.remove_move(moved(queue)["Byggeaffald"], by=world.gerda, at=MORNING)
    assert len(taken(world, later.stages.get(number=2), "affald")) == 1


@pytest.mark.django_db
def test_a_stage_that_moves_marks_what_no_longer_fits_until_it_follows(plan: RolloutPlan, world: World) -> None:
    queue, stage = world.queues["tmf-oevrige"], plan.stages.get(number=2)
    made = {each.service.code: each for each in taken(world, stage)}
    assert not any(each.misfits for each in forecast_moves.followed(queue, today=TODAY))
    values = {"name": stage.name, "after_months": 2, "latest_months": None, "moved_to": date(2026, 10, 1)}
    plans.change_stage(stage, values, why="Lokalerne er forsinkede", by=world.hans, at=MORNING)
    Service.objects.filter(code="affald").update(cases_per_year=5_000)
    plans.take_out(plan.services.get(service__code="stoej"), by=world.hans, at=MORNING)
    found = {each.moved.name: each.misfits for each in forecast_moves.followed(queue, today=TODAY)}
    both = [Misfit.DAY, Misfit.CALLS]
    assert found == {"Jordanmeldelser": both, "Byggeaffald": both, "Støj fra byggeplads": [Misfit.GONE]}
    assert forecast_moves.follow_plan(queue, by=world.gerda, at=MORNING) == 2
    left = {each.moved.name: each.misfits for each in forecast_moves.followed(queue, today=TODAY)}
    assert left == {"Jordanmeldelser": [], "Byggeaffald": [], "Støj fra byggeplads": [Misfit.GONE]}
    assert moved(queue)["Byggeaffald"].first == date(2026, 10, 1)
    change = Change.objects.get(action="movedservice.change", target_id=str(made["affald"].moved_id))
    assert change.before["first"] == "2026-09-01"
    assert forecast_moves.follow_plan(queue, by=world.gerda, at=MORNING) == 0


@pytest.mark.django_db
def test_the_day_of_a_switched_service_is_that_of_its_switch(plan: RolloutPlan, world: World) -> None:
    row = plan.services.get(service__code="affald")
    plans.mark_switched(row, date(2026, 8, 20), by=world.hans, at=MORNING)
    taken(world, plan.stages.get(number=2), "affald")
    assert moved(world.queues["tmf-oevrige"])["Byggeaffald"].first == date(2026, 8, 20)


@pytest.mark.django_db
def test_a_switch_of_long_ago_is_left_out_with_its_name_and_holds_nothing_up(plan: RolloutPlan, world: World) -> None:
    queue, stage = world.queues["tmf-oevrige"], plan.stages.get(number=2)
    long_ago = TODAY - timedelta(days=5 * 366)
    plan.services.filter(service__code="affald").update(switched_on=long_ago)
    assert {each.service.code for each in taken(world, stage)} == {"jordanmeldelse", "stoej"}
    offers = {each.service.code: each for each in forecast_moves.offered(queue, plan, today=TODAY)}
    assert offers["affald"].why_not is NotOffered.FAR
    assert "mere end 4 år væk" in rollout_words.why_not(offers["affald"])
    assert f"{long_ago} is more than 4 years away" in said("tmf-oevrige")
    with pytest.raises(RefusedChange, match="Ingen af ydelserne"):
        taken(world, stage, "affald", "gravetilladelse")
    plan.services.filter(service__code="stoej").update(switched_on=long_ago)
    plan.services.filter(service__code="jordanmeldelse").update(switched_on=TODAY)
    assert forecast_moves.follow_plan(queue, by=world.gerda, at=MORNING) == 1
    found = {each.moved.name: each for each in forecast_moves.followed(queue, today=TODAY)}
    soil, noise = found["Jordanmeldelser"], found["Støj fra byggeplads"]
    assert (soil.misfits, noise.misfits, noise.can_follow) == ([], [Misfit.DAY, Misfit.FAR], False)
    assert rollout_words.moved_row(noise).misfits[-1].endswith("kan ikke følge planen.")
    assert "it cannot follow" in said("tmf-oevrige")


@given(
    st.integers(0, 1_000_000), *(st.none() | st.floats(0, 1) for _ in range(4)), st.sampled_from(list(MovedPart)),
)  # fmt: skip
def test_never_more_calls_come_than_there_are_enquiries(
    enquiries: int, digital: float | None, resolved: float | None, counted: float | None, by_phone: float | None,
    part: MovedPart,
) -> None:  # fmt: skip
    volume = DocumentedVolume(enquiries, "", digital, resolved, counted)
    assert 0 <= volume.calls(part, by_phone) <= enquiries
    assert volume.calls(part, 0.0) == 0


@given(st.integers(0, 500_000), st.lists(st.integers(0, 5_000), min_size=1, max_size=12))
def test_the_parts_of_a_unit_are_the_unit(enquiries: int, cases: list[int]) -> None:
    parts = [part_of(enquiries, each, sum(cases)) for each in cases]
    assert abs(sum(parts) - (enquiries if sum(cases) else 0)) <= len(cases) / 2


# --- The command ---------------------------------------------------------------------------------


def said(*arguments: str) -> str:
    out = StringIO()
    with clock.frozen(MORNING):
        call_command("moves", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_does_what_the_page_does(plan: RolloutPlan, world: World) -> None:
    shown = json.loads(said("tmf-oevrige", "--json"))
    offers = {each["service"]: each for stage in shown["stages"] for each in stage["services"]}
    assert (offers["affald"]["first"], offers["affald"]["why_not"]) == ("2026-09-01", None)
    told = said("tmf-oevrige", "--take", "2", "--service", "affald", "--by-phone", "50", "--by", "gerda")
    assert "2026-09-01" in told
    assert "in tmf-oevrige" in told
    plan.stages.filter(number=2).update(moved_to=date(2026, 12, 1))
    assert "the plan says 2026-12-01" in said("tmf-oevrige")
    found = json.loads(said("tmf-oevrige", "--follow", "--by", "gerda", "--json"))
    assert [(each["first"], each["misfits"]) for each in found["moves"]] == [("2026-12-01", [])]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ukendt",), 2, "no queue"),
        (("tmf-oevrige", "--take", "7", "--by", "gerda"), 2, "stages: 1, 2"),
        (("bif-erhverv", "--take", "1", "--by", "otto"), 2, "stages: none"),
        (("tmf-oevrige", "--take", "2", "--by-phone", "0", "--by", "gerda"), 2, "1 to 100"),
        (("tmf-oevrige", "--take", "2", "--ramp-days", "-1", "--by", "gerda"), 2, "number of days"),
        (("tmf-oevrige", "--take", "2"), 2, "--by"),
        (("tmf-oevrige", "--take", "2", "--by", "anna"), 3, "does not plan"),
        (("tmf-oevrige", "--take", "1", "--by", "gerda"), 3, "Ingen af ydelserne"),
    ],
)
def test_the_command_says_what_is_wrong(
    plan: RolloutPlan, arguments: tuple[str, ...], code: int, words: str
) -> None:  # fmt: skip
    with pytest.raises(CommandError, match=words) as error:
        said(*arguments)
    assert error.value.returncode == code
