"""How the switchboard process is put together: its exchanges, its journal, and the living demo."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from django.conf import settings

from indgang.config import exchange_file, wiring
from indgang.core import clock
from indgang.demo import living
from indgang.entry.switchboard.leadership import Leadership
from indgang.entry.switchboard.process import Switchboard
from indgang.entry.switchboard.sounds import SoundShelf
from indgang.live import processes
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.contract import Telephone
from indgang.telephony.simulator import Simulator

logger = logging.getLogger(__name__)

#: how often the note of a local exchange is looked for
LOOK_FOR_EXCHANGE_SECONDS = 2.0


def make_switchboard(telephones: list[Telephone], *, with_voice: bool) -> Switchboard:
    return Switchboard(
        telephones={telephone.name: telephone for telephone in telephones},
        journal=wiring.journal(),
        now=clock.now,
        sounds=SoundShelf(settings.VAR / "sounds", with_voice=with_voice),
        upkeep=wiring.keep_up,
    )


def configured_telephones() -> list[Telephone]:
    """The exchanges that the settings name."""
    made: list[Telephone] = []
    for name in settings.EXCHANGES:
        if name == "simulator":
            made.append(Simulator(now=clock.now))
        elif name == "asterisk":
            made.append(Asterisk(asterisk_settings(), now=clock.now))
        elif name:
            raise ValueError(f"INDGANG_EXCHANGES names {name!r}; known are simulator and asterisk")
    return made


def asterisk_settings() -> ExchangeSettings:
    """The Asterisk that the environment describes; the rest of its settings has defaults."""
    return ExchangeSettings(
        directory=Path(settings.EXCHANGE_FOLDER),
        ari_user=settings.ARI_USER,
        ari_password=settings.ARI_PASSWORD,
        http_address=settings.ARI_ADDRESS,
        http_port=settings.ARI_PORT,
        websocket_url=settings.SIP_WEBSOCKET_URL,
    )


async def run_switchboard() -> None:
    """The switchboard process: wait for the lead, then run until cancelled or deposed."""
    life = processes.give_signs_of_life("switchboard", standing_by=True)
    leadership = Leadership()
    await leadership.take()
    life.standing_by = False
    telephones = configured_telephones()
    switchboard = make_switchboard(telephones, with_voice=True)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(leadership.keep())
            tasks.create_task(switchboard.run())
            tasks.create_task(_follow_local_exchange(switchboard))
            simulators = [telephone for telephone in telephones if isinstance(telephone, Simulator)]
            if settings.DEMO and simulators:
                tasks.create_task(_live(switchboard, simulators[0]))
    finally:
        await switchboard.close()


async def _live(switchboard: Switchboard, simulator: Simulator) -> None:
    """The demo's callers and colleagues, once the board is there."""
    await switchboard.is_up.wait()
    await living.run(simulator)


async def _follow_local_exchange(switchboard: Switchboard) -> None:
    """Connect the Asterisk that `indgang exchange` runs on this machine, whenever it is there."""
    await switchboard.is_up.wait()
    connected: ExchangeSettings | None = None
    while True:
        found = exchange_file.read(settings.EXCHANGE_FILE)
        if found != connected:
            if connected is not None:
                await switchboard.drop(Asterisk.name)
            if found is not None:
                logger.info("a local exchange runs at port %s", found.sip_port)
                await switchboard.add(Asterisk(found, now=clock.now))
            connected = found
        await asyncio.sleep(LOOK_FOR_EXCHANGE_SECONDS)
