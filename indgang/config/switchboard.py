"""Puts the switchboard process together: its exchanges, its journal, and the simulated calls of the demo."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from indgang.config import exchange_file, telephone_nodes, wiring
from indgang.core import clock, compiled
from indgang.demo import living
from indgang.entry.board.robot_calls import ROBOT_LEG, RobotLimits
from indgang.entry.switchboard.leadership import Leadership
from indgang.entry.switchboard.process import Switchboard
from indgang.entry.switchboard.sounds import SoundShelf
from indgang.entry.team import alerts
from indgang.live import processes
from indgang.telemetry import metrics
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.asterisk.telephone_file import BadTelephoneFile
from indgang.telephony.contract import Ring, Telephone, TelephoneError
from indgang.telephony.simulator import Answers, Behaviour, Refuses, RepliesByKeys, Simulator, Waits

logger = logging.getLogger(__name__)

#: seconds between two looks for the file of a local exchange
LOOK_FOR_EXCHANGE_SECONDS = 2.0
#: code of the alert about an unusable telephone file
TELEPHONE_FILE_ALERT = "telephone_file"


#: simulated people whom a robot call reaches, by the last digit of their number: they reply to each prompt, the first
#: of which is the introduction; one is an answering machine, one hangs up in question 3, and two are not reached
_ASKED: tuple[Behaviour, ...] = (
    RepliesByKeys(keys=" 8978"), RepliesByKeys(keys=" 9999"), RepliesByKeys(keys=" 7868"), RepliesByKeys(keys=" 5946"),
    RepliesByKeys(keys=" 3824"), RepliesByKeys(keys=" 9 79"), RepliesByKeys(greets=9.0),
    RepliesByKeys(keys=" 89", impatient=True), Waits(), Refuses(),
)  # fmt: skip


def rung_outside(ring: Ring) -> Behaviour:
    """How the simulated people outside behave whom somebody rings, or a robot call."""
    if ring.leg.startswith(ROBOT_LEG):
        return _ASKED[int(ring.address[-1])] if ring.address[-1:].isdigit() else Waits()
    return Answers(3.0, keys="1")


def make_switchboard(telephones: list[Telephone], *, with_voice: bool) -> Switchboard:
    return Switchboard(
        telephones={telephone.name: telephone for telephone in telephones},
        journal=wiring.journal(),
        now=clock.now,
        sounds=SoundShelf(settings.VAR / "sounds", with_voice=with_voice),
        upkeep=wiring.keep_up,
        robot_limits=RobotLimits(settings.ROBOT_CALLS, settings.TELEPHONE_LINES),
    )


def configured_telephones() -> list[Telephone]:
    """The exchanges that the settings name."""
    made: list[Telephone] = []
    for name in settings.EXCHANGES:
        if name == "simulator":
            # whoever answers at an agent's own number accepts the call; the key means nothing to others
            made.append(Simulator(now=clock.now, outside=rung_outside))
        elif name == "asterisk":
            made += _nodes()
        elif name:
            raise ValueError(f"INDGANG_EXCHANGES names {name!r}; known are simulator and asterisk")
    return made


def _nodes() -> list[Asterisk]:
    """The nodes. With an unusable telephone file, the one of the environment: it leaves the trunks of Asterisk alone
    until the file can be read."""
    try:
        return [_node(each) for each in telephone_nodes.read()]
    except BadTelephoneFile as error:
        logger.error("the telephone file cannot be used: %s", error)
        return [Asterisk(telephone_nodes.of_environment(), now=clock.now)]


def _node(settings_of: ExchangeSettings) -> Asterisk:
    return Asterisk(settings_of, now=clock.now, keeps_trunks=bool(settings.TELEPHONE_FILE))


async def run_switchboard() -> None:
    """The switchboard process: wait for the lead, then run until cancelled or deposed."""
    life = processes.give_signs_of_life("switchboard", standing_by=True)
    leadership = Leadership()
    await leadership.take()
    life.standing_by = False
    logger.info("the routing engines run %s", "compiled" if compiled.are_compiled() else "as Python")
    telephones = configured_telephones()
    switchboard = make_switchboard(telephones, with_voice=True)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(leadership.keep())
            tasks.create_task(metrics.measure_loop("switchboard"))
            tasks.create_task(switchboard.run())
            tasks.create_task(_follow_local_exchange(switchboard))
            if settings.TELEPHONE_FILE:
                tasks.create_task(_follow_telephone_file(switchboard))
            simulators = [telephone for telephone in telephones if isinstance(telephone, Simulator)]
            if settings.DEMO and simulators:
                tasks.create_task(_live(switchboard, simulators[0]))
    finally:
        await switchboard.close()


async def _live(switchboard: Switchboard, simulator: Simulator) -> None:
    """Run the demo's callers and colleagues, once the board exists."""
    await switchboard.is_up.wait()
    await living.run(simulator)


async def _follow_local_exchange(switchboard: Switchboard) -> None:
    """Connect the Asterisk that `indgang exchange` runs on this machine, whenever it runs."""
    await switchboard.is_up.wait()
    connected: ExchangeSettings | None = None
    while True:
        found = exchange_file.read(settings.EXCHANGE_FILE)
        if found != connected:
            if connected is not None:
                # it may have been stopped or have died
                await switchboard.drop(connected.name, on_purpose=False)
            if found is not None:
                logger.info("a local exchange runs at port %s", found.sip_port)
                await switchboard.add(Asterisk(found, now=clock.now))
            connected = found
        await asyncio.sleep(LOOK_FOR_EXCHANGE_SECONDS)


async def _follow_telephone_file(switchboard: Switchboard) -> None:
    """Apply changes of the telephone file and of the files it names, and try again while that fails.

    An unusable file changes nothing, and an alert gives the reason.
    """
    await switchboard.is_up.wait()
    if "asterisk" not in settings.EXCHANGES:
        return
    known: dict[str, ExchangeSettings] = {
        name: telephone.settings
        for name, telephone in switchboard.telephones.items()
        if isinstance(telephone, Asterisk)
    }
    alerted: str | None = None
    while True:
        problem = await _take_telephone_file(switchboard, known)
        if problem != alerted and await _alert_about_telephone_file(problem):
            alerted = problem
        await asyncio.sleep(LOOK_FOR_EXCHANGE_SECONDS)


async def _take_telephone_file(switchboard: Switchboard, known: dict[str, ExchangeSettings]) -> str:
    """Take up what differs from the known nodes. Returns why something could not be taken up; "" for success."""
    try:
        found = await asyncio.to_thread(telephone_nodes.read)
    except (BadTelephoneFile, OSError) as error:
        return str(error)
    return await _take_nodes(switchboard, known, {each.name: each for each in found})


async def _take_nodes(
    switchboard: Switchboard, known: dict[str, ExchangeSettings], found: dict[str, ExchangeSettings]
) -> str:
    """Change from the known nodes to those found, and bring `known` up to date. Returns why nodes could not change.

    A node whose trunks alone differ keeps its calls.
    """
    for name in known.keys() - found.keys():
        await switchboard.drop(name)
        del known[name]
    problems = []
    for name, node in found.items():
        try:
            await _take_node(switchboard, known.get(name), node)
        except (TelephoneError, OSError) as error:
            problems.append(str(error))
        else:
            known[name] = node
    return "; ".join(problems)


async def _take_node(switchboard: Switchboard, known: ExchangeSettings | None, node: ExchangeSettings) -> None:
    telephone = switchboard.telephones.get(node.name)
    if known is None:
        await switchboard.add(_node(node))
    elif isinstance(telephone, Asterisk) and (node != known or not telephone.keeps_trunks):
        await telephone.take(node)


async def _alert_about_telephone_file(problem: str) -> bool:
    """Begin the alert, or end it when there is no problem. Returns whether the database took it."""
    try:
        if problem:
            logger.error("the telephone file was not taken up: %s", problem)
            await asyncio.to_thread(_in_database, alerts.begin, TELEPHONE_FILE_ALERT, problem)
        else:
            await asyncio.to_thread(_in_database, alerts.end, TELEPHONE_FILE_ALERT)
    except (OperationalError, InterfaceError) as error:
        logger.warning("the alert about the telephone file waits for the database: %s", error)
        return False
    return True


def _in_database(work: Callable[..., None], *arguments: str) -> None:
    """Run `work` in a thread of its own, which closes its database connection."""
    try:
        work(*arguments, at=clock.now())
    finally:
        connection.close()
