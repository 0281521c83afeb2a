from __future__ import annotations

import threading
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from indgang.audit.models import Change
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.entry.models import Command, EntryPoint, Flow, FlowVersion
from indgang.entry.setup import flow_versions
from indgang.entry.setup.flow_versions import NotRunnable
from indgang.routing import flows
from tests.world import MORNING, World, build

SOUND: dict[str, Any] = {
    "code": "erhverv", "version": 1, "title": "Erhverv", "start": "hej",
    "steps": [
        {"id": "hej", "kind": "announcement", "prompts": ["velkomst"], "next": "koe"},
        {"id": "koe", "kind": "queue", "queue": "tmf-byggeri", "max_wait": 300.0, "on_max_wait": "sikker"},
        {"id": "sikker", "kind": "safe_queue"},
    ],
}  # fmt: skip


def with_step(step_id: str, **fields: Any) -> dict[str, Any]:
    changed = deepcopy(SOUND)
    next(step for step in changed["steps"] if step["id"] == step_id).update(fields)
    return changed


@pytest.fixture
def flow(world: World) -> Flow:
    """The flow Erhverv with version 1 in force."""
    world.versions["erhverv"].definition = SOUND
    world.versions["erhverv"].save()
    return world.flows["erhverv"]


@pytest.fixture
def draft(flow: Flow, world: World) -> FlowVersion:
    return flow_versions.new_draft(flow, by=world.finn, at=MORNING)


def test_a_draft_begins_as_what_is_in_force_and_there_is_only_one(flow: Flow, world: World) -> None:
    draft = flow_versions.new_draft(flow, by=world.finn, at=MORNING)
    assert (draft.number, draft.definition["version"], draft.published_at) == (2, 2, None)
    assert flow_versions.new_draft(flow, by=world.ida, at=MORNING) == draft
    assert flow_versions.in_force(flow) == world.versions["erhverv"]
    assert not Command.objects.exists(), "a draft is nothing the switchboard must know"


def test_saving_keeps_what_changed_in_the_trail(draft: FlowVersion, world: World) -> None:
    saved = flow_versions.save_draft(draft, with_step("koe", max_wait=120.0), revision=1, by=world.finn, at=MORNING)
    assert saved.revision == 2
    change = Change.objects.get(action="flow.edit")
    assert (change.before, change.after) == ({"koe.max_wait": 300.0}, {"koe.max_wait": 120.0})


def test_the_second_of_two_editors_is_shown_what_the_first_saved(draft: FlowVersion, world: World) -> None:
    flow_versions.save_draft(draft, with_step("koe", max_wait=120.0), revision=1, by=world.finn, at=MORNING)
    with pytest.raises(EditedMeanwhile) as refusal:
        flow_versions.save_draft(draft, with_step("koe", max_wait=60.0), revision=1, by=world.ida, at=MORNING)
    assert refusal.value.theirs.revision == 2
    assert flow_versions.differences(SOUND, refusal.value.theirs.definition) == [
        flow_versions.Difference("koe", "max_wait", 300.0, 120.0)
    ]
    flow_versions.save_draft(draft, with_step("koe", max_wait=60.0), revision=2, by=world.ida, at=MORNING)


def test_what_cannot_be_read_is_not_saved(draft: FlowVersion, world: World) -> None:
    with pytest.raises(flows.FlowError) as refusal:
        flow_versions.save_draft(draft, with_step("koe", max_wait="længe"), revision=1, by=world.finn, at=MORNING)
    assert refusal.value.step == "koe"
    draft.refresh_from_db()
    assert draft.revision == 1


def test_publishing_puts_the_draft_in_force_and_tells_the_switchboard(
    draft: FlowVersion, flow: Flow, world: World
) -> None:
    published = flow_versions.publish(draft, revision=1, note="Ny velkomst", by=world.finn, at=MORNING)
    assert flow_versions.in_force(flow) == published
    assert (published.published_by, published.note) == (world.finn.audit_label, "Ny velkomst")
    assert Command.objects.get().kind == "reload"
    assert Change.objects.get(action="flow.publish").before == {"version": 1}
    with pytest.raises(RefusedChange, match="udgivet"):
        flow_versions.save_draft(published, SOUND, revision=1, by=world.finn, at=MORNING)


def test_a_flow_that_cannot_run_is_refused_with_step_and_reason(draft: FlowVersion, world: World) -> None:
    flow_versions.save_draft(draft, with_step("hej", next="vaek"), revision=1, by=world.finn, at=MORNING)
    with pytest.raises(NotRunnable) as refusal:
        flow_versions.publish(draft, revision=2, by=world.finn, at=MORNING)
    assert ("hej", flows.Code.MISSING_TARGET) in [(each.step, each.code) for each in refusal.value.problems]
    draft.refresh_from_db()
    assert draft.published_at is None
    assert not Command.objects.exists()


def test_rolling_back_is_a_new_version_and_leaves_the_draft(flow: Flow, draft: FlowVersion, world: World) -> None:
    flow_versions.publish(draft, revision=1, by=world.finn, at=MORNING)
    waiting = flow_versions.new_draft(flow, by=world.finn, at=MORNING)
    again = flow_versions.roll_back(world.versions["erhverv"], by=world.finn, at=MORNING)
    assert (again.number, again.definition["version"]) == (4, 4)
    assert flow_versions.in_force(flow) == again
    late = flow_versions.publish(waiting, revision=waiting.revision, by=world.finn, at=MORNING)
    assert late.number == late.definition["version"] == 5
    assert flow_versions.in_force(flow) == late
    with pytest.raises(RefusedChange, match="allerede i brug"):
        flow_versions.roll_back(late, by=world.finn, at=MORNING)


def test_an_old_version_whose_queue_is_gone_is_not_put_in_force(flow: Flow, draft: FlowVersion, world: World) -> None:
    flow_versions.publish(draft, revision=1, by=world.finn, at=MORNING)
    world.queues["tmf-byggeri"].valid_to = date(2026, 1, 1)
    world.queues["tmf-byggeri"].save()
    with pytest.raises(NotRunnable) as refusal:
        flow_versions.roll_back(world.versions["erhverv"], by=world.finn, at=MORNING)
    assert refusal.value.problems[0].code == flows.Code.UNKNOWN_QUEUE


def test_a_draft_is_thrown_away_but_not_the_only_version(flow: Flow, draft: FlowVersion, world: World) -> None:
    flow_versions.discard(draft, revision=1, by=world.finn, at=MORNING)
    assert flow_versions.draft_of(flow) is None
    fresh = flow_versions.create(code="ny", name="Ny", centre=world.centres["tmf"], by=world.finn, at=MORNING)
    only = flow_versions.draft_of(fresh)
    assert only is not None
    assert flow_versions.problems(only.definition, on=MORNING.date()) == []
    with pytest.raises(RefusedChange, match="eneste"):
        flow_versions.discard(only, revision=1, by=world.finn, at=MORNING)


definitions = st.builds(
    lambda ids, title: {
        "title": title, "start": ids[0] if ids else "", "steps": [{"id": each, "kind": "safe_queue"} for each in ids],
    },
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.sampled_from(["x", "y"]),
)  # fmt: skip


@given(definitions, definitions)
def test_no_differences_means_equal_and_each_step_is_told_once(a: dict[str, Any], b: dict[str, Any]) -> None:
    found = flow_versions.differences(a, b)
    assert (found == []) is (a == b)
    came_or_went = {each.step for each in found if each.step}
    assert came_or_went == {s["id"] for s in a["steps"]} ^ {s["id"] for s in b["steps"]}


def test_a_number_leads_to_one_flow_at_a_time(flow: Flow, world: World) -> None:
    point = world.entry_points["+4533661000"]
    fields = {
        "number": point.number,
        "name": "Igen",
        "centre": point.centre,
        "flow": flow,
        "valid_from": date(2026, 5, 1),
    }
    with pytest.raises(RefusedChange) as refusal:
        flow_versions.save_entry_point(EntryPoint(), fields, by=world.finn, at=MORNING)
    assert set(refusal.value.reasons) == {"number"}
    flow_versions.save_entry_point(point, {"valid_to": date(2026, 5, 1)}, by=world.finn, at=MORNING)
    flow_versions.save_entry_point(EntryPoint(), fields, by=world.finn, at=MORNING + timedelta(seconds=1))
    assert EntryPoint.objects.filter(number=point.number).count() == 2
    assert Change.objects.filter(action="entrypoint.create").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_save_at_the_same_moment_do_not_overwrite_each_other() -> None:
    world = build()
    world.versions["erhverv"].definition = SOUND
    world.versions["erhverv"].save()
    draft = flow_versions.new_draft(world.flows["erhverv"], by=world.finn, at=MORNING)
    outcomes: list[str] = []
    both = threading.Barrier(2)

    def save(seconds: float) -> None:
        both.wait(10)
        try:
            definition = with_step("koe", max_wait=seconds)
            flow_versions.save_draft(draft, definition, revision=1, by=world.finn, at=MORNING)
            outcomes.append("saved")
        except EditedMeanwhile:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(seconds,)) for seconds in (60.0, 90.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["refused", "saved"]
