"""A desk with a signed-in user, and a fake switchboard that records its orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.enquiries.models import Enquiry
from indgang.entry import commands
from indgang.entry.journal import InHandStage
from indgang.entry.models import AgentState, ExchangeStatus, InHand, Presence
from indgang.entry.team import kept_windows
from indgang.routing.distribution.requirement import CALL
from tests.world import MORNING, World

SignIn = Callable[[Person], Client]
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def no_shares_of_before() -> None:
    """Drops the shares of today that an earlier test has computed."""
    kept_windows.forget_shares()


@pytest.fixture(autouse=True)
def morning() -> Iterator[clock.FrozenTime]:
    """Stops the clock ten minutes after the calls of tests.enquiries.told_calls began."""
    with clock.frozen(MORNING + timedelta(minutes=10)) as time:
        yield time


@pytest.fixture
def as_(world: World) -> SignIn:
    """Returns a function that makes a client signed in as a person."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


class Switchboard:
    """Accepts every order, or refuses with the code `refuses`."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.refuses = ""

    def give_and_wait(self, kind: str, *, by: Person, at: Any, **payload: Any) -> dict[str, Any]:
        if self.refuses:
            raise commands.Refused(self.refuses)
        self.orders.append({"kind": kind, "by": by.username, **payload})
        return {"uri": "sip:agent@x"} if kind == "phone_credentials" else {}


@pytest.fixture
def switchboard(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    stand_in = Switchboard()
    monkeypatch.setattr(commands, "give_and_wait", stand_in.give_and_wait)
    return stand_in


def exchange(up: bool = True, name: str = "simulator", detail: str = "") -> None:
    now = clock.now()
    ExchangeStatus.objects.update_or_create(
        name=name, defaults={"up": up, "since": now, "heartbeat": now, "detail": detail}
    )


def at_desk(person: Person, state: str = AgentState.READY, enquiry: Enquiry | None = None, **item: Any) -> Presence:
    """Write what the switchboard writes: the person's presence, and the enquiry as the only item in hand."""
    presence, _ = Presence.objects.update_or_create(
        person=person,
        defaults={
            "state": state,
            "since": clock.now() - timedelta(minutes=2),
            "phone_on": True,
            "wrap_up_until": clock.now() + timedelta(seconds=40) if state == AgentState.WRAP_UP else None,
        },
    )
    InHand.objects.filter(person=person).delete()
    if enquiry is not None and state in STAGES:
        holds(person, enquiry, stage=STAGES[AgentState(state)], **item)
    return presence


#: the stage of the item in hand, by the agent's state
STAGES = {
    AgentState.RINGING: InHandStage.RINGING,
    AgentState.TALKING: InHandStage.TALKING,
    AgentState.WORKING: InHandStage.OPEN,
    AgentState.WRAP_UP: InHandStage.AFTER,
}


def holds(person: Person, enquiry: Enquiry, **item: Any) -> InHand:
    """Add one more item in hand, after the present ones."""
    place = InHand.objects.filter(person=person).count()
    return InHand.objects.create(person=person, place=place, enquiry=enquiry.pk, **{"kind": CALL} | item)
