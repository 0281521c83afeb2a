"""An exchange that is removed leaves no sign-in, no trunk and no alert behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from indgang.core import clock
from indgang.entry.models import Alert, ExchangeStatus, TrunkStatus
from indgang.entry.switchboard import process, trunk_watch
from indgang.telephony.contract import TrunkState
from indgang.telephony.simulator import Simulator
from tests.entry.running import running, told
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


class Syd(Simulator):
    """A second exchange, with a trunk that is down."""

    name = "syd"

    async def trunk_states(self) -> tuple[TrunkState, ...]:
        return (TrunkState("net", registered=False, reachable=False, calls=0, sip=401),)


def test_an_exchange_that_is_removed_on_purpose_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WATCH_TRUNKS_SECONDS", 0.1)

    async def story() -> None:
        async with running(tmp_path) as house:
            switchboard = house.switchboard
            await switchboard.add(Syd(now=clock.now))
            await house.until(lambda: TrunkStatus.objects.filter(exchange="syd").exists())
            await house.db(lambda: Alert.objects.create(at=clock.now(), code="trunk_net", text="net"))
            await switchboard.drop("syd")
            assert "syd" not in switchboard.telephones
            assert not await house.db(lambda: TrunkStatus.objects.exists())
            assert not await house.db(lambda: Alert.objects.filter(over_at=None).exists())
            # several times WATCH_TRUNKS_SECONDS
            await asyncio.sleep(0.5)
            assert not await house.db(lambda: TrunkStatus.objects.exists()), "nobody asks it any more"
            assert not await house.db(lambda: Alert.objects.filter(code__startswith="exchange_").exists())
            await switchboard.add(Syd(now=clock.now))
            await switchboard.drop("syd", on_purpose=False)
            await house.until(lambda: Alert.objects.filter(code="exchange_ended_syd", over_at=None).exists())

    told(story())


def test_an_exchange_that_was_taken_out_while_nothing_ran_is_forgotten(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(process, "REREAD_SECONDS", 0.1)
    before = clock.now() - timedelta(hours=1)
    ExchangeStatus.objects.create(name="syd", up=False, since=before, heartbeat=before)
    TrunkStatus.objects.create(exchange="syd", name="net", up=False, since=before, heartbeat=before)
    for code in ("exchange_syd", "trunk_net"):
        Alert.objects.create(at=before, code=code, text="syd")

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.until(lambda: not ExchangeStatus.objects.filter(name="syd").exists())
            assert await house.db(lambda: ExchangeStatus.objects.filter(name=house.simulator.name).exists())
            assert not await house.db(lambda: TrunkStatus.objects.exists())
            assert not await house.db(lambda: Alert.objects.filter(over_at=None).exists())

    told(story())


def test_the_alert_about_an_exchange_that_died_goes_on_until_it_is_back(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr(process, "REREAD_SECONDS", 0.1)
    monkeypatch.setattr(trunk_watch, "FORGOTTEN_AFTER", timedelta(0))
    long_ago = clock.now() - timedelta(hours=1)

    def is_open() -> bool:
        return Alert.objects.filter(code="exchange_ended_syd", over_at=None).exists()

    async def story() -> None:
        async with running(tmp_path) as house:
            await house.switchboard.add(Syd(now=clock.now))
            await house.switchboard.drop("syd", on_purpose=False)
            await house.until(is_open)
            of_another = {"up": False, "since": long_ago, "heartbeat": long_ago}
            await house.db(lambda: ExchangeStatus.objects.create(name="nord", **of_another))
            await house.until(lambda: not ExchangeStatus.objects.filter(name="nord").exists())
            assert await house.db(is_open)
            await house.switchboard.add(Syd(now=clock.now))
            await house.until(lambda: not is_open())

    told(story())
