"""The pages of entry points and the flows to which they lead."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.entry.models import EntryPoint
from tests.entry.setup.test_flow_versions import SOUND
from tests.office.conftest import SignIn
from tests.world import World


@pytest.fixture
def runnable(world: World) -> World:
    world.versions["erhverv"].definition = SOUND
    world.versions["erhverv"].save()
    return world


def entry(world: World, **changed: Any) -> dict[str, Any]:
    fields = {
        "number": "33 66 40 40", "name": "Ny linje", "centre": world.centres["tmf"].pk,
        "flow": world.flows["erhverv"].pk, "language": "da", "valid_from": "2026-03-01",
    }  # fmt: skip
    return fields | changed


def test_a_number_is_led_to_a_flow(runnable: World, as_person: SignIn) -> None:
    as_person("finn").post("/office/entry-points/new/", entry(runnable))
    assert EntryPoint.objects.get(number="+4533664040").flow == runnable.flows["erhverv"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": "hallo"}, "ikke et telefonnummer"),
        ({"number": "+4533661000"}, "fører allerede"),
        ({"valid_to": "2026-03-01"}, "Slutdatoen"),
    ],
)
def test_a_number_that_cannot_be_is_refused_at_its_field(
    runnable: World, as_person: SignIn, changed: dict[str, str], words: str
) -> None:
    answer = as_person("finn").post("/office/entry-points/new/", entry(runnable, **changed))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_short_number_is_kept_short(runnable: World, as_person: SignIn) -> None:
    as_person("finn").post("/office/entry-points/new/", entry(runnable, number="111"))
    assert EntryPoint.objects.filter(number="111").exists()
