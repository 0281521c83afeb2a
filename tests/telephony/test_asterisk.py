"""A real Asterisk fulfils the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from indgang.telephony.asterisk.process import Exchange
from tests.telephony.contract_suite import ContractSuite, Stage
from tests.telephony.exchange_rig import ExchangeRig, open_rig
from tests.telephony.sip_phone import WebsocketPhone
from tests.telephony.talk_suite import TalkSuite

pytestmark = pytest.mark.exchange


class TestAsterisk(TalkSuite, ContractSuite):
    @pytest.fixture(autouse=True)
    def _exchange(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @asynccontextmanager
    async def open_rig(self) -> AsyncIterator[ExchangeRig]:
        async with AsyncExitStack() as self.until_the_end, open_rig(self.exchange) as rig:
            yield rig

    async def register(self, stage: Stage, phone: str, password: str) -> None:
        opened = WebsocketPhone(self.exchange.settings.browser_websocket, phone, password)
        assert await (await self.until_the_end.enter_async_context(opened)).register() == 200
