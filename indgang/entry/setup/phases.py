"""The phases of the roll-out: which holds on a day. Flows ask for it in conditions and messages."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import planned_days
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import RolloutPhase
from indgang.entry.setup.changes import record_change


def on(day: date) -> str:
    """The word of the phase that holds on a day; "" before any."""
    found: str | None = RolloutPhase.objects.valid_on(day).values_list("word", flat=True).first()
    return found or ""


@transaction.atomic
def begin(word: str, *, day: date, by: Person, at: datetime) -> RolloutPhase:
    """Let another phase hold from a day on, until what is planned for later. Raises RefusedChange, by field."""
    word = " ".join(word.split())
    _refuse(word, day, at)
    _one_at_a_time()
    holds: RolloutPhase | None = RolloutPhase.objects.valid_on(day).first()
    if holds is not None and holds.word == word:
        return holds
    before = {"phase": holds.word if holds else ""}
    if holds is not None and holds.valid_from == day:
        holds.word = word
        holds.save(update_fields=["word"])
        made = holds
    else:
        made = _insert(word, day, holds)
    record_change(
        "phase.begin", made, by=by, at=at, before=before, after={"phase": word, "valid_from": day.isoformat()}
    )
    return made


@transaction.atomic
def call_off(phase: RolloutPhase, *, by: Person, at: datetime) -> None:
    """Drop a phase that has not begun: the one before it goes on. Raises RefusedChange for one that has."""
    _one_at_a_time()
    if phase.valid_from <= day_of(at):
        raise RefusedChange({"": _("Fasen er begyndt og kan ikke fjernes. Begynd i stedet en ny.")})
    before = RolloutPhase.objects.filter(valid_to=phase.valid_from).first()
    record_change(
        "phase.remove", phase, by=by, at=at, before={"phase": phase.word, "valid_from": phase.valid_from.isoformat()}
    )
    ends = phase.valid_to
    phase.delete()
    if before is not None:
        before.valid_to = ends
        before.save(update_fields=["valid_to"])


def _insert(word: str, day: date, holds: RolloutPhase | None) -> RolloutPhase:
    later = RolloutPhase.objects.filter(valid_from__gt=day).order_by("valid_from").first()
    ends = holds.valid_to if holds is not None else later.valid_from if later is not None else None
    if holds is not None:
        holds.valid_to = day
        holds.save(update_fields=["valid_to"])
    return RolloutPhase.objects.create(word=word, valid_from=day, valid_to=ends)


def _refuse(word: str, day: date, at: datetime) -> None:
    if not word:
        raise RefusedChange({"word": _("Skriv, hvad fasen hedder i forløbene.")})
    planned_days.refuse_day(day, at)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE entry_rolloutphase IN SHARE ROW EXCLUSIVE MODE")
