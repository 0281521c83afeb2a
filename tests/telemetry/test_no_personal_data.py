"""Calls and sign-ins are driven through the product, and no log names anybody."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from indgang.enquiries.models import Enquiry, State
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent
from indgang.telemetry import logs
from tests.entry.running import Running, running, told
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)

_CALLER = "+4520304050"


@pytest.fixture
def everything() -> Iterator[io.StringIO]:
    """All that any logger writes through the product's handler, from the smallest level."""
    written, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.config.dictConfig(logs.configuration("text", "DEBUG"))
    for handler in root.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(written)
    for name in ("axes", "procrastinate", "django.db.backends"):
        logging.getLogger(name).setLevel(logging.DEBUG if name != "django.db.backends" else logging.INFO)
    yield written
    root.handlers[:], root.level = before, level


def test_calls_and_sign_ins_leave_no_name_number_or_cpr_in_any_log(
    world: World, tmp_path: Path, everything: io.StringIO
) -> None:
    async def story() -> None:
        async with running(tmp_path) as house:
            await house.comes_on(world.anna)
            await _call(house)
            await house.picks_up(world.anna)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING).exists())
            await house.db(_sign_in_and_out)
            await house.db(_register)
            # an order that fails, and one that the simulated exchange cannot carry out
            await house.db(_bad_requests)

    told(story())
    said = everything.getvalue()
    assert "restored" in said, "else nothing was written where this looks"
    numbers = ("20304050", "20 30 40 50", "010203-1234", "0102031234")
    for personal in (*numbers, "Agerbæk", "Agerb", "Anna", "anna", "Bakkedal", PASSWORD):
        assert personal not in said, [line for line in said.splitlines() if personal in line][:3]


async def _call(house: Running) -> None:
    leg = house.simulator.call(dialled="+4533661000", caller_number=_CALLER)
    await house.until(lambda: StoredEvent.objects.filter(kind=Kind.ARRIVED, data__leg=leg).first())
    house.simulator.press(leg, "2")


def _sign_in_and_out() -> None:
    client = Client()
    for username, password in (("anna", "forkert"), ("Anna Agerbæk", PASSWORD), ("20304050", "x"), ("anna", PASSWORD)):
        client.post("/sign-in/", {"username": username, "password": password})
    for _ in range(10):  # until it is locked
        Client().post("/sign-in/", {"username": "bo", "password": "010203-1234"})
    assert client.get("/desk/").status_code == 200
    client.post("/sign-out/")


def _register() -> None:
    client = Client()
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    client.get("/desk/caller/?number=%2B4520304050&name=Anna+Agerb%C3%A6k")
    client.post("/desk/registration/", {"note": "Anna Agerbæk, cpr 010203-1234, tlf. 20304050"})


def _bad_requests() -> None:
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    client.get("/desk/Anna-Agerb%C3%A6k/20304050/")
    client.get("/nothing-here/0102031234/")
    client.get("/desk/", headers={"Host": "anna-agerbaek.example"})
