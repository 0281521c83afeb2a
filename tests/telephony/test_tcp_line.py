"""A line over TCP: the sign-in, calls in both directions, and a connection that breaks with the operator."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Iterator

import pytest

from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.trunks import Transport
from indgang.telephony.contract import Answer, Answered, Arrived, Failed, Failure, Gone, Hangup, Ring, TrunkState
from tests.telephony.contract_suite import Stage
from tests.telephony.operator_exchange import PASSWORD, Operator, running_operator, until
from tests.telephony.test_trunks import play

pytestmark = pytest.mark.exchange


@pytest.fixture(scope="module")
def line(
    asterisk_programs: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Exchange, Operator]]:
    """A trunk to a port at which the operator listens for TCP alone."""
    ours, udp, tcp = free_ports(3)
    settings = local_settings(tmp_path_factory.mktemp("ours"), fallback_wait_text="Vent.", sip_port=ours)
    folder = tmp_path_factory.mktemp("operator")
    with running_operator(folder, asterisk_programs, ours, port=udp, tcp_port=tcp) as operator:
        trunk = operator.trunk(host=f"127.0.0.1:{tcp}", transport=Transport.TCP)
        with Exchange(dataclasses.replace(settings, trunks=(trunk,)), asterisk_programs) as exchange:
            until(operator.is_registered, "the sign-in over TCP")
            yield exchange, operator


async def a_call_goes_out(stage: Stage, operator: Operator, leg: str) -> None:
    await stage.perform(Ring(leg, "tel:+4533663001", "", "", 30, "c"))
    await stage.expect(Answered, leg=leg)
    assert await asyncio.to_thread(operator.variable, "DIALLED") == "+4533663001"
    await stage.perform(Hangup(leg))
    await stage.expect(Gone, leg=leg)


async def state_comes(stage: Stage, **wanted: object) -> TrunkState:
    """The state of the line, once it has these values."""
    while True:
        (state,) = await stage.rig.telephone.trunk_states()
        if all(getattr(state, name) == value for name, value in wanted.items()):
            return state
        await asyncio.sleep(0.2)


def test_the_operator_knows_us_by_an_address_over_tcp(line: tuple[Exchange, Operator]) -> None:
    _, operator = line
    assert ";transport=tcp" in operator.contact().lower()


def test_calls_go_out_and_come_in_over_tcp(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        await a_call_goes_out(stage, operator, "t-1")
        await asyncio.to_thread(operator.call, "+4570121212")
        arrived = await stage.expect(Arrived)
        assert (arrived.dialled, arrived.caller_number) == ("+4570121212", "+4522334455")
        await stage.perform(Answer(arrived.leg))
        await asyncio.to_thread(until, lambda: operator.channels() >= 1)
        await asyncio.to_thread(operator.hang_up_all)
        await stage.expect(Gone, leg=arrived.leg)

    play(ours, scene)


def test_a_password_that_was_changed_is_told_with_its_status(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        await asyncio.to_thread(operator.set_password, "another")
        await asyncio.to_thread(ours.console, "pjsip send register operator")
        await state_comes(stage, registered=False, sip=401)
        await asyncio.to_thread(operator.set_password, PASSWORD)
        await asyncio.to_thread(ours.console, "pjsip send register operator")
        await state_comes(stage, registered=True)

    play(ours, scene)


def test_a_connection_that_breaks_with_the_operator_is_made_again(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        comes = functools.partial(state_comes, stage)
        await comes(registered=True, reachable=True)
        await asyncio.to_thread(operator.exchange.kill)
        assert not (await comes(reachable=False)).is_up
        await stage.perform(Ring("t-2", "tel:+4533663001", "", "", 30, "c"))
        assert (await stage.expect(Failed, leg="t-2")).why is Failure.UNREACHABLE
        await asyncio.to_thread(operator.exchange.start)
        await comes(reachable=True)
        await asyncio.to_thread(ours.console, "pjsip send register operator")
        await comes(registered=True)
        await asyncio.to_thread(until, operator.is_registered, "the sign-in after the restart")
        await a_call_goes_out(stage, operator, "t-3")

    play(ours, scene)
