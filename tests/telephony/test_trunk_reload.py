"""Trunks that were written are read by Asterisk sooner or later, and a test call ends also when Asterisk is lost."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from indgang.telephony.asterisk import provider
from indgang.telephony.asterisk.ari import AriLost, AriResponse, Request
from indgang.telephony.asterisk.configuration import TRUNK_MODULES, ExchangeSettings
from indgang.telephony.asterisk.provider import Asterisk
from indgang.telephony.asterisk.trunks import Trunk
from indgang.telephony.contract import TelephoneError

TRUNK = Trunk("net", host="sip.example")


class Answers:
    """An Asterisk at the other end that answers every request with `status`; None is no answer."""

    def __init__(self, telephone: Asterisk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.status: int | None = 204
        self.reloads: list[str] = []
        monkeypatch.setattr(telephone._ari, "send", self._send)
        monkeypatch.setattr(telephone._ari, "give", lambda request, answered: None)

    async def _send(self, request: Request) -> AriResponse:
        self.reloads.append(request.path)
        if self.status is None:
            raise AriLost("gone")
        return AriResponse(self.status)


@pytest.fixture
def telephone(tmp_path: Path) -> Asterisk:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "pjsip.conf").write_text("")
    return Asterisk(ExchangeSettings(directory=tmp_path, ari_password="p"), keeps_trunks=True)


def test_trunks_written_while_asterisk_is_away_are_read_when_it_is_back(
    telephone: Asterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asterisk = Answers(telephone, monkeypatch)
    wanted = dataclasses.replace(telephone.settings, trunks=(TRUNK,))
    asyncio.run(telephone.take(wanted))
    assert not asterisk.reloads
    telephone._up = True
    asyncio.run(telephone._give_trunks())
    assert len(asterisk.reloads) == len(TRUNK_MODULES)
    asyncio.run(telephone._give_trunks())
    assert len(asterisk.reloads) == len(TRUNK_MODULES), "it is up to date"


@pytest.mark.parametrize("status", [409, None])
def test_a_reload_that_failed_is_told_and_made_again(
    telephone: Asterisk, monkeypatch: pytest.MonkeyPatch, status: int | None
) -> None:
    asterisk = Answers(telephone, monkeypatch)
    asterisk.status, telephone._up = status, True
    wanted = dataclasses.replace(telephone.settings, trunks=(TRUNK,))
    with pytest.raises(TelephoneError, match="has not read its new trunks"):
        asyncio.run(telephone.take(wanted))
    asterisk.status = 204
    asterisk.reloads.clear()
    asyncio.run(telephone.take(wanted))
    assert len(asterisk.reloads) == len(TRUNK_MODULES)


def test_a_test_call_whose_outcome_never_comes_ends(telephone: Asterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    Answers(telephone, monkeypatch)
    monkeypatch.setattr(provider, "TRIAL_SECONDS", 0)
    monkeypatch.setattr(provider, "TRIAL_GRACE_SECONDS", 0)
    asyncio.run(telephone.take(dataclasses.replace(telephone.settings, trunks=(TRUNK,))))
    telephone._up = True

    async def call() -> None:
        async with asyncio.timeout(20):
            await telephone.test_call("net", "+4533663366")

    with pytest.raises(TelephoneError, match="what became of the test call"):
        asyncio.run(call())
    assert not telephone._trials
