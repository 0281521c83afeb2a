"""After sign-in every role comes to a page of its own, which it may open."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from indgang.accounts import people
from indgang.accounts.roles import ROLES
from indgang.core import clock
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

LANDS = {
    "agent": "/desk/", "case_worker": "/desk/", "subject_coordinator": "/desk/",
    "web_editor": "/office/knowledge/inbox/",
    "team_leader": "/office/wallboard/", "planner": "/office/wallboard/", "owner": "/office/wallboard/",
    "agreement_party": "/office/cooperation/", "administrator": "/office/",
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_every_role_comes_to_a_page_that_is_theirs(client: Client, world: Any, role: str) -> None:
    people.give_role(
        world.ukendt, role=role, unit=None if role == "administrator" else world.units["tmf"],
        valid_from=clock.today(), by=world.finn, at=clock.now(),
    )  # fmt: skip
    client.post("/sign-in/", {"username": "ukendt", "password": PASSWORD})
    answer = client.get("/start/", follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain
    assert answer.redirect_chain[-1][0].startswith(LANDS[role])
    assert "Du har ikke en rolle" not in answer.content.decode()
