"""The connection to Asterisk is read at intervals, and what comes meanwhile is neither lost nor mixed up."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from indgang.telephony.asterisk.ari import Ari

MANY = 2_000


async def _heard(pause: float) -> list[int]:
    """What the product hears of a server that sends `MANY` events, with a pause after each tenth, and then closes."""
    heard: list[int] = []
    lost = asyncio.Event()

    async def info(_request: web.Request) -> web.Response:
        return web.json_response({"system": {"version": "22.10.1"}})

    async def events(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for number in range(MANY):
            await socket.send_json({"type": "ChannelDtmfReceived", "number": number})
            if number % 10 == 0:
                await asyncio.sleep(pause)
        await socket.close()
        return socket

    def hear(event: dict[str, Any]) -> None:
        heard.append(event["number"])

    async def opened() -> None:
        pass

    application = web.Application()
    application.add_routes([web.get("/ari/asterisk/info", info), web.get("/ari/events", events)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    ari = Ari(
        url=f"http://127.0.0.1:{port}/ari", user="u", password="p", app="a", on_event=hear, on_open=opened,
        on_lost=lambda _reason: lost.set(),
    )  # fmt: skip
    running = asyncio.create_task(ari.run())
    await asyncio.wait_for(lost.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await runner.cleanup()
    return heard[:MANY]


def test_events_that_come_while_the_socket_rests_are_heard_in_their_sequence_also_before_it_closes() -> None:
    assert asyncio.run(_heard(0)) == list(range(MANY))
    assert asyncio.run(_heard(0.001)) == list(range(MANY))
