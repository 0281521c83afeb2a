"""Everybody's first page after sign-in is one where they have work."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts.models import RoleAssignment
from indgang.accounts.roles import ROLES
from tests.world import MORNING

pytestmark = pytest.mark.django_db

OWN_PAGE = {
    "agent": "desk:home",
    "case_worker": "desk:home",
    "subject_coordinator": "desk:home",
    "team_leader": "office:wallboards",
    "planner": "office:wallboards",
    "owner": "office:wallboards",
    "agreement_party": "office:cooperations",
    "administrator": "office:flows",
    "web_editor": "office:knowledge-inbox",
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_comes_to_a_page_of_its_own(world: Any, client: Client, role: str) -> None:
    RoleAssignment.objects.create(person=world.ukendt, role=role, valid_from=MORNING.date())
    client.force_login(world.ukendt)
    first = client.get(reverse("start"))
    assert first.headers["Location"] == reverse(OWN_PAGE[role])
    assert client.get(reverse("start"), follow=True).status_code == 200


def test_who_has_no_role_is_told_so(world: Any, client: Client) -> None:
    client.force_login(world.ukendt)
    assert "Du har ikke en rolle endnu" in client.get(reverse("start")).content.decode()
