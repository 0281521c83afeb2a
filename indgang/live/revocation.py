"""Revokes page tokens when a session ends or a person is locked out. Streams close within a moment.

The row informs stream processes that start later or lose the database for a while; the mark informs the running ones.
Times are the database's, as tokens use the machine's: this is about sessions, not about the working day, so the clock
that a demo or a test may set does not apply.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from indgang.live import stale, token
from indgang.live.models import Ending


def end_session(session_key: str) -> None:
    """End the streams of one browser session."""
    _end(f"session-{token.session_digest(session_key)}")


def end_person(person_id: int) -> None:
    """End all open streams of the person; tokens made from now on are valid."""
    _end(f"person-{person_id}")


@transaction.atomic
def _end(whose: str) -> None:
    Ending.objects.filter(at__lt=Now() - timedelta(seconds=token.LIFETIME)).delete()
    Ending.objects.create(whose=whose, at=Now())
    stale.mark(f"{token.ENDED}/{whose}")
