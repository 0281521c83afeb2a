"""The connection to Asterisk is read at intervals, and what comes meanwhile is neither lost nor mixed up."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from aiohttp import web

from indgang.telephony.asterisk.ari import READS_APART, Ari

MANY = 2_000


async def _heard(pause: float) -> tuple[list[int], list[float]]:
    """What the product hears of a server that sends `MANY` events, with a pause after each tenth, and then closes; and
    the times of the loop at which it read them."""
    heard: list[int] = []
    reads: list[float] = []
    in_one_read: set[bool] = set()
    loop = asyncio.get_running_loop()
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
        if not in_one_read:
            reads.append(loop.time())
            in_one_read.add(True)
            loop.call_soon(in_one_read.clear)

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
    return heard[:MANY], reads


def test_events_that_come_while_the_socket_rests_are_heard_in_their_sequence_also_before_it_closes() -> None:
    assert asyncio.run(_heard(0))[0] == list(range(MANY))
    assert asyncio.run(_heard(0.001))[0] == list(range(MANY))


def test_events_that_come_in_a_stream_are_read_together() -> None:
    _events, reads = asyncio.run(_heard(0.001))
    # a timer of the loop may be early by the resolution of its clock
    assert min(later - before for before, later in pairwise(reads)) > 0.9 * READS_APART
