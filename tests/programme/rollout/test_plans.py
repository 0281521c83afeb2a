"""A rollout plan of the small municipality: begun, moved, filled, reported and closed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from indgang.audit.models import Change
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import mailboxes
from indgang.correspondence.models import FormerAddress, Mailbox
from indgang.entry.models import EntryPoint, FormerNumber
from indgang.knowledge.models import Article, ArticleVersion
from indgang.programme.rollout import activities, keeping, overview, plans, quarters, unit_facts
from indgang.programme.rollout.judging import Lateness
from indgang.programme.rollout.models import (
    OldNumberPlace,
    RolloutActivity,
    RolloutMilestone,
    RolloutPlan,
    RolloutRisk,
)
from indgang.programme.rollout.readiness import ReadinessPoint
from indgang.workforce import agreements
from indgang.workforce.models import PromisedWindow
from tests.knowledge_world import KnowledgeWorld
from tests.programme.switchover import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
GRANTED = date(2026, 1, 1)


@pytest.fixture
def plan(world: World) -> RolloutPlan:
    return begun(world)


def begun(world: World, granted_on: date = GRANTED) -> RolloutPlan:
    return plans.begin(
        world.centres["tmf"],
        name="Udrulning",
        granted_on=granted_on,
        first=world.units["cby"],
        by=world.hans,
        at=MORNING,
    )


def test_the_building_centre_moves_first_and_the_owner_s_other_services_later(plan: RolloutPlan) -> None:
    first, later = plan.stages.all()
    assert {each.service.code for each in first.services.select_related("service")} == {
        "byggetilladelse", "byggetegninger", "nabobyggeri",
    }  # fmt: skip
    others = {each.service.unit.path for each in later.services.select_related("service__unit") if each.service.unit}
    assert others
    assert all(path.startswith("kk/tmf/") and not path.startswith("kk/tmf/cby/") for path in others)
    assert plans.days_of(plan) == {0: GRANTED, 1: date(2026, 7, 1), 2: date(2026, 9, 1)}


def test_a_centre_has_one_open_plan(plan: RolloutPlan, world: World) -> None:
    with pytest.raises(RefusedChange, match="har allerede en plan"):
        begun(world)
    plans.close(plan, by=world.hans, at=MORNING)
    again = begun(world)
    with pytest.raises(RefusedChange, match="anden plan"):
        plans.reopen(plan, by=world.hans, at=MORNING)
    assert again.activities.count() == 37


def test_the_database_holds_one_open_plan_of_a_centre(plan: RolloutPlan, world: World) -> None:
    with pytest.raises(IntegrityError, match="programme_rollout_one_open"), transaction.atomic():
        RolloutPlan.objects.create(
            centre=plan.centre, name="To", granted_on=GRANTED, created_by=world.hans, created_at=MORNING
        )


def test_days_follow_a_stage_that_moves_and_the_reason_stays(plan: RolloutPlan, world: World) -> None:
    first = plan.stages.get(number=1)
    values = {"name": first.name, "after_months": 6, "latest_months": None, "moved_to": date(2026, 8, 15)}
    with pytest.raises(RefusedChange, match="hvorfor datoen flyttes"):
        plans.change_stage(first, values, why="", by=world.hans, at=MORNING)
    plans.change_stage(first, values, why="Lokalerne er forsinkede", by=world.hans, at=MORNING)
    shown = overview.standing(plan, today=day_of(MORNING))
    assert shown.days == {0: GRANTED, 1: date(2026, 8, 15), 2: date(2026, 10, 15)}
    evaluation = next(each for each in shown.activities if each.activity.code == "4n")
    assert (evaluation.starts, evaluation.ends) == (date(2027, 2, 15), date(2027, 5, 15))
    history = Change.objects.get(action="rolloutstage.change", target_id=str(first.pk))
    assert (history.why, history.before, history.after) == (
        "Lokalerne er forsinkede", {"moved_to": None}, {"moved_to": "2026-08-15"},
    )  # fmt: skip


def test_a_stage_that_is_later_than_the_plan_allows_is_said(plan: RolloutPlan, world: World) -> None:
    second = plan.stages.get(number=2)
    assert not overview.standing(plan, today=GRANTED).stages[1].is_too_late
    values = {"name": second.name, "after_months": 2, "latest_months": 3, "moved_to": date(2026, 10, 2)}
    plans.change_stage(second, values, why="Ferie", by=world.hans, at=MORNING)
    assert overview.standing(plan, today=GRANTED).stages[1].is_too_late


def test_a_service_is_in_one_stage_and_can_change_it(plan: RolloutPlan, world: World) -> None:
    first, later = plan.stages.all()
    moved = world.services["byggetegninger"]
    plans.place(later, [moved], by=world.hans, at=MORNING)
    assert plan.services.get(service=moved).stage == later
    with pytest.raises(RefusedChange, match="ingen ydelser"):
        plans.place(later, [moved], by=world.hans, at=MORNING)
    plans.take_out(plan.services.get(service=moved), by=world.hans, at=MORNING)
    assert not plan.services.filter(service=moved).exists()
    with pytest.raises(RefusedChange, match="Flyt først"):
        plans.remove_stage(first, by=world.hans, at=MORNING)


def test_activities_do_not_wait_for_each_other_in_a_circle(plan: RolloutPlan, world: World) -> None:
    written, introduced = (plan.activities.get(code=code) for code in ("1b", "1d"))
    shown = {each.activity.code: each for each in overview.standing(plan, today=GRANTED).activities}
    assert shown["1d"].waits_for == [written]
    with pytest.raises(RefusedChange, match="vente på hinanden"):
        activities.change(written, {}, [introduced], why="", by=world.hans, at=MORNING)
    activities.change(written, {"progress": "done"}, why="", by=world.hans, at=MORNING)
    written.refresh_from_db()
    assert written.done_on == day_of(MORNING)
    shown = {each.activity.code: each for each in overview.standing(plan, today=GRANTED).activities}
    assert not shown["1d"].waits_for
    assert shown["1b"].lateness is Lateness.OVER


def test_an_activity_does_not_wait_for_one_that_was_given_up(plan: RolloutPlan, world: World) -> None:
    activities.change(plan.activities.get(code="1b"), {"progress": "dropped"}, why="Findes", by=world.hans, at=MORNING)
    shown = {each.activity.code: each for each in overview.standing(plan, today=GRANTED).activities}
    assert not shown["1d"].waits_for


def test_an_activity_of_the_documents_is_dropped_and_one_s_own_removed(plan: RolloutPlan, world: World) -> None:
    with pytest.raises(RefusedChange, match="Opgivet"):
        activities.remove(plan.activities.get(code="1a"), by=world.hans, at=MORNING)
    values = {"title": "Bestil skilte", "track": "systems", "ends_on": date(2026, 3, 1)}
    own = activities.add(plan, values, by=world.hans, at=MORNING)
    late = [each.activity for each in overview.standing(plan, today=day_of(MORNING)).late()]
    assert own in late
    activities.remove(own, by=world.hans, at=MORNING)
    assert not RolloutActivity.objects.filter(pk=own.pk).exists()


def test_what_the_product_knows_of_a_unit_is_looked_at(plan: RolloutPlan, world: World) -> None:
    byliv = world.units["ctb-byliv"]
    byliv.phone = "+4533669999"
    byliv.save()

    def missing() -> dict[str, list[str]]:
        found = next(each for each in unit_facts.of_plan(plan, at=MORNING).units if each.unit == byliv)
        return {each.point: [lack.lack for lack in each.missing] for each in found.states}

    assert missing() == {
        "articles": ["no_article"], "windows": ["no_agreement"], "procedures": ["no_procedure"],
        "numbers": ["number_stays"], "mailboxes": [], "mentor": ["not_stated"], "trained": ["not_stated"],
    }  # fmt: skip
    draft = agreements.draft(
        byliv, valid_from=day_of(MORNING), contact=world.david, coordinator=world.ida, by=world.ida, at=MORNING
    )
    hours = {"weekdays": "MTOTF--", "opens": time(9), "closes": time(14)}
    agreements.save_window(PromisedWindow(agreement=draft), hours, [world.david], by=world.ida, at=MORNING)
    draft.refresh_from_db()
    draft.procedure = "Ring først, og sig, hvad sagen handler om."
    draft.save()
    FormerNumber.objects.create(
        number="+4533669999", name="Byliv", queue=world.queues["tmf-byliv"], valid_from=date(2026, 9, 1)
    )
    keeping.state(plan, byliv, point="mentor", is_ready=True, note="Anna og Bo", by=world.hans, at=MORNING)
    keeping.state(plan, byliv, point="trained", is_ready=False, note="", by=world.hans, at=MORNING)
    found = missing()
    assert (found["windows"], found["procedures"]) == (["not_signed"], ["not_signed"])
    assert (found["numbers"], found["mentor"], found["trained"]) == ([], [], ["stated_missing"])


def _lacks(plan: RolloutPlan, unit: Unit, point: ReadinessPoint) -> list[str]:
    found = next(each for each in unit_facts.of_plan(plan, at=MORNING).units if each.unit == unit)
    return [lack.lack for each in found.states if each.point == point for lack in each.missing]


def test_a_number_moves_when_it_leads_to_the_centre_of_the_plan(plan: RolloutPlan, world: World) -> None:
    byliv = world.units["ctb-byliv"]
    byliv.phone = "+4533669999"
    byliv.save()
    point = EntryPoint.objects.create(
        number=byliv.phone, name="Byliv", centre=world.centres["bif"], flow=world.entry_points["+4533661000"].flow
    )
    assert _lacks(plan, byliv, ReadinessPoint.NUMBERS) == ["number_stays"]
    point.centre = plan.centre
    point.save()
    assert _lacks(plan, byliv, ReadinessPoint.NUMBERS) == []


def test_an_address_moves_when_its_mails_come_to_the_centre_of_the_plan(plan: RolloutPlan, world: World) -> None:
    byliv = world.units["ctb-byliv"]
    byliv.email = made.OLD_ADDRESS.title()
    byliv.save()
    to, elsewhere = made.new_mailbox(world), made.mail_queue("kff-mail", world.centres["kff"])

    def stays() -> bool:
        return _lacks(plan, byliv, ReadinessPoint.MAILBOXES) == ["mailbox_stays"]

    assert stays()
    listed = FormerAddress.objects.create(
        address=made.OLD_ADDRESS, name="Byliv", forwards_to=to, valid_from=date(2025, 1, 1), valid_to=GRANTED
    )
    assert stays(), "it is forwarded no more on the day of the go-live"
    FormerAddress.objects.filter(pk=listed.pk).update(valid_from=GRANTED, valid_to=None)
    assert not stays()
    box = Mailbox.objects.create(
        code="byliv", name="Byliv", address=made.OLD_ADDRESS, centre=world.centres["kff"], queue=elsewhere,
        adapter=Mailbox.Adapter.SIMULATED,
    )  # fmt: skip
    assert stays(), "we read it ourselves, and its mails wait with another centre"
    mailboxes.lead(box, queue=to.queue, centre=to.centre, by=world.finn, at=MORNING)
    assert not stays()


def test_an_article_is_published_on_the_day_of_the_go_live(plan: RolloutPlan, knowledge_world: KnowledgeWorld) -> None:
    service = knowledge_world.world.services["byggetilladelse"]
    unit = service.unit
    assert unit
    published = ArticleVersion.objects.filter(article__service=service, state=ArticleVersion.State.PUBLISHED)
    assert published.in_force(MORNING).exists()
    published.update(published_from=datetime(2026, 7, 1, 8, tzinfo=UTC))  # the day of the first go-live
    assert service.name not in _names(plan, unit, "no_article") + _names(plan, unit, "not_approved")
    published.update(published_from=datetime(2026, 7, 2, 8, tzinfo=UTC))
    assert service.name in _names(plan, unit, "not_approved")
    Article.objects.filter(service=service).update(withdrawn_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert service.name in _names(plan, unit, "no_article")


def _names(plan: RolloutPlan, unit: Unit, lack: str) -> list[str]:
    found = next(each for each in unit_facts.of_plan(plan, at=MORNING).units if each.unit == unit)
    return [name for each in found.states for one in each.missing if one.lack == lack for name in one.names]


def test_statements_stay_and_the_latest_holds(plan: RolloutPlan, world: World) -> None:
    cby = world.units["cby"]
    for is_ready in (False, True):
        keeping.state(plan, cby, point="trained", is_ready=is_ready, note="", by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange, match="allerede"):
        keeping.state(plan, cby, point="trained", is_ready=True, note="", by=world.hans, at=MORNING)
    assert plan.statements.filter(unit=cby).count() == 2
    found = next(each for each in unit_facts.of_plan(plan, at=MORNING).units if each.unit == cby)
    assert next(each for each in found.states if each.point == ReadinessPoint.TRAINED).is_ready


def test_a_frozen_quarter_keeps_its_text_and_how_everything_stood(plan: RolloutPlan, world: World) -> None:
    report = quarters.write(plan, date(2026, 1, 1), "Det går godt.", by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange, match="når det er gået"):
        quarters.freeze(report, by=world.hans, at=MORNING)
    after = datetime(2026, 4, 2, 8, tzinfo=UTC)
    frozen = quarters.freeze(report, by=world.hans, at=after)
    milestone = plan.milestones.get(title="Samarbejdsaftale")
    activities.save_milestone(milestone, {"reached": day_of(after)}, by=world.hans, at=after)
    with pytest.raises(RefusedChange, match="kan ikke ændres"):
        quarters.write(plan, date(2026, 1, 1), "Bedre", by=world.hans, at=after)
    frozen.refresh_from_db()
    assert frozen.text == "Det går godt."
    assert frozen.content["milestones"][0] == {
        "title": "Samarbejdsaftale", "due": "2026-04-01", "reached": None, "is_late": True,
    }  # fmt: skip
    assert frozen.content["activity_counts"] == {"waiting": 37}
    assert "measure" not in frozen.content["milestones"][1], "a frozen report keeps its shape"
    quarters.write(plan, date(2026, 4, 1), "Det går bedre.", by=world.hans, at=after)
    latest, first = overview.as_data(plan, at=after)["quarters"]
    assert first == {
        "first_day": "2026-01-01", "text": "Det går godt.", "frozen_by": "hans", "frozen_at": after.isoformat(),
        "content": frozen.content,
    }  # fmt: skip
    assert (latest["text"], latest["frozen_at"], latest["content"]) == ("Det går bedre.", None, {})


def test_nothing_is_done_in_the_future(plan: RolloutPlan, world: World) -> None:
    tomorrow = day_of(MORNING) + timedelta(days=1)
    with pytest.raises(RefusedChange):
        keeping.save(
            OldNumberPlace(plan=plan), {"kind": "sign", "place": "Skilt", "old_contact": "33 66 00 00",
                                        "done_on": tomorrow}, by=world.hans, at=MORNING,
        )  # fmt: skip
    with pytest.raises(RefusedChange):
        activities.save_milestone(RolloutMilestone(plan=plan), {"title": "Ny", "reached": tomorrow},
                                  by=world.hans, at=MORNING)  # fmt: skip


def test_a_closed_plan_does_not_change(plan: RolloutPlan, world: World) -> None:
    plans.close(plan, by=world.hans, at=MORNING)
    risk = {"title": "Ny", "likelihood": 3, "consequence": 3}
    with pytest.raises(RefusedChange, match="lukket"):
        keeping.save(RolloutRisk(plan=plan), risk, by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange, match="lukket"):
        plans.change(plan, {"name": "Ny"}, why="", by=world.hans, at=MORNING)


def test_everything_can_be_read_as_json(plan: RolloutPlan, world: World) -> None:
    risk = plan.risks.filter(watched="").first()
    assert risk
    keeping.save(risk, {"person": world.eva, "closed_on": day_of(MORNING)}, by=world.hans, at=MORNING)
    activities.change(plan.activities.get(code="1b"), {"person": world.eva}, why="", by=world.hans, at=MORNING)
    found = json.loads(json.dumps(overview.as_data(plan, at=MORNING)))
    assert len(found["activities"]) == 37
    assert [each["day"] for each in found["stages"]] == ["2026-07-01", "2026-09-01"]
    assert found["risks"][0]["dip"] == "unknown"
    closed = found["risks"][-1]
    assert (closed["title"], closed["person"], closed["closed_on"]) == (risk.title, "eva", day_of(MORNING).isoformat())
    assert [each["code"] for each in found["activities"] if each["person"] == "eva"] == ["1b"]
    assert found["milestones"][0].keys() >= {"measure", "responsible", "source"}
    moved = [each["service"] for each in found["stages"][0]["moves"]]
    placed = plan.services.filter(stage__number=1).order_by("service__name")
    assert moved == list(placed.values_list("service__code", flat=True))
    assert len(moved) == found["stages"][0]["services"] > 1
