"""A switch changes flow, numbers, pages, contact, feedback and targets together, and takes all of it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from indgang.agreements import service_starts
from indgang.audit.models import Change
from indgang.catalogue import service_contacts
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Alert, EntryPoint, FormerNumber
from indgang.entry.setup import flow_versions
from indgang.events.models import StoredEvent
from indgang.feedback.models import AskingRule
from indgang.knowledge import articles
from indgang.programme.rollout import plans
from indgang.programme.switchover import carrying, change, rehearsing, setting_up
from indgang.programme.switchover.change import PartKind
from indgang.programme.switchover.findings import FindingCode
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import table
from tests.knowledge_world import KnowledgeWorld
from tests.programme.switchover import made
from tests.programme.switchover.made import AT, OLD_NUMBER, SERVICE
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
_DAY, _LATER = day_of(AT), AT + timedelta(hours=2)


def _present(switch: Switchover, at: Any) -> change.State:
    return table.present([each.part for each in switch.plan], table.place_of(switch, at))


def _state(switch: Switchover) -> Switchover:
    return Switchover.objects.get(pk=switch.pk)


@pytest.mark.parametrize("days", [0, 3])
def test_a_whole_switch_is_carried_out_in_time_and_taken_back_exactly(
    knowledge_world: KnowledgeWorld, days: int
) -> None:
    world, altan = knowledge_world.world, knowledge_world.articles["altan"]
    flow, service = world.flows["erhverv"], world.services[SERVICE]
    decided = made.decided(world, made.whole_switch(world, altan))
    assert rehearsing.kinds_of(decided.plan) == list(PartKind)
    before, text = _present(decided, AT), articles.version_for(altan, language="da", at=MORNING)
    old_flow = made.flow_in_force(flow)
    assert not carrying.carry_out_due(decided.pk, at=AT - timedelta(seconds=1))
    assert carrying.carry_out_due(decided.pk, at=AT)
    done = _state(decided)
    assert (done.state, done.carried_out_at) == (Switchover.State.DONE, AT)
    assert made.flow_in_force(flow)["title"] == "Nyt forløb"
    assert made.led_to(OLD_NUMBER, _DAY) == ("erhverv", "tmf")
    assert made.led_to(OLD_NUMBER, _DAY - timedelta(days=1)) == ("borger", "kff")
    assert FormerNumber.objects.valid_on(_DAY).get(number=OLD_NUMBER).entry_point.number == "+4533661000"
    published = articles.version_for(altan, language="da", at=AT)
    assert published is not None
    assert published.short == "Ring til kontaktcentret."
    assert service_contacts.on(service, _DAY) is None
    assert AskingRule.objects.valid_on(_DAY).get(service=service).share == 50
    start = service_starts.of(world.centres["tmf"], service)
    assert start is not None
    assert start.first_day == _DAY
    back_at = _LATER + timedelta(days=days)
    carrying.take_back(done, because="For mange ringede", by=world.finn, at=back_at)
    assert _present(done, back_at) == before
    assert made.flow_in_force(flow) == old_flow
    assert made.led_to(OLD_NUMBER, day_of(back_at)) == ("borger", "kff")
    restored = articles.version_for(altan, language="da", at=back_at)
    assert restored is not None
    assert text is not None
    assert (restored.short, restored.body) == (text.short, text.body)
    contact = service_contacts.on(service, day_of(back_at))
    assert contact is not None
    assert contact.email == "byg@kommune.example"
    assert not AskingRule.objects.valid_on(day_of(back_at)).filter(service=service).exists()
    assert service_starts.of(world.centres["tmf"], service) is None
    kinds = list(StoredEvent.objects.filter(stream=done.pk).order_by("number").values_list("kind", flat=True))
    assert kinds == ["service_switched", "service_switched_back"]
    assert {"switchover.decide", "switchover.carry_out", "switchover.take_back"} <= set(
        Change.objects.values_list("action", flat=True)
    )


def test_nothing_is_written_by_a_rehearsal_and_it_says_what_speaks_against(knowledge_world: KnowledgeWorld) -> None:
    world = knowledge_world.world
    prepared = made.whole_switch(world, knowledge_world.articles["altan"])
    changes = Change.objects.count()
    rehearsed = rehearsing.rehearse(prepared, by=world.finn, at=MORNING)
    assert Change.objects.count() == changes
    assert rehearsed.place.at == AT
    assert [each.code for each in rehearsed.findings] == [FindingCode.NO_AGREEMENT]
    assert FindingCode.OTHER_APPROVER in [
        each.code for each in rehearsing.rehearse(prepared, by=world.ida, at=MORNING).findings
    ]


def test_nothing_to_change_and_what_is_missing_are_named(world: World) -> None:
    empty = made.switch(world)
    assert rehearsing.rehearse(empty, by=world.finn, at=MORNING).is_blocked
    values = {name: getattr(empty, name) for name in setting_up.FIELDS} | {
        "flow": world.flows["erhverv"], "numbers": ["+4533669999"], "leads_to": world.entry_points["+4533661000"],
        "versions": [],
    }  # fmt: skip
    again = setting_up.edit(empty, values, by=world.hans, at=MORNING)
    codes = {each.code for each in rehearsing.rehearse(again, by=world.finn, at=MORNING).findings if each.blocks}
    assert codes == {FindingCode.NO_DRAFT, FindingCode.NO_ENTRY}
    with pytest.raises(RefusedChange, match="ingen kladde"):
        made.decided(world, again)


def test_who_decides_gives_a_reason_has_the_rights_and_has_read_the_present_plan(world: World) -> None:
    made.new_flow(world)
    prepared = made.switch(world, flow=world.flows["erhverv"], starts_targets=True)
    seen = rehearsing.rehearse(prepared, by=world.finn, at=MORNING).seen
    with pytest.raises(RefusedChange) as refused:
        setting_up.decide(prepared, seen=seen, reason="", by=world.finn, at=MORNING)
    assert "reason" in refused.value.reasons
    with pytest.raises(RefusedChange, match="Udgive opkaldsforløb"):
        setting_up.decide(prepared, seen=seen, reason="Aftalt", by=world.hans, at=MORNING)
    made.new_flow(world, "Endnu nyere")
    with pytest.raises(RefusedChange, match="siden siden"):
        setting_up.decide(prepared, seen=seen, reason="Aftalt", by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange, match="passeret"):
        setting_up.decide(prepared, seen=seen, reason="Aftalt", by=world.finn, at=AT)
    assert _state(prepared).state == Switchover.State.PLANNED


def _newer_flow(world: World) -> None:
    draft = flow_versions.draft_of(world.flows["erhverv"])
    assert draft is not None
    flow_versions.publish(draft, revision=draft.revision, by=world.eva, at=MORNING)
    again = made.new_flow(world, "Evas forløb")
    flow_versions.publish(again, revision=again.revision, by=world.eva, at=MORNING)


def _other_draft(world: World) -> None:
    made.new_flow(world, "Et tredje forløb")


@pytest.mark.parametrize(
    ("meddle", "said"), [(_newer_flow, "Eva Engtoft"), (_other_draft, "siden skiftet blev besluttet")]
)
def test_what_somebody_else_has_changed_stops_the_switch_and_is_named(
    world: World, meddle: Callable[[World], None], said: str
) -> None:
    made.old_number(world)
    made.new_flow(world)
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    decided = made.decided(world, made.switch(world, flow=world.flows["erhverv"], starts_targets=True, **numbers))
    meddle(world)
    assert not carrying.carry_out_due(decided.pk, at=AT)
    stopped = _state(decided)
    assert stopped.state == Switchover.State.STOPPED
    assert said in stopped.stopped
    assert made.led_to(OLD_NUMBER, _DAY) == ("borger", "kff")
    assert service_starts.of(world.centres["tmf"], world.services[SERVICE]) is None
    assert Alert.objects.get(code=carrying.STOPPED_ALERT).centre == world.centres["tmf"]


def test_taking_back_is_refused_when_somebody_has_changed_a_part_since(world: World) -> None:
    made.old_number(world)
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    decided = made.decided(world, made.switch(world, starts_targets=True, **numbers))
    assert carrying.carry_out_due(decided.pk, at=AT)
    point = EntryPoint.objects.valid_on(_DAY).get(number=OLD_NUMBER)
    flow_versions.save_entry_point(point, {"flow": world.flows["keh"]}, by=world.eva, at=_LATER)
    with pytest.raises(RefusedChange, match="33 66 52 00"):
        carrying.take_back(_state(decided), because="Fejl", by=world.finn, at=_LATER)
    assert _state(decided).state == Switchover.State.DONE
    assert service_starts.of(world.centres["tmf"], world.services[SERVICE]) is not None


def test_a_late_switch_says_so_and_is_carried_out_once(world: World) -> None:
    decided = made.decided(world, made.switch(world, starts_targets=True))
    queued: list[str] = []
    carrying.begin_due(at=AT - timedelta(minutes=1), make_job=queued.append)
    assert queued == []
    carrying.begin_due(at=_LATER, make_job=queued.append)
    assert queued == [str(decided.pk)]
    assert carrying.carry_out_due(decided.pk, at=_LATER)
    assert not carrying.carry_out_due(decided.pk, at=_LATER)
    assert Change.objects.get(action="switchover.carry_out").after["delay"] == "2 timer for sent"
    with pytest.raises(RefusedChange, match="allerede"):
        carrying.carry_out(decided, by=world.finn, at=_LATER)


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_begins_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.old_number(world)
    made.new_flow(world)
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    decided = made.decided(world, made.switch(world, flow=world.flows["erhverv"], starts_targets=True, **numbers))
    before = _present(decided, AT)
    with monkeypatch.context() as patched:
        patched.setattr(service_starts, "begin", _die)
        with pytest.raises(SystemExit):
            carrying.carry_out_due(decided.pk, at=AT)
    assert _present(decided, AT) == before
    assert _state(decided).state == Switchover.State.DECIDED
    assert carrying.carry_out_due(decided.pk, at=AT)


def _die(*_args: Any, **_more: Any) -> None:
    raise SystemExit


def test_a_service_has_one_switch_at_a_time_and_a_decided_one_is_not_edited(world: World) -> None:
    first = made.decided(world, made.switch(world, starts_targets=True))
    with pytest.raises(RefusedChange, match="allerede et skifte"):
        made.switch(world)
    values = {name: getattr(first, name) for name in setting_up.FIELDS} | {"versions": []}
    with pytest.raises(RefusedChange, match="besluttet"):
        setting_up.edit(first, values, by=world.hans, at=MORNING)
    assert setting_up.call_off(first, by=world.finn, at=MORNING).state == Switchover.State.PLANNED
    assert setting_up.call_off(first, by=world.finn, at=MORNING).state == Switchover.State.CALLED_OFF
    made.switch(world)


def test_what_the_rollout_plan_says_is_a_remark_and_not_what_the_switch_brings_itself(world: World) -> None:
    plans.begin(
        world.centres["tmf"], name="Plan", granted_on=_DAY - timedelta(days=100), first=None, by=world.hans, at=MORNING
    )  # fmt: skip
    made.old_number(world)
    bare = rehearsing.rehearse(made.switch(world, starts_targets=True), by=world.finn, at=MORNING)
    said = [each.value for each in bare.findings if each.code is FindingCode.NOT_READY]
    assert FindingCode.OTHER_DAY in [each.code for each in bare.findings]
    assert any(each.startswith("Artikler: ") for each in said)
    assert any(each.startswith("Træffetider: ") for each in said)
    assert not bare.is_blocked
