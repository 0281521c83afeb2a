"""The product on a trunk to an operator, played by a second Asterisk: faults of the trunk lose no call or agent."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from indgang.entry.commands import Refused
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Alert, Presence, TrunkStatus
from indgang.telephony.asterisk import installation
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from tests.entry.asterisk_house import KEY, NUMBER, AsteriskHouse, agents, kinds_of, open_house, patient_menu
from tests.entry.running import told
from tests.telephony.operator_exchange import PASSWORD, Operator, running_operator, until
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

Scene = Callable[[AsteriskHouse, Operator], Awaitable[None]]


def play(folder: Path, scene: Scene) -> None:
    """Run the scene with the product on a trunk that registers with the operator."""
    settings = local_settings(folder / "ours", fallback_retry=1, fallback_wait_text="Vent.", sip_port=free_ports(1)[0])
    with running_operator(folder / "operator", installation.find(), settings.sip_port) as operator:
        trunk = operator.trunk(match=("127.0.0.1",), test_number="+4533663001")
        with Exchange(dataclasses.replace(settings, trunks=(trunk,))) as ours:
            until(operator.is_registered, "the sign-in")

            async def run() -> None:
                async with open_house(ours, folder) as house:
                    await scene(house, operator)

            told(run())


async def is_line(house: AsteriskHouse, **state: object) -> TrunkStatus:
    return await house.until(lambda: TrunkStatus.objects.filter(**state).first())


def test_a_caller_talks_with_an_agent_while_the_password_is_changed(world: World, tmp_path: Path) -> None:
    patient_menu()
    (anna,) = agents(1)

    async def scene(house: AsteriskHouse, operator: Operator) -> None:
        await is_line(house, up=True, registered=True, reachable=True)
        await house.comes_on(anna)
        await asyncio.to_thread(functools.partial(operator.call, NUMBER, keys=KEY))
        enquiry = await house.comes_to("+4522334455", answered_at__isnull=False)
        await asyncio.to_thread(operator.set_password, "another")
        await asyncio.to_thread(house.exchange.console, "pjsip send register operator")
        await is_line(house, up=False, registered=False, sip=401)
        await house.until(lambda: Alert.objects.filter(code="trunk_operator", over_at=None).exists())
        assert "SIP 401" in await house.db(lambda: Alert.objects.get(code="trunk_operator").text)
        assert operator.channels() >= 1, "who talks goes on talking"
        assert Kind.ENDED not in await house.db(lambda: kinds_of(enquiry))
        await asyncio.to_thread(operator.set_password, PASSWORD)
        await house.until(lambda: Alert.objects.filter(code="trunk_operator", over_at__isnull=False).exists())
        await is_line(house, up=True, registered=True)
        await asyncio.to_thread(operator.hang_up_all)
        await house.comes_to("+4522334455", ended_at__isnull=False)

    play(tmp_path, scene)


@pytest.mark.parametrize(("ends_with", "why"), [("02", "busy"), ("04", "unreachable"), ("07", "unreachable")])
def test_a_number_that_cannot_be_reached_leaves_the_agent_free(
    world: World, tmp_path: Path, ends_with: str, why: str
) -> None:
    (anna,) = agents(1)

    async def scene(house: AsteriskHouse, operator: Operator) -> None:
        await house.comes_on(anna)
        began = await house.give("dial", anna, number=f"+45336630{ends_with}")
        enquiry = await house.comes_to(f"+45336630{ends_with}", ended_at__isnull=False)
        assert str(enquiry.pk) == began["enquiry"]
        await house.until(lambda: Presence.objects.filter(person=anna, state="ready").exists())
        assert operator.variable("CALLER") == "+4533663366"

    play(tmp_path, scene)


def test_a_test_call_is_made_and_its_result_kept(world: World, tmp_path: Path) -> None:
    (anna,) = agents(1)

    async def scene(house: AsteriskHouse, operator: Operator) -> None:
        await is_line(house, up=True)
        await house.give("test_call", anna, exchange="asterisk", trunk="operator", number="+4533663001", by_name="A")
        await is_line(house, trial_outcome="rang", trial_by="A")
        await house.give("test_call", anna, exchange="asterisk", trunk="operator", number="+4533663004", by_name="A")
        await is_line(house, trial_outcome="unreachable", trial_sip=503)
        with pytest.raises(Refused, match="barred_premium"):
            await house.give(
                "test_call", anna, exchange="asterisk", trunk="operator", number="+4590112233", by_name="A"
            )

    play(tmp_path, scene)
