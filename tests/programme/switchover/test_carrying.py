"""A switch changes flow, numbers, pages, contact, feedback and targets together, and takes all of it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from indgang.accounts.models import Person, RoleAssignment
from indgang.agreements import service_starts
from indgang.audit.models import Change
from indgang.catalogue import service_contacts
from indgang.config import jobs
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import mailboxes
from indgang.correspondence.models import FormerAddress, Mailbox, RoutingRule
from indgang.entry.models import Alert, EntryPoint, Flow, FlowVersion, FormerNumber
from indgang.entry.setup import flow_versions
from indgang.events.models import StoredEvent
from indgang.feedback.models import AskingRule, SurveyKind
from indgang.knowledge import articles
from indgang.knowledge.models import ArticleVersion
from indgang.programme.rollout import plans
from indgang.programme.switchover import carrying, change, old_channels, rehearsing, setting_up, words
from indgang.programme.switchover.change import PartKind
from indgang.programme.switchover.findings import FindingCode, SwitchFinding
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import table
from tests.correspondence import mails
from tests.knowledge_world import KnowledgeWorld
from tests.programme.switchover import made
from tests.programme.switchover.made import AT, OLD_ADDRESS, OLD_NUMBER, SERVICE
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
    assert _mails_go(OLD_ADDRESS) == ("tmf-mail", "tmf")
    assert FormerAddress.objects.valid_on(_DAY).get(address=OLD_ADDRESS).forwards_to.code == "kontakt"
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
    assert _mails_go(OLD_ADDRESS) == ("kff-mail", "kff")
    assert not FormerAddress.objects.valid_on(day_of(back_at)).exists()
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


def test_a_switch_that_was_put_off_is_read_again_before_it_is_decided(world: World) -> None:
    prepared = made.switch(world, starts_targets=True)
    seen = rehearsing.rehearse(prepared, by=world.finn, at=MORNING).seen
    values = {name: getattr(prepared, name) for name in setting_up.FIELDS}
    values |= {"planned_at": AT + timedelta(hours=1), "versions": []}
    moved = setting_up.edit(prepared, values, by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange, match="siden siden"):
        setting_up.decide(moved, seen=seen, reason="Aftalt", by=world.finn, at=MORNING)
    made.decided(world, moved)


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
    with pytest.raises(RefusedChange, match="allerede et skift af"):
        made.switch(world)
    values = {name: getattr(first, name) for name in setting_up.FIELDS} | {"versions": []}
    with pytest.raises(RefusedChange, match="besluttet"):
        setting_up.edit(first, values, by=world.hans, at=MORNING)
    decided, planned = Switchover.State.DECIDED, Switchover.State.PLANNED
    assert setting_up.call_off(first, seen=decided, by=world.finn, at=MORNING).state == planned
    with pytest.raises(RefusedChange, match="Læs siden igen"):
        setting_up.call_off(first, seen=decided, by=world.eva, at=MORNING)
    assert _state(first).state == planned
    given_up = setting_up.call_off(first, seen=planned, by=world.finn, at=MORNING)
    assert given_up.state == Switchover.State.CALLED_OFF
    made.switch(world)


def test_what_the_rollout_plan_says_is_a_remark_and_not_what_the_switch_brings_itself(
    knowledge_world: KnowledgeWorld,
) -> None:
    world, altan = knowledge_world.world, knowledge_world.articles["altan"]
    plans.begin(
        world.centres["tmf"], name="Plan", granted_on=_DAY - timedelta(days=100), first=None, by=world.hans, at=MORNING
    )  # fmt: skip
    service = world.services[SERVICE]
    assert service.unit
    service.unit.phone, service.unit.email = OLD_NUMBER, OLD_ADDRESS
    service.unit.save()
    altan.service, altan.service_id = service, service.pk
    altan.save()
    ArticleVersion.objects.filter(article__service=service).update(published_from=AT + timedelta(days=900))
    made.old_number(world)
    to, box = made.new_mailbox(world), made.old_mailbox(world)

    def said(prepared: Switchover) -> str:
        found = rehearsing.rehearse(prepared, by=world.finn, at=MORNING)
        assert FindingCode.OTHER_DAY in [each.code for each in found.findings]
        assert not found.is_blocked
        return " ".join(each.value for each in found.findings if each.code is FindingCode.NOT_READY)

    bare = made.switch(world, starts_targets=True)
    lacks = said(bare)
    assert "Træffetider: " in lacks
    assert lacks.count(service.name) == 1
    assert OLD_NUMBER in lacks
    assert OLD_ADDRESS in lacks
    setting_up.call_off(bare, seen=bare.state, by=world.finn, at=MORNING)
    full = made.switch(
        world, numbers=[OLD_NUMBER], leads_to=world.entry_points["+4533661000"], addresses=[OLD_ADDRESS], mail_to=to,
        versions=[made.page_in_review(world, altan)], starts_targets=True,
    )  # fmt: skip
    assert box.address == OLD_ADDRESS
    danish = rehearsing.rehearse(full, by=world.finn, at=MORNING)
    with translation.override("en"):
        english = rehearsing.rehearse(full, by=world.finn, at=MORNING)
    assert english.findings != danish.findings
    assert english.seen == danish.seen, "read in one language and decided in another"
    brought = said(full)
    assert "Træffetider: " in brought
    assert not any(each in brought for each in (service.name, OLD_NUMBER, OLD_ADDRESS))
    service.unit.phone, service.unit.email = "+4533665299", "andre@kommune.example"
    service.unit.save()
    assert all(each in said(full) for each in (service.unit.phone, service.unit.email)), "it brings others"


def test_a_switch_marks_its_service_in_the_plan_and_its_stage_proposes_the_day(
    world: World, client: Client
) -> None:  # fmt: skip
    plan = plans.begin(
        world.centres["tmf"], name="Plan", granted_on=_DAY - timedelta(days=100), first=None, by=world.hans, at=MORNING
    )  # fmt: skip
    stage = plan.stages.get(number=1)
    stage.services.exclude(service=world.services[SERVICE]).delete()
    made.old_number(world)
    decided = made.decided(world, made.switch(world, starts_targets=True))
    assert stage.all_switched_on is None
    assert carrying.carry_out_due(decided.pk, at=AT)
    assert stage.services.get().switched_on == _DAY
    assert Change.objects.filter(action="rolloutservice.change").count() == 1
    client.force_login(world.hans)
    address = f"/office/rollout/{plan.pk}/stages/1/"
    with clock.frozen(AT):
        assert f"Den sidste skiftede {_DAY:%d.%m.%Y}" in client.get(address).content.decode()
        assert "Alle ydelser i etapen er skiftet" in client.get(f"{address}edit/").content.decode()
    carrying.take_back(_state(decided), because="For tidligt", by=world.finn, at=_LATER)
    assert stage.services.get().switched_on is None
    with clock.frozen(_LATER):
        assert "Alle ydelser" not in client.get(address).content.decode()


def test_a_service_that_was_switched_before_is_marked_when_it_comes_into_a_plan(world: World) -> None:
    made.old_number(world)
    decided = made.decided(world, made.switch(world, starts_targets=True))
    assert carrying.carry_out_due(decided.pk, at=AT)
    later = AT + timedelta(days=3)
    plan = plans.begin(
        world.centres["tmf"], name="Plan", granted_on=_DAY, first=None, by=world.hans, at=later
    )  # fmt: skip
    moving = plan.services.get(service=world.services[SERVICE])
    assert moving.switched_on == _DAY
    assert not plan.services.exclude(pk=moving.pk).exclude(switched_on=None).exists()
    stage = moving.stage
    moving.delete()
    placed = plans.place(stage, [world.services[SERVICE]], by=world.hans, at=later)
    assert [each.switched_on for each in placed] == [_DAY]
    plan.services.update(switched_on=None)
    with connection.cursor() as cursor:  # what an upgrade does with rows of the release before
        cursor.execute(import_module("indgang.programme.migrations.0011_switched_before")._MARK)
    assert list(plan.services.exclude(switched_on=None)) == placed
    carrying.take_back(_state(decided), because="For tidligt", by=world.finn, at=later)
    assert plans.place(plan.stages.get(number=2), [world.services[SERVICE]], by=world.hans, at=later)
    assert plan.services.get(service=world.services[SERVICE]).switched_on is None


def test_a_switch_that_was_taken_back_names_the_version_that_was_there_before_it(
    knowledge_world: KnowledgeWorld, client: Client
) -> None:
    world, altan = knowledge_world.world, knowledge_world.articles["altan"]
    decided = made.decided(world, made.whole_switch(world, altan))
    assert carrying.carry_out_due(decided.pk, at=AT)
    client.force_login(world.finn)
    address = f"/office/switchover/{decided.pk}/"

    def versions_said() -> list[list[str]]:
        with clock.frozen(_LATER):
            changes = client.get(address).context["changes"]
        kinds = (words.KINDS[PartKind.FLOW], words.KINDS[PartKind.ARTICLE])
        return [[each.before, each.after] for each in changes if each.kind in kinds]

    said = versions_said()
    assert said == [["Version 1", "Version 2"]] * 2
    carrying.take_back(_state(decided), because="For mange ringede", by=world.finn, at=_LATER)
    assert world.flows["erhverv"].versions.count() == 3, "version 1 is published again as version 3"
    assert versions_said() == said


def _mails_go(address: str) -> tuple[str, str]:
    box = Mailbox.objects.get(address=address)
    return box.queue.code, box.centre.code


def test_a_mail_to_the_old_address_comes_into_the_queue_of_the_centre_and_threads_stay(world: World) -> None:
    box, to = made.old_mailbox(world), made.new_mailbox(world)
    before = mails.receive(box, to=OLD_ADDRESS)
    prepared = made.switch(world, addresses=[OLD_ADDRESS], mail_to=to)
    RoutingRule.objects.create(
        mailbox=box, name="Klager", order=1, conditions={"words": ["klage"]}, queue=box.queue, valid_from=_DAY
    )  # fmt: skip
    rehearsed = rehearsing.rehearse(prepared, by=world.finn, at=MORNING)
    assert SwitchFinding(FindingCode.MAIL_RULES, f"{OLD_ADDRESS}: Klager") in rehearsed.findings
    assert not rehearsed.is_blocked
    assert carrying.carry_out_due(made.decided(world, prepared).pk, at=AT)
    box = Mailbox.objects.select_related("queue__schedule", "centre__schedule").get(pk=box.pk)
    after = mails.receive(box, to=OLD_ADDRESS, number=2, at=_LATER)
    assert (after.queue, after.enquiry.centre) == (to.queue, world.centres["tmf"])
    before.refresh_from_db()
    assert before.queue is not None
    assert before.queue.code == "kff-mail"
    channel = next(each for each in old_channels.all_channels(_LATER) if each.key == OLD_ADDRESS)
    assert (channel.leads_to, channel.diverted, channel.total) == ("Kontakt", _DAY, 2)


def test_an_address_that_is_no_mailbox_of_ours_or_was_led_elsewhere_stops_the_switch(world: World) -> None:
    to = made.new_mailbox(world)
    prepared = made.switch(world, addresses=[OLD_ADDRESS], mail_to=to)
    found = rehearsing.rehearse(prepared, by=world.finn, at=MORNING).findings
    assert SwitchFinding(FindingCode.NO_MAILBOX, OLD_ADDRESS) in found
    assert old_channels.all_channels(MORNING)[-1].switch == prepared.pk, "the list says what is to come"
    box = made.old_mailbox(world)
    decided = made.decided(world, prepared)
    mailboxes.lead(box, queue=made.mail_queue("bif-mail", world.centres["bif"]), centre=world.centres["bif"],
                   by=world.finn, at=MORNING)  # fmt: skip
    assert not carrying.carry_out_due(decided.pk, at=AT)
    assert OLD_ADDRESS in _state(decided).stopped
    assert _mails_go(OLD_ADDRESS) == ("bif-mail", "bif")
    for values, field in (({"mail_to": None}, "mail_to"), ({"addresses": [to.address]}, "addresses"),
                          ({"centre": world.centres["kff"]}, "mail_to")):  # fmt: skip
        with pytest.raises(RefusedChange) as refused:
            made.switch(world, **({"addresses": [OLD_ADDRESS], "mail_to": to} | values))
        assert field in refused.value.reasons


def _administers(world: World, unit: str) -> None:
    """Hans, who owns the centre of TMF, becomes the administrator of a unit."""
    RoleAssignment.objects.create(person=world.hans, role="administrator", unit=world.units[unit])


def _of_kff(world: World, kind: PartKind) -> dict[str, Any]:
    """A change of what belongs to the citizens' service or one of its units."""
    if kind is PartKind.NUMBER:
        made.old_number(world)
        return {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    if kind is PartKind.FLOW:
        draft = flow_versions.new_draft(world.flows["borger"], by=world.finn, at=MORNING)
        wanted = {**draft.definition, "title": "Ny titel"}
        flow_versions.save_draft(draft, wanted, revision=draft.revision, by=world.finn, at=MORNING)
        return {"flow": world.flows["borger"]}
    bevilling = world.services["bevilling"]
    service_contacts.show(bevilling, phone="33 66 52 00", email="", by=world.finn, at=MORNING - timedelta(days=9))
    return {"service": bevilling, "ends_contact": True}


@pytest.mark.parametrize("kind", [PartKind.NUMBER, PartKind.FLOW, PartKind.CONTACT])
def test_who_decides_has_the_rights_where_each_part_belongs(world: World, kind: PartKind) -> None:
    _administers(world, "tmf")
    prepared = made.switch(world, **_of_kff(world, kind))
    rehearsed = rehearsing.rehearse(prepared, by=world.hans, at=MORNING)
    assert rehearsing.kinds_of(rehearsed.plan) == [kind]
    with pytest.raises(RefusedChange, match="Kultur- og Fritidsforvaltningen"):
        setting_up.decide(prepared, seen=rehearsed.seen, reason="Aftalt", by=world.hans, at=MORNING)
    _administers(world, "kff")
    hans = Person.objects.get(pk=world.hans.pk)
    setting_up.decide(prepared, seen=rehearsed.seen, reason="Aftalt", by=hans, at=MORNING)


def test_old_numbers_lead_to_an_entry_of_the_centre_itself(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        made.switch(world, numbers=[OLD_NUMBER], leads_to=world.entry_points["+4533663366"])
    assert "leads_to" in refused.value.reasons


def test_a_flow_that_was_never_published_is_not_switched(world: World) -> None:
    made.new_flow(world)
    FlowVersion.objects.filter(flow__code="erhverv", published_at__isnull=False).delete()
    prepared = made.switch(world, flow=Flow.objects.get(code="erhverv"))
    with pytest.raises(RefusedChange, match="aldrig været udgivet"):
        made.decided(world, prepared)


def test_a_contact_whose_end_is_over_is_not_shown_again(world: World) -> None:
    service, ends = world.services[SERVICE], _DAY + timedelta(days=5)
    service_contacts.show(
        service, phone="33 66 52 00", email="", valid_to=ends, by=world.finn, at=MORNING - timedelta(days=9)
    )  # fmt: skip
    decided = made.decided(world, made.switch(world, ends_contact=True, starts_targets=True))
    assert carrying.carry_out_due(decided.pk, at=AT)
    back_at = AT + timedelta(days=5)
    carrying.take_back(_state(decided), because="Fejl", by=world.finn, at=back_at)
    assert service_starts.of(world.centres["tmf"], service) is None
    assert service_contacts.on(service, day_of(back_at)) is None


def test_a_contact_is_shown_again_until_its_end(world: World) -> None:
    service, ends = world.services[SERVICE], _DAY + timedelta(days=5)
    service_contacts.show(
        service, phone="33 66 52 00", email="", valid_to=ends, by=world.finn, at=MORNING - timedelta(days=9)
    )  # fmt: skip
    decided = made.decided(world, made.switch(world, ends_contact=True))
    assert carrying.carry_out_due(decided.pk, at=AT)
    carrying.take_back(_state(decided), because="Fejl", by=world.finn, at=AT + timedelta(days=4))
    assert service_contacts.on(service, ends - timedelta(days=1)) is not None
    assert service_contacts.on(service, ends) is None


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        (SurveyKind.AFTER_CALL, {"robot", "end_of_call", "sms", "mail"}), (SurveyKind.MAIL, {"sms", "mail"}),
        (SurveyKind.FORM, {"sms", "mail"}), (SurveyKind.CHAT, {"sms", "mail", "page"}),
    ],
)  # fmt: skip
def test_a_way_of_asking_that_does_not_fit_the_questionnaire_forbids_the_switch(
    world: World, kind: SurveyKind, ways: set[str]
) -> None:
    asked = made.questionnaire(world)
    asked.kind = kind
    asked.save(update_fields=["kind"])
    prepared = made.switch(world, questionnaire=asked)
    possible = set()
    for way in ("robot", "end_of_call", "sms", "mail", "page"):
        prepared.way = way
        if not rehearsing.rehearse(prepared, by=world.finn, at=MORNING).is_blocked:
            possible.add(way)
    assert possible == ways
    prepared.way = "mail"
    prepared.save(update_fields=["way"])
    assert carrying.carry_out_due(made.decided(world, prepared).pk, at=AT)


def test_a_rule_that_ends_the_next_day_forbids_the_switch(world: World) -> None:
    asked = made.questionnaire(world)
    AskingRule.objects.create(
        questionnaire=asked, centre=world.centres["tmf"], service=world.services[SERVICE], share=10,
        valid_to=_DAY + timedelta(days=1),
    )  # fmt: skip
    rehearsed = rehearsing.rehearse(made.switch(world, questionnaire=asked), by=world.finn, at=MORNING)
    assert FindingCode.CANNOT_ASK in [each.code for each in rehearsed.findings]


@pytest.mark.parametrize("days", [0, 3])
def test_the_list_of_old_numbers_says_where_a_listed_number_leads_and_led(world: World, days: int) -> None:
    made.old_number(world)
    FormerNumber.objects.create(number=OLD_NUMBER, name="Byg", queue=world.queues["tmf-byggeri"], text="Vent lidt")
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    decided = made.decided(world, made.switch(world, **numbers))
    assert carrying.carry_out_due(decided.pk, at=AT)
    row = FormerNumber.objects.valid_on(_DAY).get(number=OLD_NUMBER)
    assert (row.name, row.entry_point, row.queue, row.text) == ("Byg", numbers["leads_to"], None, "")
    before = FormerNumber.objects.valid_on(_DAY - timedelta(days=1)).get(number=OLD_NUMBER)
    assert before.queue == world.queues["tmf-byggeri"]
    back_at = _LATER + timedelta(days=days)
    carrying.take_back(_state(decided), because="Fejl", by=world.finn, at=back_at)
    row = FormerNumber.objects.valid_on(day_of(back_at)).get(number=OLD_NUMBER)
    assert (row.entry_point, row.queue, row.text) == (None, world.queues["tmf-byggeri"], "Vent lidt")


def test_a_fault_that_nobody_expected_stops_the_switch_after_some_attempts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided = made.decided(world, made.switch(world, starts_targets=True))
    monkeypatch.setattr(service_starts, "begin", _fail)
    for attempts, state in ((0, "decided"), (2, "decided"), (3, "stopped")):
        context: Any = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
        with clock.frozen(_LATER), pytest.raises(FormerNumber.DoesNotExist):
            jobs.carry_out_switchover(context, key=str(decided.pk))
        assert _state(decided).state == state
    assert "FormerNumber.DoesNotExist" in Alert.objects.get(code=carrying.STOPPED_ALERT).text


def _fail(*_args: Any, **_more: Any) -> None:
    raise FormerNumber.DoesNotExist
