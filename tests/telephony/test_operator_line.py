"""Calls over a real SIP line: a second Asterisk is the operator."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from indgang.telephony.asterisk.installation import Installation
from indgang.telephony.asterisk.process import Exchange, free_ports, local_settings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.asterisk.trunk_states import contacts
from indgang.telephony.contract import (
    Answer,
    Answered,
    Arrived,
    Failed,
    Failure,
    Gone,
    Hangup,
    Keyed,
    Ring,
    SendKeys,
    TrunkState,
)
from tests.telephony.contract_suite import Stage
from tests.telephony.operator_exchange import Operator, running_operator, until
from tests.telephony.test_trunks import play

pytestmark = pytest.mark.exchange


@pytest.fixture(scope="module")
def line(
    asterisk_programs: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Exchange, Operator]]:
    """The product's Asterisk, with a trunk that signs in at the operator's."""
    settings = local_settings(tmp_path_factory.mktemp("ours"), fallback_wait_text="Vent.", sip_port=free_ports(1)[0])
    with running_operator(tmp_path_factory.mktemp("operator"), asterisk_programs, settings.sip_port) as operator:
        trunks = (operator.trunk("dead", host="127.0.0.1:9", register=False, match=(), priority=1), operator.trunk())
        with Exchange(dataclasses.replace(settings, trunks=trunks), asterisk_programs) as ours:
            until(operator.is_registered, "the sign-in at the operator")
            # a trunk of which nothing is known is tried for as long as a telephone rings
            until(lambda: contacts(ours.console("pjsip show contacts")).get("dead") is False, "news of the dead line")
            yield ours, operator


def test_a_call_goes_out_over_the_trunk(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        await stage.perform(Ring("out-1", "tel:+4533663001", "+4599999999", "", 30, "c1"))
        await stage.expect(Answered, leg="out-1")
        assert operator.variable("DIALLED") == "+4533663001"
        assert operator.variable("CALLER") == "+4533663366"
        await stage.perform(Hangup("out-1"))
        await stage.expect(Gone, leg="out-1")

    play(ours, scene)


def test_a_trunk_without_any_answer_costs_seconds_and_not_a_whole_ringing(line: tuple[Exchange, Operator]) -> None:
    """Nothing is known of it: the operator is sent no OPTIONS."""
    ours, operator = line

    async def scene(stage: Stage) -> None:
        telephone = stage.rig.telephone
        assert isinstance(telephone, Asterisk)
        before = telephone.settings
        unasked = operator.trunk("unasked", host="127.0.0.1:9", register=False, match=(), priority=0, options_every=0)
        await telephone.take(dataclasses.replace(before, trunks=(unasked, *before.trunks)))
        await asyncio.to_thread(until, lambda: "unasked" in ours.console("pjsip show endpoints"), "the new trunk")
        # with the usual timers of SIP the call would end here, after its 20 s, and never reach the other trunk
        await stage.perform(Ring("out-9", "tel:+4533663001", "", "", 20, "c9"))
        await stage.expect(Answered, leg="out-9")
        assert {state.name: state.sip for state in await telephone.trunk_states()}["unasked"] == 408
        await stage.perform(Hangup("out-9"))
        await stage.expect(Gone, leg="out-9")
        await telephone.take(before)

    play(ours, scene)


def test_a_call_comes_in_over_the_trunk(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        await asyncio.to_thread(operator.call, "+4570121212")
        arrived = await stage.expect(Arrived)
        assert (arrived.dialled, arrived.caller_number) == ("+4570121212", "+4522334455")
        await stage.perform(Answer(arrived.leg))
        await asyncio.to_thread(until, lambda: operator.channels() >= 1)
        await asyncio.to_thread(operator.hang_up_all)
        await stage.expect(Gone, leg=arrived.leg)

    play(ours, scene)


def test_a_trunk_that_is_added_is_taken_up_while_a_call_goes_on(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line
    settings = ours.settings

    async def scene(stage: Stage) -> None:
        telephone = stage.rig.telephone
        assert isinstance(telephone, Asterisk)
        await stage.perform(Ring("out-2", "tel:+4533663001", "", "", 30, "c2"))
        await stage.expect(Answered, leg="out-2")
        second = operator.trunk("second", register=False, username="", password="", match=())
        await telephone.take(dataclasses.replace(telephone.settings, trunks=(*settings.trunks, second)))
        await asyncio.to_thread(until, lambda: "second" in ours.console("pjsip show endpoints"), "the new trunk")
        assert operator.channels() == 1, "the call is still up"
        await telephone.take(dataclasses.replace(telephone.settings, trunks=settings.trunks))
        await asyncio.to_thread(until, lambda: "second" not in ours.console("pjsip show endpoints"), "its end")
        assert not stage.heard.of(Gone, leg="out-2")
        await stage.perform(Hangup("out-2"))
        await stage.expect(Gone, leg="out-2")

    play(ours, scene)


def test_the_state_of_each_trunk_is_told(line: tuple[Exchange, Operator]) -> None:
    ours, _ = line

    async def scene(stage: Stage) -> None:
        telephone = stage.rig.telephone

        async def states() -> dict[str, TrunkState]:
            return {state.name: state for state in await telephone.trunk_states()}

        while (await states())["dead"].reachable is not False:
            await asyncio.sleep(0.2)
        told = await states()
        assert (told["operator"].registered, told["operator"].reachable) == (True, True)
        assert told["operator"].is_up
        assert not told["dead"].is_up
        assert told["dead"].registered is None, "it does not sign in"
        await stage.perform(Ring("out-3", "tel:+4533663001", "", "", 30, "c3"))
        await stage.expect(Answered, leg="out-3")
        told = await states()
        assert (told["operator"].calls, told["dead"].calls) == (1, 0)
        assert told["operator"].sip is None
        assert told["dead"].failed_at is not None
        await stage.perform(Hangup("out-3"))
        await stage.expect(Gone, leg="out-3")

    play(ours, scene)


@pytest.mark.parametrize(
    ("number", "outcome", "sip"),
    [
        ("+4533663001", "rang", None),
        ("+4533663002", "busy", 486),
        ("+4533663004", "unreachable", 503),
        ("+4533663006", "unreachable", 403),
        ("+4533663007", "unreachable", 404),
    ],
)
def test_a_test_call_tells_what_became_of_it(
    line: tuple[Exchange, Operator], number: str, outcome: str, sip: int | None
) -> None:
    ours, _ = line

    async def scene(stage: Stage) -> None:
        result = await stage.rig.telephone.test_call("operator", number)
        assert (result.outcome, result.sip) == (outcome, sip)

    play(ours, scene)


# --- faults of the operator and other events of a line --------------------------------------------------


def test_busy_long_ringing_and_congestion_are_told_apart(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        for leg, ends_with, timeout, why in (
            ("f-1", "02", 30, Failure.BUSY),
            ("f-2", "03", 2, Failure.NO_ANSWER),
            ("f-3", "04", 30, Failure.UNREACHABLE),
            ("f-4", "07", 30, Failure.UNREACHABLE),
        ):
            await stage.perform(Ring(leg, f"tel:+45336630{ends_with}", "", "", timeout, "c"))
            assert (await stage.expect(Failed, leg=leg)).why is why, ends_with
        await asyncio.to_thread(until, lambda: operator.channels() == 0, "nothing is left ringing")

    play(ours, scene)


def test_early_media_is_no_answer(line: tuple[Exchange, Operator]) -> None:
    ours, _ = line

    async def scene(stage: Stage) -> None:
        began = asyncio.get_running_loop().time()
        await stage.perform(Ring("e-1", "tel:+4533663005", "", "", 30, "c"))
        await stage.expect(Answered, leg="e-1")
        assert asyncio.get_running_loop().time() - began > 0.9, "the announcement before the answer lasts a second"
        await stage.perform(Hangup("e-1"))
        await stage.expect(Gone, leg="e-1")

    play(ours, scene)


def test_a_withheld_number_does_not_reach_the_product(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        await asyncio.to_thread(functools.partial(operator.call, "+4570121212", caller="hidden"))
        arrived = await stage.expect(Arrived)
        assert (arrived.caller_number, arrived.caller_name) == ("", "")
        await stage.perform(Hangup(arrived.leg))
        await stage.expect(Gone, leg=arrived.leg)

    play(ours, scene)


def test_keys_go_through_the_line_in_both_directions(line: tuple[Exchange, Operator]) -> None:
    ours, operator = line

    async def scene(stage: Stage) -> None:
        await asyncio.to_thread(functools.partial(operator.call, "+4570121212", keys="42#"))
        arrived = await stage.expect(Arrived)
        await stage.perform(Answer(arrived.leg))
        await stage.expect(Keyed, leg=arrived.leg, key="#")
        assert "".join(each.key for each in stage.heard.of(Keyed, leg=arrived.leg)) == "42#"
        await stage.perform(Ring("k-1", "tel:+4533663009", "", "", 30, "c"))
        await stage.expect(Answered, leg="k-1")
        await stage.perform(SendKeys("k-1", "86"))
        await asyncio.to_thread(until, lambda: operator.variable("KEYS").endswith("86"), "the keys at the far end")
        for leg in (arrived.leg, "k-1"):
            await stage.perform(Hangup(leg))
            await stage.expect(Gone, leg=leg)

    play(ours, scene)


def test_the_sign_in_is_lost_with_the_operator_and_comes_back(asterisk_programs: Installation, tmp_path: Path) -> None:
    port, operators = free_ports(2)
    settings = local_settings(tmp_path / "ours", fallback_wait_text="Vent.", sip_port=port)
    with running_operator(tmp_path / "operator", asterisk_programs, port, port=operators) as operator:
        ours = Exchange(dataclasses.replace(settings, trunks=(operator.trunk(),)), asterisk_programs)
        with ours:
            until(operator.is_registered)

            async def scene(stage: Stage) -> None:
                async def comes(**wanted: object) -> TrunkState:
                    while True:
                        (state,) = await stage.rig.telephone.trunk_states()
                        if all(getattr(state, name) == value for name, value in wanted.items()):
                            return state
                        await asyncio.sleep(0.2)

                await comes(registered=True, reachable=True)
                await asyncio.to_thread(operator.exchange.kill)
                await comes(reachable=False)
                assert not (await comes(reachable=False)).is_up
                await stage.perform(Ring("l-1", "tel:+4533663001", "", "", 30, "c"))
                assert (await stage.expect(Failed, leg="l-1")).why is Failure.UNREACHABLE
                await asyncio.to_thread(operator.exchange.start)
                await comes(reachable=True)
                await asyncio.to_thread(ours.console, "pjsip send register operator")
                await comes(registered=True)
                await stage.perform(Ring("l-2", "tel:+4533663001", "", "", 30, "c"))
                await stage.expect(Answered, leg="l-2")

            play(ours, scene)
