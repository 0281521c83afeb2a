"""Trunks on the operations page: the state in words, what to do, and a test call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.audit.models import Change
from indgang.core import clock
from indgang.entry.models import Command, TrunkStatus
from indgang.office.operations.trunk_sentences import of_state, of_trial
from tests.office.conftest import SignIn
from tests.world import MORNING, World


def line(**changes: Any) -> TrunkStatus:
    fields: dict[str, Any] = {
        "exchange": "asterisk", "name": "operator", "up": True, "since": MORNING, "heartbeat": clock.now(),
        "registered": True, "reachable": True, "test_number": "+4533663366",
    }  # fmt: skip
    return TrunkStatus.objects.create(**(fields | changes))


@pytest.mark.parametrize(
    ("state", "mark", "says", "do"),
    [
        ({}, "up", "Tilmeldt og klar", ""),
        ({"registered": None}, "up", "Klar", ""),
        ({"registered": None, "reachable": None}, "waiting", "Ikke spurgt", "prøveopkald"),
        ({"registered": False, "sip": 401}, "down", "adgangskode (SIP 401)", "skiftet"),
        ({"registered": False, "sip": 403}, "down", "adgangskode (SIP 403)", "skiftet"),
        ({"registered": False, "sip": 408}, "down", "svarer ikke", "firewallen"),
        ({"registered": False, "sip": 503}, "down", "SIP 503", "Ring til operatøren"),
        ({"reachable": False}, "down", "Operatøren svarer ikke", "firewallen"),
        ({"certificate_ends": MORNING + timedelta(hours=12)}, "down", "inden for et døgn", "Forny"),
        ({"certificate_ends": MORNING - timedelta(hours=1)}, "down", "udløbet", "Forny"),
        ({"certificate_ends": MORNING + timedelta(days=5)}, "waiting", "om 5 dage", "Forny"),
        ({"certificate_ends": MORNING + timedelta(days=90)}, "up", "Tilmeldt", ""),
    ],
)
def test_each_state_says_what_is_wrong_and_what_to_do(state: dict[str, Any], mark: str, says: str, do: str) -> None:
    row = TrunkStatus(**({"registered": True, "reachable": True} | state))
    said = of_state(row, is_known=True, at=MORNING)
    assert said.state == mark
    assert says in said.word
    assert do in said.advice
    assert of_state(row, is_known=False, at=MORNING).state == "waiting"


@pytest.mark.parametrize(
    ("outcome", "sip", "mark", "says"),
    [
        ("answered", None, "up", "besvaret"), ("rang", None, "up", "ringede"), ("busy", 486, "up", "optaget"),
        ("unreachable", 403, "down", "afviste opkaldet (SIP 403)"), ("unreachable", 404, "waiting", "kender ikke"),
        ("unreachable", 503, "down", "SIP 503"), ("unreachable", None, "down", "svarede ikke"),
    ],
)  # fmt: skip
def test_a_test_call_has_a_true_result_in_words(outcome: str, sip: int | None, mark: str, says: str) -> None:
    said = of_trial(TrunkStatus(trial_outcome=outcome, trial_sip=sip))
    assert said is not None
    assert said.state == mark
    assert says in said.word


def test_the_operations_page_lists_the_lines(world: World, as_person: SignIn) -> None:
    row = line(registered=False, sip=401, calls=3)
    page = as_person("finn").get("/office/operations/").content.decode()
    assert "Operatøren afviser vores adgangskode (SIP 401)" in page
    assert f"/office/operations/trunks/{row.pk}/" in page


def test_a_test_call_without_a_switchboard_says_so(world: World, as_person: SignIn, monkeypatch: Any) -> None:
    row = line()
    monkeypatch.setattr("indgang.entry.commands.give_and_wait", _nobody)
    finn = as_person("finn")
    assert "+4533663366" in finn.get(f"/office/operations/trunks/{row.pk}/").content.decode()
    page = finn.post(f"/office/operations/trunks/{row.pk}/", {"number": "33 66 33 67"}).content.decode()
    assert "Omstillingen svarer ikke" in page
    assert (
        "Skriv et telefonnummer"
        in finn.post(f"/office/operations/trunks/{row.pk}/", {"number": "abc"}).content.decode()
    )
    assert not Command.objects.exists()
    assert Change.objects.filter(action="trunk.test_call").count() == 1, "it is written before anything can ring"
    page = finn.post(f"/office/operations/trunks/{row.pk}/", {"number": "112"}).content.decode()
    assert "må ikke gå til 112" in page
    assert Change.objects.filter(action="trunk.test_call").count() == 1


def _nobody(*_: Any, **__: Any) -> dict[str, Any]:
    from indgang.entry.commands import Refused

    raise Refused("no_switchboard")


def test_the_line_is_for_those_who_run_the_product(world: World, as_person: SignIn) -> None:
    row = line()
    assert as_person("anna").get(f"/office/operations/trunks/{row.pk}/").status_code in (403, 404)
