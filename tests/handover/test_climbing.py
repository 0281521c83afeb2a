"""Deadlines of hand-overs that climb by the clock: whom they turn to, and what is left as a trace."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.config import jobs
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Alert
from indgang.events.models import StoredEvent
from indgang.handover import climbing, rules, work
from indgang.handover.escalation import Rung
from indgang.handover.models import Handover
from indgang.handover.recipients import Recipient
from indgang.messaging.models import Mail
from indgang.workforce.models import Group, GroupMember
from tests.handover.sent import NOON, other_mails, send
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def addresses(world: World) -> None:
    for person in Person.objects.all():
        person.email = f"{person.username}@kommune.example"
        person.save(update_fields=["email"])


def steps(handover: Handover) -> list[tuple[str, datetime]]:
    rows = StoredEvent.objects.filter(stream=handover.pk, kind="handover_climbed").order_by("number")
    return [(row.data["step"], row.at) for row in rows]


def mailed() -> list[str]:
    found = sorted(other_mails().values_list("to", flat=True))
    Mail.objects.all().delete()
    return [each.partition("@")[0] for each in found]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=COPENHAGEN)


def test_an_overdue_task_climbs_by_the_clock(world: World) -> None:
    """The worker looks every minute; here every half hour, from the morning of Wednesday until Thursday noon."""
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david)
    agreed.sign(agreement, world.david, world.ida)
    sent = send(world)  # due at noon
    reached: dict[str, list[str]] = {}
    with clock.frozen(MORNING) as time:
        while time.at < at(12, 12):
            jobs.follow_handovers(0)
            for step, _at in steps(sent)[len(reached) :]:
                reached[step] = mailed()
            time.move(timedelta(minutes=30))
    assert steps(sent) == [
        ("owner", at(11, 11)), ("group", at(11, 12)), ("contact", at(11, 13)), ("leader", at(11, 16)),
    ]  # fmt: skip
    assert reached["owner"] == reached["group"] == reached["contact"] == ["david"]
    assert "eva" in reached["leader"]
    sent.refresh_from_db()
    assert (sent.step, sent.state) == (4, "waiting")
    alert = Alert.objects.get(code="handover_overdue")
    assert alert.text == f"{sent.number}: Byliv"


def test_after_a_standstill_all_steps_are_written_and_everybody_gets_one_mail(world: World) -> None:
    sent = send(world)
    assert climbing.climb_all(at=at(12, 12)) == 4
    assert [step for step, _at in steps(sent)] == ["owner", "group", "contact", "leader"]
    assert mailed().count("david") == 1
    assert climbing.climb_all(at=at(12, 12)) == 0
    assert mailed() == []


def test_the_mail_names_the_hand_over_and_not_what_it_is_about(world: World) -> None:
    sent = send(world)
    climbing.climb_all(at=at(11, 11, 30))
    mail = other_mails().get(to="david@kommune.example")
    assert mail.subject == f"Fristen for opgave {sent.number} nærmer sig"
    assert "11.03.2026 kl. 12.00" in mail.text.replace("NOON", "")
    assert sent.question not in mail.text
    assert sent.contact_name not in mail.text
    assert reverse("office:handovers") == climbing.LIST_PATH


def test_the_mail_leads_to_a_page_that_its_reader_may_open(world: World) -> None:
    sent = send(world)
    work.give_back(sent, why="lacks_information", note="", by=world.david, at=at(11, 11))
    climbing.climb_all(at=at(12, 16))
    texts = dict(other_mails().filter(subject__contains=str(sent.number)).values_list("to", "text"))
    assert reverse("desk:handover", args=[sent.pk]) in texts["anna@kommune.example"]
    assert "Byliv har sendt den tilbage til kontaktcentret." in texts["anna@kommune.example"]
    leaders = [text for to, text in texts.items() if to.startswith(("eva", "ida"))]
    assert leaders
    assert all("/desk/" in text or f"{climbing.LIST_PATH}?number={sent.number}" in text for text in leaders)


def test_nothing_climbs_at_night_or_on_closed_days(world: World) -> None:
    sent = send(world, due=at(13, 16))  # Friday, when the centre closes
    climbing.climb_all(at=at(15, 23))
    assert [step for step, _at in steps(sent)] == ["owner", "group"]
    climbing.climb_all(at=at(16, 10))
    assert [step for step, _at in steps(sent)][2:] == ["contact"]


def test_the_group_is_told_and_a_group_without_members_gives_way_to_the_unit(world: World) -> None:
    unit = world.units["ctb-byliv"]
    group = Group.objects.create(unit=unit, name="Events")
    GroupMember.objects.create(group=group, person=world.bo, valid_from=date(2026, 1, 1))
    send(world, to=Recipient(unit, group=group))
    climbing.climb_all(at=at(11, 11, 30))
    assert mailed() == ["bo"]
    GroupMember.objects.all().delete()
    climbing.climb_all(at=at(11, 12))
    assert mailed() == ["david"]


def test_what_came_back_climbs_on_the_side_of_the_centre(world: World) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david)
    agreed.sign(agreement, world.david, world.ida)
    sent = send(world)
    climbing.climb_all(at=at(11, 12))
    mailed()
    work.give_back(sent, why="lacks_information", note="", by=world.david, at=at(11, 12, 30))
    climbing.climb_all(at=at(11, 12, 30))
    assert mailed() == ["anna", "ida"]
    climbing.climb_all(at=at(11, 16))
    assert "david" not in mailed()


def test_who_gets_it_late_has_the_time_of_every_step(world: World) -> None:
    sent = send(world)
    climbing.climb_all(at=at(11, 13, 30))
    work.place(sent, to=Recipient(world.units["ctb-grav"]), why="not_ours", by=world.david, at=at(11, 14))
    climbing.climb_all(at=at(11, 14, 30))
    sent.refresh_from_db()
    assert sent.step == 2
    climbing.climb_all(at=at(11, 15))
    sent.refresh_from_db()
    assert sent.step == 3


def test_passing_it_round_the_unit_does_not_stop_the_steps(world: World) -> None:
    sent = send(world)
    climbing.climb_all(at=at(11, 12))
    work.place(sent, to=Recipient(world.units["ctb-byliv"]), by=world.david, at=at(11, 12, 30))
    climbing.climb_all(at=at(11, 13))
    assert [step for step, _at in steps(sent)] == ["owner", "group", "contact"]


def test_what_is_open_without_a_promise_is_due_after_a_day(world: World) -> None:
    talked = send(world, kind=Handover.Kind.CALLBACK, starts=NOON - timedelta(hours=1))
    warm = send(world, kind=Handover.Kind.WARM, due=None)
    work.attempt(talked, is_reached=True, by=world.david, at=at(11, 11, 30))
    climbing.climb_all(at=at(12, 10))
    assert "group" not in [step for step, _at in steps(talked) + steps(warm)]
    climbing.climb_all(at=at(13, 16))
    assert [step for step, _at in steps(talked)] == [step for step, _at in steps(warm)] == [
        "owner", "group", "contact", "leader",
    ]  # fmt: skip


def test_of_the_log_only_the_months_are_read_in_which_open_hand_overs_climbed(world: World) -> None:
    sent = send(world)
    climbing.climb_all(at=at(11, 11))
    sent.refresh_from_db()
    with CaptureQueriesContext(connection) as queries:
        assert climbing._rungs_taken([sent]) == {sent.pk: {Rung.OWNER}}
    (query,) = queries
    assert f'"events_event"."at" >= \'{MORNING:%Y-%m-%d}' in query["sql"]


def test_what_is_over_does_not_climb(world: World) -> None:
    sent = send(world)
    work.close(sent, outcome="answered", by=world.david, at=NOON)
    assert climbing.climb_all(at=at(16, 12)) == 0


def test_one_that_fails_does_not_hold_up_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = send(world), send(world)
    climb = climbing.climb

    def fails_once(handover: Handover, *known: object, **more: object) -> int:
        if handover.pk == first.pk:
            raise LookupError("broken")
        return climb(handover, *known, **more)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(climbing, "climb", fails_once)
    with pytest.raises(LookupError):
        climbing.climb_all(at=at(11, 12))
    assert [step for step, _at in steps(second)] == ["owner", "group"]


def test_units_have_rules_of_their_own_and_those_of_the_unit_above(world: World) -> None:
    tmf, byliv = world.units["tmf"], world.units["ctb-byliv"]
    minutes = {Rung.OWNER: -120, Rung.GROUP: None, Rung.CONTACT: None, Rung.LEADER: 30}
    rules.save(tmf, minutes, by=world.eva, at=MORNING)
    sent = send(world)
    climbing.climb_all(at=at(11, 12, 30))
    assert [step for step, _at in steps(sent)] == ["owner", "leader"]
    assert rules.read().source_of(byliv) == "tmf"
    rules.clear(tmf, by=world.eva, at=MORNING)
    assert rules.read().source_of(byliv) == ""


def test_open_hand_overs_go_on_climbing_when_the_rules_change(world: World) -> None:
    sent = send(world)
    climbing.climb_all(at=at(11, 11))
    only_leader = {Rung.OWNER: None, Rung.GROUP: None, Rung.CONTACT: None, Rung.LEADER: 240}
    rules.save(world.units["tmf"], only_leader, by=world.eva, at=at(11, 11))
    climbing.climb_all(at=at(12, 12))
    assert [step for step, _at in steps(sent)] == ["owner", "leader"]
    assert Alert.objects.filter(code="handover_overdue").exists()
    rules.clear(world.units["tmf"], by=world.eva, at=at(12, 12))
    climbing.climb_all(at=at(12, 12))
    assert [step for step, _at in steps(sent)] == ["owner", "leader", "group", "contact"]
    assert climbing.climb_all(at=at(13, 12)) == 0


@pytest.mark.parametrize(
    "minutes",
    [
        {Rung.OWNER: -60, Rung.LEADER: None},
        {Rung.OWNER: -60, Rung.LEADER: -10},
        {Rung.OWNER: 60, Rung.LEADER: 30},
        {Rung.OWNER: 60, Rung.LEADER: 100_000},
    ],
)
def test_rules_that_would_lose_something_are_refused(world: World, minutes: dict[Rung, int | None]) -> None:
    with pytest.raises(RefusedChange):
        rules.save(world.units["tmf"], minutes, by=world.eva, at=MORNING)
    assert rules.read().of_unit == {}
