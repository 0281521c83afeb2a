"""The desk shows whether a conversation is recorded, and has buttons to pause, stop and delete the recording."""

from __future__ import annotations

import pytest

from indgang.entry.models import AgentState
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk, exchange
from tests.desk.test_promised_calls import part as part_of
from tests.enquiries.told_calls import talking
from tests.world import World


def shown(world: World, as_: SignIn, recording: str) -> str:
    exchange()
    at_desk(world.anna, AgentState.TALKING, talking(world.anna), recording=recording)
    return part_of(as_(world.anna), "call")


@pytest.mark.parametrize(
    ("recording", "words", "pauses", "goes_on"),
    [
        ("on", "Optager", True, False),
        ("paused", "Optagelse på pause", False, True),
        ("kept", "Optages ikke mere", False, False),
        ("off", "Optages ikke", False, False),
    ],
)
def test_the_state_and_its_buttons(
    world: World, as_: SignIn, recording: str, words: str, pauses: bool, goes_on: bool
) -> None:
    page = shown(world, as_, recording)
    assert words in page
    assert ("Pause optagelse" in page) is pauses
    assert ("Fortsæt optagelse" in page) is goes_on
    assert ('data-key="F7"' in page) is (pauses or goes_on)
    assert ("Stop optagelse" in page) is (pauses or goes_on)
    assert ("Samtykke trukket tilbage: slet" in page) is (recording != "off")


def test_nothing_is_said_where_nobody_was_asked(world: World, as_: SignIn) -> None:
    page = shown(world, as_, "")
    assert "Optag" not in page


@pytest.mark.parametrize(
    ("method", "noun", "kind", "payload"),
    [
        ("post", "recording-pause", "pause_recording", {}),
        ("delete", "recording-pause", "resume_recording", {}),
        ("delete", "recording", "stop_recording", {}),
        ("delete", "recording-consent", "stop_recording", {"withdrawn": True}),
    ],
)
def test_the_buttons_give_their_orders(
    world: World, as_: SignIn, switchboard: Switchboard, method: str, noun: str, kind: str, payload: dict[str, bool]
) -> None:
    answer = getattr(as_(world.anna), method)(f"/desk/{noun}/", headers=PART)
    assert answer.status_code == 204
    assert switchboard.orders[-1] == {"kind": kind, "by": "anna", **payload}
