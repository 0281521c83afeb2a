"""Sessions as Django stores them, read by a prepared statement: a request of somebody who is signed in reads one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from indgang.prepared.query import Query

_VALID = Query(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at).order_by(), key=str, at=datetime
)


class SessionStore(db.SessionStore):
    """The name is Django's: the signatures of the stored sessions contain it."""

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()  # noqa: TID251  # Django's clock has set the end of the session
        found: list[Session] = _VALID.models(key=self.session_key, at=now)
        if not found:
            self._session_key = None
        return found[0] if found else None
