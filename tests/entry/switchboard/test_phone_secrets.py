"""The credentials of a browser phone: no table holds the password, and it becomes invalid with its session."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts import people
from indgang.accounts.models import Person, RoleAssignment
from indgang.core import clock
from indgang.entry import commands
from indgang.entry.models import Command, Presence
from indgang.entry.switchboard import phone_secrets
from tests.entry.asterisk_house import AsteriskHouse, open_house, running_exchange
from tests.entry.running import PATIENCE, told
from tests.telephony.sip_phone import WebsocketPhone
from tests.world import World

pytestmark = [pytest.mark.exchange, pytest.mark.django_db(transaction=True)]

SHUT_OUT = (401, 403, 404)


def signs_out(person: Person) -> None:
    commands.give_and_wait("sign_out", by=person, at=clock.now(), patience=PATIENCE)


def signs_out_everywhere(person: Person) -> None:
    """Press the button on the page "Mit login"."""
    browser = Client()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.post(reverse("sign-out-everywhere")).status_code == 302


def is_closed(person: Person) -> None:
    people.deactivate(person, by=Person.objects.get(username="finn"), at=clock.now())


def loses_the_role(person: Person) -> None:
    for role in RoleAssignment.objects.filter(person=person):
        people.end_role(role, on=clock.today(), by=Person.objects.get(username="finn"), at=clock.now())


ENDS: dict[str, Callable[[Person], None]] = {
    "anna": signs_out, "bo": signs_out_everywhere, "clara": is_closed, "david": loses_the_role,
}  # fmt: skip


async def comes_on(house: AsteriskHouse, person: Person) -> dict[str, Any]:
    """Sign in with a browser phone and return its credentials."""
    await house.give("sign_in", person, phone_kind="browser", phone_address="")
    return phone_secrets.with_password(await house.give("phone_credentials", person))


async def registers(house: AsteriskHouse, given: dict[str, Any]) -> int:
    websocket = house.exchange.settings.browser_websocket
    async with WebsocketPhone(websocket, given["phone"], given["password"]) as phone:
        return await phone.register()


def test_a_sign_in_ends_at_once_with_the_duty_the_session_the_account_and_the_role(
    world: World, tmp_path: Path
) -> None:
    async def story() -> None:
        async with open_house(exchange, tmp_path) as house:
            for name, end in ENDS.items():
                person = world.people[name]
                given = await comes_on(house, person)
                assert await registers(house, given) == 200, name
                rows = await house.db(lambda: json.dumps(list(Command.objects.values("payload", "detail"))))
                assert given["password"] not in rows, "what is in the table opens nothing"
                assert given["password"] not in house.switchboard.log.read_text()
                await house.db(lambda end=end, person=person: end(person))
                async with asyncio.timeout(PATIENCE):
                    while await registers(house, given) not in SHUT_OUT:
                        await asyncio.sleep(0.1)
                with pytest.raises(commands.Refused) as refused:
                    await house.give("phone_credentials", person)
                assert refused.value.code in ("not_signed_in", "no_role"), name
            assert not await house.db(Presence.objects.exclude(state="signed_out").exists)

    with running_exchange(tmp_path / "exchange") as exchange:
        told(story())


def test_a_mark_opens_one_phone_and_no_other() -> None:
    mark = phone_secrets.new_mark()
    assert phone_secrets.password("p1", mark) == phone_secrets.password("p1", mark)
    others = {phone_secrets.password("p2", mark), phone_secrets.password("p1", phone_secrets.new_mark())}
    assert phone_secrets.password("p1", mark) not in others
    assert phone_secrets.with_password({"phone": "p1", "websocket": ""}) == {"phone": "p1", "websocket": ""}


def test_orders_are_forgotten_after_a_day(world: World) -> None:
    at = clock.now()
    old, new = (
        commands.give("ready", by=world.anna, at=at - age) for age in (timedelta(hours=25), timedelta(hours=23))
    )
    assert commands.forget(at=at) == 1
    assert list(Command.objects.all()) == [new]
    assert old.pk != new.pk
