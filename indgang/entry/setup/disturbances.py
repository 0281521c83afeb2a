"""Disturbance messages to all callers: on within seconds, and off by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Disturbance
from indgang.entry.setup.changes import record_change

#: the longest disturbance; a longer message belongs in a flow
LONGEST = timedelta(days=14)
#: about half a minute of speech
LONGEST_TEXT = 500
_FIELDS = ("text", "text_en", "centre", "starts_at", "ends_at")


@transaction.atomic
def start(
    *, text: str, text_en: str = "", centre: ContactCentre | None, ends_at: datetime, by: Person, at: datetime
) -> Disturbance:
    """Say `text` from now until `ends_at` to who calls `centre` (None: all centres).

    Raises RefusedChange, by field, for an empty or long text, for one that is on already, and for an end that is past
    or far away.
    """
    _refuse_bad(text, text_en, ends_at, at)
    on_already = {"entry_disturbance_once": ("text", _("Den meddelelse er allerede slået til."))}
    with collisions.refused_in_words(RefusedChange, on_already, in_turn=True):
        disturbance = Disturbance.objects.create(
            text=text.strip(),
            text_en=text_en.strip(),
            centre=centre,
            starts_at=at,
            ends_at=ends_at,
            started_by=by.audit_label,
        )
    record_change(
        "disturbance.start",
        disturbance,
        by=by,
        at=at,
        after=trail.values_of(disturbance, _FIELDS),
        parts=_parts(disturbance),
    )
    return disturbance


@transaction.atomic
def end(disturbance: Disturbance, *, by: Person, at: datetime) -> Disturbance:
    """End the message. Raises RefusedChange when it has ended already."""
    disturbance = Disturbance.objects.select_for_update(of=("self",)).get(pk=disturbance.pk)
    if disturbance.ends_at <= at:
        raise RefusedChange({"": _("Meddelelsen er allerede slået fra.")})
    before = {"ends_at": disturbance.ends_at}
    disturbance.ends_at, disturbance.ended_by = at, by.audit_label
    disturbance.save(update_fields=["ends_at", "ended_by"])
    record_change(
        "disturbance.end", disturbance, by=by, at=at, before=before, after={"ends_at": at}, parts=_parts(disturbance)
    )
    return disturbance


def _refuse_bad(text: str, text_en: str, ends_at: datetime, at: datetime) -> None:
    reasons: dict[str, str] = {}
    if not text.strip():
        reasons["text"] = _("Skriv, hvad den, der ringer, skal høre.")
    for name, content in (("text", text), ("text_en", text_en)):
        if len(content) > LONGEST_TEXT:
            reasons[name] = _("Teksten er på %(length)s tegn; den må højst være på %(most)s.") % {
                "length": len(content),
                "most": LONGEST_TEXT,
            }
    if ends_at <= at:
        reasons["ends_at"] = _("Sluttidspunktet er passeret.")
    elif ends_at > at + LONGEST:
        reasons["ends_at"] = _("Meddelelsen må højst vare 14 dage; det, der varer længere, hører til i et forløb.")
    if reasons:
        raise RefusedChange(reasons)


def _parts(disturbance: Disturbance) -> tuple[str, ...]:
    centres = [disturbance.centre] if disturbance.centre else ContactCentre.objects.all()
    return tuple(f"{scope}-{centre.code}/messages" for centre in centres for scope in ("centre", "desks"))
