"""A person's own telephone numbers on their page: administrators with full rights over the account add and end them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.core import clock
from indgang.entry.models import OwnNumber

pytestmark = pytest.mark.django_db


def test_an_administrator_adds_a_telephone_number_and_ends_it(world: Any, client: Client) -> None:
    client.force_login(world.finn)
    page = f"/office/people/{world.anna.pk}/"
    today = clock.today()
    answer = client.post(f"{page}numbers/", {"own_number": "20 20 30 40", "day": str(today), "until": ""})
    assert answer.status_code == 302
    row = OwnNumber.objects.get()
    assert (row.person, row.number, row.confirmed_at) == (world.anna, "+4520203040", None)
    assert "20 20 30 40" in client.get(page).content.decode()
    answer = client.post(
        f"/office/people/{world.people['bo'].pk}/numbers/", {"own_number": "20203040", "day": str(today)}
    )
    assert answer.status_code == 422
    assert "allerede registreret på en medarbejder" in answer.content.decode()
    yesterday = {"on": str(today - timedelta(days=1))}
    assert client.post(f"{page}numbers/{row.pk}/end/", yesterday).status_code == 422
    assert client.post(f"{page}numbers/{row.pk}/end/", {"on": str(today)}).status_code == 302
    assert not OwnNumber.objects.exists()


def test_a_leader_sees_no_telephone_numbers_to_change(world: Any, client: Client) -> None:
    client.force_login(world.eva)
    page = f"/office/people/{world.anna.pk}/"
    assert "Egne telefonnumre" not in client.get(page).content.decode()
    assert client.post(f"{page}numbers/", {"own_number": "20 20 30 40"}).status_code == 403
