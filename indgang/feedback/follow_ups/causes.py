"""The list of causes of a centre. A cause is renamed or ended; follow-ups keep what they named."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.feedback.follow_up_models import FollowUpCause

#: to begin with: Danish and English
PRESETS = (
    ("Lang ventetid", "Long wait"),
    ("Forkert eller uklart svar", "Wrong or unclear answer"),
    ("Måtte henvende sig flere gange", "Had to contact us several times"),
    ("Blev stillet om uden at få hjælp", "Was transferred without help"),
    ("Sagen tager for lang tid", "The case takes too long"),
    ("Hjemmeside eller selvbetjening", "Website or self-service"),
    ("Tone og imødekommenhed", "Tone and courtesy"),
    ("Uenig i reglerne eller afgørelsen", "Disagrees with the rules or the decision"),
    ("Kun ros", "Praise only"),
)
_FIELDS = ("name", "name_en", "valid_from", "valid_to")


@transaction.atomic
def begin(centre: ContactCentre, *, by: Person, at: datetime) -> int:
    """Give the centre the common causes that it lacks. Returns how many."""
    known = set(FollowUpCause.objects.filter(centre=centre).values_list("name", flat=True))
    for danish, english in PRESETS:
        if danish not in known:
            save(FollowUpCause(centre=centre, valid_from=day_of(at)), name=danish, name_en=english, by=by, at=at)
    return len([danish for danish, _english in PRESETS if danish not in known])


@transaction.atomic
def save(
    cause: FollowUpCause, *, name: str, name_en: str = "", valid_to: date | None = None, by: Person, at: datetime
) -> FollowUpCause:
    """Create or change a cause; `valid_to` is the first day on which it cannot be chosen.

    Raises RefusedChange for a name that the centre has, and an end before the beginning.
    """
    _refuse(cause, valid_to)
    before = trail.values_of(cause, _FIELDS) if cause.pk else {}
    cause.name, cause.name_en, cause.valid_to = " ".join(name.split()), " ".join(name_en.split()), valid_to
    twice = {"feedback_followupcause_name": ("name", _("Centret har den årsag i forvejen."))}
    with collisions.refused_in_words(RefusedChange, twice):
        cause.save()
    action = "followupcause.change" if before else "followupcause.create"
    trail.record(by=by, at=at, action=action, target=cause, before=before, after=trail.values_of(cause, _FIELDS))
    return cause


def _refuse(cause: FollowUpCause, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= cause.valid_from:
        raise RefusedChange({"valid_to": _("Vælg en dag efter den første.")})
