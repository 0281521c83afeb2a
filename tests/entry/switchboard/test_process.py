"""The switchboard process with the simulated exchange and the real database."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core import clock
from indgang.enquiries import stream
from indgang.enquiries.circumstances import places_of
from indgang.enquiries.journal import DatabaseJournal, events_of
from indgang.enquiries.models import Enquiry, ReturnCall, State
from indgang.entry import commands
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import InHandStage
from indgang.entry.models import Command, InHand, LiveWork, PauseReason, Presence, Queue
from indgang.entry.switchboard import plans
from indgang.entry.switchboard.process import Switchboard
from indgang.entry.switchboard.wakeup import parameters
from indgang.events.models import StoredEvent
from indgang.live.models import Mark
from indgang.routing.centre.desk import Doing
from indgang.telephony import contract as tel
from indgang.telephony.simulator import Simulator
from tests.entry.running import Running, running, told
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+4533661000"


async def a_call(house: Running, key: str, number: str = "+4520304050") -> str:
    """A caller who has pressed a key in the menu. Returns the caller's leg."""
    leg = house.simulator.call(dialled=NUMBER, caller_number=number)
    await house.until(lambda: StoredEvent.objects.filter(kind=Kind.ARRIVED, data__leg=leg).first())
    house.simulator.press(leg, key)
    return leg


def only_enquiry() -> Enquiry:
    return Enquiry.objects.get()


def test_a_call_is_answered_measured_and_waits_for_its_registration(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: only_enquiry().state == State.TALKING)
            await asyncio.sleep(0.2)  # the conversation has a length
            house.simulator.hang_up(leg)
            await house.until(lambda: only_enquiry().state == State.UNREGISTERED)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")

    told(story())
    enquiry = only_enquiry()
    assert enquiry.agent == world.anna
    assert enquiry.queue == world.queues["tmf-byliv"]
    assert enquiry.menu_keys == "2"
    assert enquiry.talk_seconds >= 0.2
    assert not LiveWork.objects.exists()


def test_the_events_add_up_to_the_wall_clock_and_make_the_row_again(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: only_enquiry().state == State.TALKING)
            await house.give("hold", world.anna)
            await house.give("resume", world.anna)
            house.simulator.hang_up(leg)
            await house.until(lambda: only_enquiry().ended_at)

    told(story())
    enquiry = only_enquiry()
    assert enquiry.ended_at is not None
    measured = sum(getattr(enquiry, name) for name in stream.SECONDS_OF_PHASE.values())
    assert measured == pytest.approx((enquiry.ended_at - enquiry.arrived_at).total_seconds(), abs=1e-6)
    again = stream.replay(events_of(enquiry), places_of(Queue.objects.select_related("centre")))
    for column in stream.DERIVED:
        assert getattr(again, column) == getattr(enquiry, column), column
    numbers = list(StoredEvent.objects.order_by("position").values_list("number", flat=True))
    assert numbers == list(range(len(numbers)))


def test_who_hangs_up_in_the_queue_is_somebody_to_return_call(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indgang.enquiries.journal.SHORT_ABANDON_SECONDS", 0.0)

    async def story() -> None:
        async with running(tmp_path) as house:
            leg = await a_call(house, "1")
            await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).exists())
            house.simulator.hang_up(leg)
            await house.until(lambda: Enquiry.objects.filter(state=State.ABANDONED).exists())

    told(story())
    return_call = ReturnCall.objects.get()
    assert (return_call.kind, return_call.number) == (ReturnCall.Kind.ABANDONED, "+4520304050")
    assert Mark.objects.filter(part="centre-tmf/return-calls").exists()


def test_a_refused_order_says_why(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            with pytest.raises(commands.Refused) as refused:
                await house.give("hold", world.anna)
            assert refused.value.code == "no_call"
            with pytest.raises(commands.Refused) as refused:
                await house.give("fly", world.anna)
            assert refused.value.code == "unknown_order"

    told(story())


class Refusing(Simulator):
    """An exchange that refuses to dial numbers outside."""

    async def perform(self, order: tel.Order) -> None:
        if isinstance(order, tel.Ring) and order.address.startswith("tel:"):
            raise tel.TelephoneError(f"{order.address!r} is no address")
        await super().perform(order)


def test_what_an_exchange_refuses_to_ring_leaves_the_agent_free_and_no_number_in_the_log(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        simulator = Refusing(now=clock.now, ring_delay=0.01)
        async with running(tmp_path, simulator=simulator) as house:
            await house.comes_on(world.anna)
            await house.give("dial", world.anna, number="+4520304050", follows=None, return_call=None)
            leg = await house.until(lambda: next((leg for leg in house.simulator.legs), None))
            house.simulator.pick_up(leg)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "ready")

    told(story())
    assert "could not be done: simulator: Ring" in caplog.text
    assert "20304050" not in caplog.text


def test_while_an_exchange_is_away_nobody_is_told_that_it_has_no_browser_phones(world: World, tmp_path: Path) -> None:
    async def away(phone: str, lifetime: float, password: str = "") -> tel.Credentials:
        raise tel.TelephoneError("away")

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            assert (await house.give("phone_credentials", world.anna))["websocket"] == ""
            house.simulator.issue_credentials = away  # type: ignore[method-assign]  # an exchange that is lost
            with pytest.raises(commands.Refused) as refused:
                await house.give("phone_credentials", world.anna)
            assert refused.value.code == "exchange_away"

    told(story())


def test_without_a_switchboard_an_order_is_refused_and_leaves_nothing_behind(world: World) -> None:
    with pytest.raises(commands.Refused) as refused:
        commands.give_and_wait("ready", by=world.anna, at=clock.now(), patience=0.1)
    assert refused.value.code == "no_switchboard"


def test_a_switchboard_that_starts_again_goes_on_with_everybody(world: World, tmp_path: Path) -> None:
    """Conversations continue, waiting callers keep their place, and a caller who hung up meanwhile is closed."""

    async def story() -> None:
        async with running(tmp_path) as house:
            simulator = house.simulator
            await house.comes_on(world.anna)
            talker = await a_call(house, "2", "+4520000001")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            waiters = [await a_call(house, "1", f"+452000001{n}") for n in range(3)]
            await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).count() == 3)
            heard = simulator.hears(talker)
        simulator.hang_up(waiters[1])
        async with running(tmp_path, simulator=simulator) as house:
            await house.until(lambda: Enquiry.objects.filter(state=State.ABANDONED).exists())
            assert simulator.hears(talker) == heard
            board = house.switchboard.board
            assert board is not None
            waiting = [board.calls[item].contact for item in board.centre.distributor.waiting("tmf-byggeri")]
            assert waiting == ["+4520000010", "+4520000012"]
            simulator.hang_up(talker)
            await house.until(lambda: Enquiry.objects.filter(state=State.UNREGISTERED).exists())
            await house.give("ready", world.anna)
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.get(caller_number="+4520000010").state == State.TALKING)

    told(story())
    assert Enquiry.objects.count() == 4
    assert StoredEvent.objects.filter(kind=Kind.ARRIVED).count() == 4


def test_a_pause_asked_for_in_a_call_outlasts_the_switchboard(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            simulator = house.simulator
            await house.comes_on(world.anna)
            leg = await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            await house.give("pause", world.anna, reason="frokost")
        async with running(tmp_path, simulator=simulator) as house:
            assert await house.db(_doing, world.anna) == ("talking", None)
            simulator.hang_up(leg)
            await house.until(lambda: _doing(world.anna) == ("wrap_up", None))
        async with running(tmp_path, simulator=simulator) as house:
            await house.give("wrap_up_over", world.anna)
            await house.until(lambda: _doing(world.anna) == ("paused", "frokost"))

    told(story())
    enquiry = only_enquiry()
    (wrapped_up,) = StoredEvent.objects.filter(kind=Kind.WRAPPED_UP)
    assert enquiry.wrap_up_seconds == wrapped_up.data["seconds"] > 0
    again = stream.replay(events_of(enquiry), places_of(Queue.objects.select_related("centre")))
    assert again.wrap_up_seconds == enquiry.wrap_up_seconds


def test_a_desk_whose_kept_part_cannot_be_read_is_as_its_columns_say(world: World) -> None:
    lunch = PauseReason.objects.get(code="frokost")
    at = clock.now()
    Presence.objects.create(person=world.anna, state="paused", reason=lunch, since=at, kept={"afterwards": 5})
    Presence.objects.create(person=world.bo, state="ready", since=at, kept=[])
    Presence.objects.create(person=world.otto, state="wrap_up", since=at, wrap_up_until=at)
    InHand.objects.create(person=world.otto, enquiry=UUID(int=7), kind="call", stage=InHandStage.AFTER)
    desks = {each.desk.person: each.desk for each in plans.desks(at)}
    assert (desks[world.anna.pk].doing, desks[world.anna.pk].reason) == (Doing.PAUSED, "frokost")
    assert desks[world.bo.pk].doing is Doing.READY
    assert desks[world.otto.pk].wrapping == str(UUID(int=7)), "as a release before this column kept it"
    assert desks[world.otto.pk].wrapping_since == at


def _doing(person: Person) -> tuple[str, str | None]:
    row = Presence.objects.select_related("reason").get(person=person)
    return row.state, row.reason.code if row.reason else None


def test_a_switchboard_that_starts_again_knows_whom_a_caller_spoke_with_last(world: World, tmp_path: Path) -> None:
    """Bo has been free for longer, but Anna spoke with the caller last."""
    Queue.objects.filter(code="tmf-byliv").update(last_agent_seconds=60)

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            house.simulator.hang_up(leg)
            await house.until(lambda: Enquiry.objects.filter(state=State.UNREGISTERED).exists())
            await house.give("pause", world.anna, reason="")
        async with running(tmp_path, simulator=house.simulator) as house:
            await house.comes_on(world.bo)
            await house.give("ready", world.anna)
            await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())

    told(story())
    offered = StoredEvent.objects.filter(kind=Kind.OFFERED).order_by("position").last()
    assert offered is not None
    assert offered.person == world.anna.pk
    assert "preferred" in dict(offered.data["reasons"])


def test_who_spoke_with_a_number_last_is_whoever_answered_last(world: World) -> None:
    """Callers are recognised by number; withheld numbers, unanswered calls and old calls do not count."""
    at = clock.now()

    def call(number: str, minutes: float, agent: Person | None) -> None:
        begun = at - timedelta(minutes=minutes)
        Enquiry.objects.create(
            channel="phone", state=State.REGISTERED if agent else State.ABANDONED, caller_number=number,
            arrived_at=begun, answered_at=begun if agent else None, agent=agent,
        )  # fmt: skip

    call("+4520000001", 30, world.bo)
    call("+4520000001", 60, world.anna)
    call("+4520000001", 5, None)
    call("+4520000002", 1500, world.anna)
    call("", 5, world.anna)
    assert DatabaseJournal().last_agents(at - timedelta(days=1)) == {
        "+4520000001": (at - timedelta(minutes=30), world.bo.pk)
    }


def test_a_database_that_loses_its_connections_loses_no_call_and_writes_nothing_twice(
    world: World, tmp_path: Path
) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            leg = await a_call(house, "2")
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            await house.db(_cut_all_connections)
            house.simulator.hang_up(leg)
            await house.until(_ended)

    told(story())
    connection.close()  # the connection of this thread is broken too
    kinds = list(StoredEvent.objects.order_by("position").values_list("kind", flat=True))
    assert kinds.count(Kind.ENDED) == 1
    assert kinds == [Kind.ARRIVED, Kind.MENU, Kind.QUEUED, Kind.OFFERED, Kind.ACCEPTED, Kind.ANSWERED, Kind.ENDED]


def test_an_edited_queue_takes_effect_for_those_who_wait(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.otto)
            await a_call(house, "1")
            await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).exists())
            assert house.rings(world.otto) is None
            await house.db(
                Queue.objects.filter(code="tmf-byggeri").update,
                steps=[{"after": 0, "skills": {}, "also_queues": ["bif-erhverv"]}],
            )
            await house.give("reload", world.finn)
            await house.picks_up(world.otto)
            await house.until(lambda: only_enquiry().agent_id == world.otto.pk)

    told(story())


def test_what_is_edited_at_one_time_is_reread_once(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reread, times = Switchboard.reread, []

    async def counted(switchboard: Switchboard) -> None:
        times.append(1)
        await reread(switchboard)

    async def story() -> None:
        async with running(tmp_path) as house:
            monkeypatch.setattr(Switchboard, "reread", counted)
            await house.db(_edit_four_things, world.finn)
            await house.until(lambda: not Command.objects.filter(outcome=Command.Outcome.WAITING).exists())

    told(story())
    assert set(Command.objects.values_list("kind", "outcome")) == {("reload", Command.Outcome.DONE)}
    assert len(times) == 1


@transaction.atomic
def _edit_four_things(by: Person) -> None:
    for _edit in range(4):
        commands.give("reload", by=by, at=clock.now())


def _ended() -> bool:
    connection.close_if_unusable_or_obsolete()
    try:
        return only_enquiry().state == State.UNREGISTERED
    except Exception:  # noqa: BLE001  # whatever a cut connection raises, we ask again
        connection.close()
        return False


def _cut_all_connections() -> None:
    """Break all connections, as a restart of the database does."""
    connection.close()
    with psycopg.connect(**parameters(), autocommit=True) as cutter:
        cutter.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_test_call_never_rings_an_emergency_number(world: World, tmp_path: Path) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            line = {"exchange": house.simulator.name, "trunk": "net", "by_name": "Finn"}
            for number in ("112", "114", "+45 112"):
                with pytest.raises(commands.Refused, match=r"barred_emergency|bad_number"):
                    await house.give("test_call", world.finn, number=number, **line)
            await house.until(lambda: Change.objects.filter(action="call.refused").count() >= 2)
            await house.give("test_call", world.finn, number="33663366", **line)

    told(story())
    refused = Change.objects.filter(action="call.refused")
    assert {(row.after["order"], row.after["code"]) for row in refused} == {("test_call", "barred_emergency")}
