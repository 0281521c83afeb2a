"""The end of page tokens: a session ended, or a person was shut out. Streams close within a moment.

The row tells stream processes that start later or lost the database for a while; the mark tells the others now.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from indgang.live import stale, token
from indgang.live.models import Ending

#: the scope on which endings are announced; no page token may contain it
SCOPE = "ended"


def end_session(session_key: str, *, at: datetime) -> None:
    """The pages of one browser session hear nothing more."""
    _end(f"session-{token.session_digest(session_key)}", at)


def end_person(person_id: int, *, at: datetime) -> None:
    """No page that `person_id` has open hears anything more; tokens made from now on count."""
    _end(f"person-{person_id}", at)


@transaction.atomic
def _end(whose: str, at: datetime) -> None:
    Ending.objects.filter(at__lt=at - timedelta(seconds=token.LIFETIME)).delete()
    Ending.objects.create(whose=whose, at=at)
    stale.mark(f"{SCOPE}/{whose}")
