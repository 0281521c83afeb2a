"""What is kept of sign-ins goes after its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client

from indgang.accounts import sessions, throttling
from indgang.config.routines import ROUTINES
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


def test_a_session_that_has_run_out_goes_and_one_in_use_stays(world: World) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    Session.objects.create(session_key="old", session_data="x", expire_date=MORNING - timedelta(seconds=1))
    assert sessions.forget_expired(MORNING) == 1
    assert client.get("/password/").status_code == 200


def test_both_are_done_every_day(world: World) -> None:
    Session.objects.create(session_key="old", session_data="x", expire_date=MORNING - timedelta(seconds=1))
    log = AccessLog.objects.create(username="anna")
    AccessLog.objects.filter(pk=log.pk).update(attempt_time=MORNING - timedelta(days=31))
    for name in ("old-sign-ins-go", "old-sessions-go"):
        ROUTINES[name].work(MORNING)
    assert not AccessLog.objects.exists()
    assert not Session.objects.exists()
