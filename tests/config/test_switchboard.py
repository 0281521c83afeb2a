"""The switchboard process follows the telephone file: what it takes up, tries again, and leaves alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import OperationalError

from indgang.config import switchboard
from indgang.entry.switchboard.process import Switchboard
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.contract import Ring, Telephone, TelephoneError
from indgang.telephony.simulator import Answers, Refuses, RepliesByKeys, Waits

GOOD = "trunks:\n  - {name: net, server: sip.example, addresses: sip.example, username: u, password_file: secret}\n"
TWO = (
    "nodes:\n  - name: nord\n  - name: syd\ntrunks:\n"
    "  - {name: a, node: nord, server: a.example}\n  - {name: b, node: syd, server: b.example}\n"
)
PATIENCE = 20.0


@pytest.fixture
def file(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "telephone.yaml"
    (tmp_path / "secret").write_text("first")
    settings.EXCHANGES, settings.TELEPHONE_FILE = ["asterisk"], str(file)
    settings.EXCHANGE_FOLDER, settings.ARI_PASSWORD = tmp_path / "asterisk", "p"
    monkeypatch.setattr(switchboard, "LOOK_FOR_EXCHANGE_SECONDS", 0.01)
    return file


class Following:
    """The process with nodes that note which settings they take, and the alerts that it begins and ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.telephones: dict[str, Telephone] = {each.name: each for each in switchboard.configured_telephones()}
        self.taken: list[ExchangeSettings] = []
        self.alerts: list[tuple[str, ...]] = []
        self.refuses: set[str] = set()
        self.is_database_away = False
        self.is_up = asyncio.Event()
        monkeypatch.setattr(Asterisk, "take", lambda telephone, node: self._take(telephone, node))
        monkeypatch.setattr(switchboard, "_in_database", self._in_database)

    async def add(self, telephone: Asterisk) -> None:
        self.telephones[telephone.name] = telephone

    async def drop(self, name: str) -> None:
        del self.telephones[name]

    async def _take(self, telephone: Asterisk, node: ExchangeSettings) -> None:
        if node.name in self.refuses:
            raise TelephoneError(f"{node.name} cannot")
        telephone.keeps_trunks = True
        self.taken.append(node)

    def _in_database(self, work: Callable[..., None], *arguments: str) -> None:
        if self.is_database_away:
            raise OperationalError("away")
        self.alerts.append((work.__name__, *arguments[1:]))

    async def follow(self, *scene: Callable[[], object]) -> None:
        """Follow the file until each question of the scene has been answered with something true, one after another."""
        self.is_up.set()
        following = asyncio.create_task(switchboard._follow_telephone_file(cast(Switchboard, self)))
        try:
            async with asyncio.timeout(PATIENCE):
                for question in scene:
                    while not question():
                        assert not following.done(), following.exception()
                        await asyncio.sleep(0.01)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


def test_an_unusable_file_at_the_start_leaves_the_trunks_of_asterisk_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("trunks: net\n")
    process = Following(monkeypatch)
    (node,) = process.telephones.values()
    assert isinstance(node, Asterisk)
    assert not node.keeps_trunks

    def mended() -> int:
        return file.write_text("trunks: []\n")  # the same nodes as without a file

    asyncio.run(process.follow(lambda: process.alerts, mended, lambda: process.taken))
    assert node.keeps_trunks
    file.write_text(GOOD)
    (node,) = switchboard.configured_telephones()
    assert isinstance(node, Asterisk)
    assert node.keeps_trunks


def test_a_new_password_in_a_file_that_is_named_is_taken_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(GOOD)
    process = Following(monkeypatch)

    def renewed() -> int:
        return (file.parent / "secret").write_text("second")

    asyncio.run(process.follow(lambda: process.alerts, renewed, lambda: process.taken))
    assert process.taken[0].trunks[0].password == "second"


def test_a_node_that_could_not_change_is_tried_again_and_the_others_change_at_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(TWO)
    process = Following(monkeypatch)
    process.refuses = {"nord"}

    def changed() -> int:
        return file.write_text(TWO.replace("example", "net"))

    def may_change() -> bool:
        process.refuses.clear()
        return True

    asyncio.run(
        process.follow(
            lambda: process.alerts,
            changed,
            lambda: ("begin", "nord cannot") in process.alerts,
            lambda: [node.name for node in process.taken] == ["syd"],
            may_change,
            lambda: process.alerts[-1] == ("end",),
        )
    )
    assert [(node.name, node.trunks[0].host) for node in process.taken] == [("syd", "b.net"), ("nord", "a.net")]


def test_the_process_goes_on_while_the_database_is_away_and_alerts_when_it_is_back(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(GOOD)
    process = Following(monkeypatch)
    process.is_database_away = True
    tries = SimpleNamespace(left=3)

    def is_back() -> bool:
        tries.left -= 1
        process.is_database_away = tries.left > 0
        return not process.is_database_away

    file.write_text("trunks: net\n")
    asyncio.run(process.follow(is_back, lambda: process.alerts))
    assert process.alerts[0][0] == "begin"
    assert "write a list" in process.alerts[0][1]


def test_simulated_people_meet_robot_calls_in_several_ways() -> None:
    calls = [Ring("robot-1", f"tel:+452020200{digit}", "", "", 25, "call") for digit in range(10)]
    assert {type(switchboard.rung_outside(ring)) for ring in calls} == {RepliesByKeys, Waits, Refuses}
    assert isinstance(switchboard.rung_outside(Ring("leg-1", "tel:+4520202001", "", "", 25, "call")), Answers)
