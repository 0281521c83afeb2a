"""How long a session lasts: for each role, without a sign of life and at all; and every way in which it ends."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.test import Client

from indgang.accounts import people, session_limits, sessions
from indgang.accounts.session_limits import ENDS, LAST_END
from indgang.core import clock
from indgang.entry.models import AgentState, Command, Presence
from indgang.live.models import Ending
from indgang.live.token import session_digest
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def _set(world: Any, role: str, *, hours: int = 12, idle: int = 0) -> None:
    session_limits.set_for(
        role, session_hours=hours, idle_minutes=idle, needs_second_factor=False, by=world.finn, at=clock.now()
    )


def _signed_in(name: str) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def _left(client: Client) -> float:
    return float(client.session[ENDS] - time.time())


def _pass(client: Client, seconds: int) -> None:
    """As if the session were so much older."""
    session = client.session
    session[ENDS], session[LAST_END] = session[ENDS] - seconds, session[LAST_END] - seconds
    session.save()


def test_a_session_lasts_as_the_role_says_and_the_shortest_of_several_counts(world: Any) -> None:
    assert _left(_signed_in("anna")) == pytest.approx(12 * 3600, abs=60)
    _set(world, "agent", hours=8, idle=60)
    _set(world, "planner", hours=10, idle=30)
    people.give_role(
        world.anna, role="planner", unit=world.units["tmf"], valid_from=clock.today(), by=world.finn, at=clock.now()
    )
    anna = _signed_in("anna")
    assert _left(anna) == pytest.approx(30 * 60, abs=60)
    assert anna.session[LAST_END] - time.time() == pytest.approx(8 * 3600, abs=60)
    expires = Session.objects.get(pk=anna.session.session_key).expire_date
    assert (expires - clock.now()).total_seconds() == pytest.approx(30 * 60, abs=60)


def test_a_role_without_a_limit_of_its_own_counts_for_twelve_hours(world: Any) -> None:
    _set(world, "agent", hours=20)
    assert _left(_signed_in("anna")) == pytest.approx(20 * 3600, abs=60)
    people.give_role(
        world.anna, role="planner", unit=world.units["tmf"], valid_from=clock.today(), by=world.finn, at=clock.now()
    )
    assert _left(_signed_in("anna")) == pytest.approx(12 * 3600, abs=60)


def test_pages_and_signs_of_life_keep_it_and_parts_that_fetch_themselves_do_not(world: Any) -> None:
    _set(world, "agent", hours=8, idle=30)
    anna = _signed_in("anna")
    _pass(anna, 600)
    assert anna.get("/still-here/", headers={"HX-Request": "true"}).json()["seconds"] == pytest.approx(1200, abs=60)
    assert _left(anna) == pytest.approx(1200, abs=60)
    assert anna.post("/still-here/", headers={"HX-Request": "true"}).json()["seconds"] == pytest.approx(1800, abs=60)
    _pass(anna, 600)
    anna.get("/password/")
    assert _left(anna) == pytest.approx(1800, abs=60)


def test_no_sign_of_life_goes_beyond_the_last_end(world: Any) -> None:
    _set(world, "agent", hours=8, idle=30)
    anna = _signed_in("anna")
    _pass(anna, 8 * 3600 - 900)
    session = anna.session
    session[ENDS] = round(time.time()) + 300
    session.save()
    anna.get("/password/")
    assert _left(anna) == pytest.approx(900, abs=60)


def test_a_session_that_has_idled_out_is_over(world: Any) -> None:
    _set(world, "agent", idle=30)
    anna = _signed_in("anna")
    Session.objects.update(expire_date=Now() - timedelta(seconds=1))
    assert anna.get("/password/").status_code == 302
    assert anna.get("/still-here/", headers={"HX-Request": "true"}).status_code == 401


def _everywhere_oneself(world: Any, client: Client) -> None:
    assert client.post("/sign-out/everywhere/").status_code == 302


def _everywhere_by_administrator(world: Any, client: Client) -> None:
    finn = _signed_in("finn")
    assert finn.post(f"/office/people/{world.anna.pk}/sign-out/").status_code == 302


def _another_signs_in_here(world: Any, client: Client) -> None:
    assert client.post("/sign-in/", {"username": "bo", "password": PASSWORD}).status_code == 302


def _idles_out(world: Any, client: Client) -> None:
    key = client.session.session_key
    Session.objects.filter(pk=key).update(expire_date=Now() - timedelta(seconds=1))
    assert sessions.end_expired(at=clock.now()) == 1


def _is_closed(world: Any, client: Client) -> None:
    people.deactivate(world.anna, by=world.finn, at=clock.now())


def _gets_a_password(world: Any, client: Client) -> None:
    people.reset_password(world.anna, "noget helt andet end før", by=world.finn, at=clock.now())


def _choose_a_password(client: Client) -> Any:
    new = "noget helt andet end før"
    return client.post("/password/", {"old": PASSWORD, "new": new, "again": new})


def _signs_out(world: Any, client: Client) -> None:
    client.post("/sign-out/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "ends",
    [
        _signs_out, _everywhere_oneself, _everywhere_by_administrator, _another_signs_in_here, _idles_out, _is_closed,
        _gets_a_password,
    ],
)  # fmt: skip
def test_however_a_session_ends_the_sign_in_of_the_browser_phone_ends_too(world: Any, ends: Any) -> None:
    client = _signed_in("anna")
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=clock.now())
    Command.objects.all().delete()
    ends(world, client)
    ordered = Command.objects.filter(person=world.anna).values_list("kind", flat=True)
    assert {"end_phone", "sign_out"} <= set(ordered)


@pytest.mark.django_db(transaction=True)
def test_a_new_password_ends_the_sessions_and_streams_of_other_browsers_alone(world: Any) -> None:
    here, there, bo = _signed_in("anna"), _signed_in("anna"), _signed_in("bo")
    key = there.session.session_key
    assert key is not None
    ended = f"session-{session_digest(key)}"
    assert _choose_a_password(here).status_code == 302
    assert [each.get("/password/").status_code for each in (here, there, bo)] == [200, 302, 200]
    assert [ending.whose for ending in Ending.objects.all()] == [ended]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("elsewhere", [0, 1])
def test_who_chooses_a_password_in_a_call_goes_on_with_it(world: Any, elsewhere: int) -> None:
    """What ends is the session of another browser. The switchboard knows the person alone, not their browsers."""
    here, others = _signed_in("anna"), [_signed_in("anna") for _one in range(elsewhere)]
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=clock.now())
    Command.objects.all().delete()
    assert _choose_a_password(here).status_code == 302
    assert [each.get("/password/").status_code for each in others] == [302] * elsewhere
    assert not Command.objects.exists()


def test_signing_out_everywhere_ends_the_other_browsers_and_is_in_the_trail(world: Any) -> None:
    from indgang.audit.models import Change

    here, there = _signed_in("anna"), _signed_in("anna")
    here.post("/sign-out/everywhere/")
    assert there.get("/password/").status_code == 302
    assert Change.objects.filter(action="person.sign_out_everywhere", by_id=world.anna.audit_id).exists()
