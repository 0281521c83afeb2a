"""What an enquiry's row says, made from its events."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.entry.event_kinds import Kind
from tests.enquiries.told_calls import happen, talking
from tests.world import World

pytestmark = pytest.mark.django_db

OUTSIDE: dict[str, Any] = {"name": "Udenfor", "address": "tel:+4533333333"}


def test_a_transfer_outside_is_one_transfer_whether_somebody_was_asked_first_or_not(world: World) -> None:
    blind = talking(world.anna)
    blind = happen(
        str(blind.pk),
        (Kind.TRANSFERRED, 60, {**OUTSIDE, "person": world.anna, "warm": False}),
        (Kind.PASSED_ON, 70, {**OUTSIDE, "warm": False}),
    )
    assert (blind.transfers, blind.transferred_to, blind.phase) == (1, "Udenfor", "out")
    warm = talking(world.anna)
    warm = happen(str(warm.pk), (Kind.PASSED_ON, 70, {**OUTSIDE, "person": world.anna, "warm": True}))
    assert (warm.transfers, warm.transferred_to) == (1, "Udenfor")


def test_two_transfers_are_two(world: World) -> None:
    enquiry = talking(world.anna)
    enquiry = happen(
        str(enquiry.pk),
        (Kind.TRANSFERRED, 60, {**OUTSIDE, "person": world.anna, "warm": False}),
        (Kind.TRANSFER_FAILED, 70, OUTSIDE | {"why": "busy"}),
        (Kind.ANSWERED, 80, {"person": world.anna, "direction": "in"}),
        (Kind.TRANSFERRED, 90, {**OUTSIDE, "name": "Et andet sted", "person": world.anna, "warm": False}),
        (Kind.PASSED_ON, 95, {**OUTSIDE, "name": "Et andet sted", "warm": False}),
    )
    assert (enquiry.transfers, enquiry.transferred_to) == (2, "Et andet sted")
