"""Sessions are read by a prepared statement, and are those that Django has stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from indgang.accounts.session_store import SessionStore

pytestmark = pytest.mark.django_db


def _stored() -> str:
    session = db.SessionStore()
    session["what"] = "ours"
    session.save()
    return str(session.session_key)


def test_a_session_that_django_has_stored_is_read_and_the_other_way_round() -> None:
    key = _stored()
    ours = SessionStore(key)
    assert ours["what"] == "ours"
    ours["what"] = "changed"
    ours.save()
    assert db.SessionStore(key)["what"] == "changed"


def test_one_that_is_over_or_unknown_is_empty_and_gets_a_new_key() -> None:
    key = _stored()
    Session.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    for other in (key, "a" * 32):
        session = SessionStore(other)
        assert not list(session.keys())
        assert session.session_key is None
