"""Own numbers with the switchboard process: confirmed with a code, and calls accepted with a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from indgang.core import clock
from indgang.enquiries.models import Enquiry, State
from indgang.entry.commands import Refused
from indgang.entry.event_kinds import Kind
from indgang.entry.models import OwnNumber, Presence
from indgang.entry.team import own_numbers
from indgang.events.models import StoredEvent
from indgang.telephony.contract import Ring
from indgang.telephony.simulator import Answers, Behaviour, Simulator, Waits
from tests.entry.running import Running, running, told
from tests.entry.switchboard.test_process import a_call
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

MOBILE = "+4520203040"


def simulator(behaviour: Behaviour) -> tuple[Simulator, list[Ring]]:
    """An exchange whose numbers outside show this behaviour, and the list of its ring orders."""
    rung: list[Ring] = []

    def rings(ring: Ring) -> Behaviour:
        rung.append(ring)
        return behaviour

    return Simulator(now=clock.now, ring_delay=0.01, outside=rings), rung


async def ready_at_mobile(house: Running, world: World) -> None:
    await house.give("sign_in", world.anna, phone_kind="number", phone_address=MOBILE)
    await house.give("ready", world.anna)


def test_a_number_is_confirmed_and_takes_calls(world: World, tmp_path: Path) -> None:
    exchange, rung = simulator(Waits())

    async def story() -> None:
        async with running(tmp_path, simulator=exchange) as house:
            added = await house.db(
                lambda: own_numbers.add(world.anna, MOBILE, day=clock.today(), by=world.finn, at=clock.now())
            )
            with pytest.raises(Refused, match="number_not_confirmed"):
                await ready_at_mobile(house, world)
            await house.db(lambda: own_numbers.try_out(added, at=clock.now()))
            await house.until(lambda: bool(rung) and rung[0].leg in exchange.legs)
            exchange.pick_up(rung[0].leg)
            code = await house.db(lambda: OwnNumber.objects.get().code)
            await house.until(lambda: f"{rung[0].leg}" in exchange.legs and exchange.legs[rung[0].leg].heard)
            exchange.press(rung[0].leg, code)
            await house.until(lambda: OwnNumber.objects.filter(confirmed_at__isnull=False, code="").exists())
            await house.until(lambda: rung[0].leg not in exchange.legs)
            await house.until(lambda: MOBILE in house.switchboard.board.plan.people[world.anna.pk].own_numbers)  # type: ignore[union-attr]

            await ready_at_mobile(house, world)
            leg = await a_call(house, "2")
            await house.until(lambda: len(rung) == 2)
            mobile = rung[1].leg
            await house.until(lambda: exchange.pick_up(mobile))
            await house.until(lambda: exchange.legs[mobile].heard)
            assert exchange.legs[mobile].heard[0] == "eget-nummer-koe-tmf-byliv.da"
            assert exchange.legs[leg].bridge is None
            exchange.press(mobile, "1")
            await house.until(lambda: Enquiry.objects.get().state == State.TALKING)
            await house.until(lambda: mobile in exchange.hears(leg))
            exchange.hang_up(mobile)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")

    told(story())
    enquiry = Enquiry.objects.get()
    assert (enquiry.agent, enquiry.state) == (world.anna, State.UNREGISTERED)
    kinds = list(StoredEvent.objects.filter(stream=enquiry.pk).order_by("number").values_list("kind", flat=True))
    assert kinds[-2:] == [Kind.OUTSIDE_LEG, Kind.ENDED]


def test_who_closes_the_page_and_signs_out_ends_the_conversation_first(world: World, tmp_path: Path) -> None:
    exchange, rung = simulator(Answers(0.1, keys="1"))
    OwnNumber.objects.create(person=world.anna, number=MOBILE, confirmed_at=clock.now())

    async def story() -> None:
        async with running(tmp_path, simulator=exchange) as house:
            await ready_at_mobile(house, world)
            await a_call(house, "2")
            await house.until(lambda: Enquiry.objects.get().state == State.TALKING)
            await house.give("end_phone", world.anna)
            await house.give("sign_out", world.anna)
            assert await house.db(lambda: Presence.objects.get(person=world.anna).state) == "talking"
            exchange.hang_up(rung[0].leg)
            await house.until(lambda: Enquiry.objects.get().ended_at)

    told(story())


def test_talking_at_a_mobile_goes_on_over_a_restart(world: World, tmp_path: Path) -> None:
    exchange, rung = simulator(Answers(0.1, keys="1"))
    OwnNumber.objects.create(person=world.anna, number=MOBILE, confirmed_at=clock.now())

    async def story() -> None:
        async with running(tmp_path, simulator=exchange) as house:
            await ready_at_mobile(house, world)
            leg = await a_call(house, "2")
            await house.until(lambda: Enquiry.objects.get().state == State.TALKING)
            await house.until(lambda: rung[0].leg in exchange.hears(leg))
        async with running(tmp_path, simulator=exchange) as house:
            await house.until(lambda: house.switchboard.board is not None and bool(house.switchboard.board.calls))
            assert rung[0].leg in exchange.hears(leg)
            exchange.hang_up(rung[0].leg)
            await house.until(lambda: Enquiry.objects.get().ended_at)
            await house.until(lambda: Presence.objects.get(person=world.anna).state == "wrap_up")

    told(story())
