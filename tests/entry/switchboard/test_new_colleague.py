"""A new colleague is set up on the office's pages alone and gets a first call, while the switchboard runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.enquiries.models import Enquiry, State
from indgang.entry.models import QueueMembership
from tests.entry.running import Running, running, told
from tests.entry.switchboard.test_process import a_call
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def _sent(client: Client, page: str, arguments: list[Any], **data: Any) -> None:
    answer = client.post(reverse(f"office:{page}", args=arguments), data)
    assert answer.status_code in (200, 302), (page, answer.status_code)


def _hired(client: Client, world: World) -> Person:
    """Create an account with the role of an agent, on the pages."""
    _sent(client, "person-new", [], username="nina", name="Nina Ny", email="", language="da")
    nina: Person = Person.objects.get(username="nina")
    _sent(
        client, "person-roles", [nina.pk], role="agent", unit=world.units["tmf"].pk, valid_from=f"{clock.today()}",
        valid_to="",
    )  # fmt: skip
    return nina


def test_a_new_colleague_is_rung_as_soon_as_the_pages_say_so_and_no_more_when_they_stop(
    world: World, tmp_path: Path
) -> None:
    finn = Client()
    finn.force_login(world.finn)
    queue, today = world.queues["tmf-byggeri"], f"{clock.today()}"

    async def story() -> None:
        async with running(tmp_path) as house:
            nina = await house.db(lambda: _hired(finn, world))
            await house.comes_on(nina)
            first = await a_call(house, "1", "+4520304051")
            await house.until(lambda: Enquiry.objects.filter(state=State.WAITING).first())
            assert house.rings(nina) is None
            await house.db(lambda: _sent(finn, "person-queues", [nina.pk], queues=[queue.pk], day=today, until=""))
            level = {"skill": world.skills["byggesag"].pk, "level": "2", "day": today, "until": ""}
            await house.db(lambda: _sent(finn, "person-competences", [nina.pk], **level))
            await house.picks_up(nina)
            await house.until(lambda: Enquiry.objects.filter(state=State.TALKING, agent=nina).first())
            house.simulator.hang_up(first)
            await _leaves(house, finn, nina)

    async def _leaves(house: Running, client: Client, nina: Person) -> None:
        row = await house.db(lambda: QueueMembership.objects.get(person=nina))
        await house.db(lambda: _sent(client, "person-queue-end", [nina.pk, row.pk], on=today))
        await house.until(lambda: not _queues_on_the_board(house, nina))

    told(story())
    assert Enquiry.objects.get().agent == Person.objects.get(username="nina")


def _queues_on_the_board(house: Running, person: Person) -> frozenset[str]:
    board = house.switchboard.board
    assert board is not None
    return frozenset(board.plan.people[person.pk].queues)
