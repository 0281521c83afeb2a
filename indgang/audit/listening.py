"""Who listens to the sound of somebody's voice: it is written down first, and only then the sound may be fetched."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import QuerySet

from indgang.audit import trail
from indgang.audit.models import Look
from indgang.audit.trail import Actor

#: how long the sound may be fetched after the look was written: a player fetches it again to go back
ONE_LISTENING = timedelta(hours=1)


def begin(subject: models.Model, *, page: str, why: str = "", by: Actor, at: datetime) -> Look:
    """Write who listens, when, and why where the page asks for a reason."""
    return trail.look(by=by, at=at, subject=subject, page=page, why=why)


def may_hear_now(subject: models.Model, look: int, *, page: str, by: Actor, at: datetime) -> bool:
    """Whether `by` has just begun to listen, as that look."""
    mine = listenings(subject, page=page).filter(pk=look, by_id=by.audit_id)
    return mine.filter(at__gt=at - ONE_LISTENING).exists()


def has_listened(subject: models.Model, *, page: str, by: Actor) -> bool:
    """Whether `by` has ever begun to listen."""
    return listenings(subject, page=page).filter(by_id=by.audit_id).exists()


def listenings(subject: models.Model, *, page: str) -> QuerySet[Look]:
    """Who has listened, newest first."""
    found = Look.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk), page=page)
    return found.order_by("-at")
