"""What is kept of sign-ins goes after its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.test import Client

from indgang.accounts import sessions, throttling
from indgang.config import jobs
from indgang.config.routines import ROUTINES
from indgang.entry.models import AgentState, Command, Presence
from indgang.live import token
from indgang.live.models import Ending
from tests.world import MORNING, PASSWORD, World

pytestmark = pytest.mark.django_db


def test_sign_ins_and_wrong_passwords_are_kept_for_a_month() -> None:
    for model in (AccessLog, AccessAttempt, AccessFailureLog):
        for days in (29, 31):
            counted = {"failures_since_start": 1} if model is AccessAttempt else {}
            row = model.objects.create(username=f"navn-{days}", ip_address="192.0.2.1", user_agent=str(days), **counted)
            model.objects.filter(pk=row.pk).update(attempt_time=MORNING - timedelta(days=days))
    assert throttling.forget_old(MORNING) == 3
    for model in (AccessLog, AccessAttempt, AccessFailureLog):
        assert list(model.objects.values_list("username", flat=True)) == ["navn-29"]


def _runs_out(client: Client) -> None:
    key = client.session.session_key
    assert Session.objects.filter(pk=key).update(expire_date=Now() - timedelta(seconds=1))


def _signed_in(name: str = "anna") -> Client:
    client = Client()
    client.post("/sign-in/", {"username": name, "password": PASSWORD})
    return client


def test_a_session_that_has_run_out_goes_and_one_in_use_stays(world: World) -> None:
    client = _signed_in()
    Session.objects.create(session_key="old", session_data="x", expire_date=Now() - timedelta(seconds=1))
    assert sessions.end_expired(at=MORNING) == 1
    assert client.get("/password/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_whose_session_runs_out_is_signed_out_at_the_switchboard_and_their_phone_ends(world: World) -> None:
    """As when they sign out themselves: what is kept for the phone works no more, and streams close."""
    client = _signed_in()
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=MORNING)
    key = client.session.session_key
    assert key
    _runs_out(client)
    jobs.end_expired(0)
    assert list(Command.objects.filter(person=world.anna).order_by("pk").values_list("kind", flat=True)) == [
        "end_phone", "sign_out",
    ]  # fmt: skip
    assert Ending.objects.filter(whose=f"session-{token.session_digest(key)}").exists()
    jobs.end_expired(0)
    assert Command.objects.count() == 2, "once"


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_in_elsewhere_goes_on_when_one_session_runs_out(world: World) -> None:
    first, second = _signed_in(), _signed_in()
    Presence.objects.create(person=world.anna, state=AgentState.READY, since=MORNING)
    _runs_out(first)
    jobs.end_expired(0)
    assert not Command.objects.exists()
    _runs_out(second)
    jobs.end_expired(0)
    assert Command.objects.filter(kind="end_phone", person=world.anna).exists()


def test_old_sign_ins_go_every_day(world: World) -> None:
    log = AccessLog.objects.create(username="anna")
    AccessLog.objects.filter(pk=log.pk).update(attempt_time=MORNING - timedelta(days=31))
    ROUTINES["old-sign-ins-go"].work(MORNING)
    assert not AccessLog.objects.exists()
