"""Numbers of people's own (mobile or landline) at which they may take calls: added, confirmed by a test ring, ended."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue import collisions, end_days, planned_days
from indgang.core import phone_numbers
from indgang.core.clock import day_of
from indgang.core.dial_rules import decide
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.entry.models import EntryPoint, OwnNumber, TrialOutcome
from indgang.entry.setup import barring, dial_rules
from indgang.entry.setup.changes import record_change
from indgang.live import stale

_TAKEN = {
    "entry_ownnumber_one": (
        "number",
        gettext_lazy("Nummeret er allerede registreret på en medarbejder i den periode."),
    )
}


def may_add(person: Person, day: date) -> bool:
    """Whether the rules of the person's roles let them add numbers of their own. Without such a rule only an
    administrator may."""
    return any(rule.own_numbers for rule in dial_rules.of_person(person, day))


def of_person(person: Person, day: date) -> Sequence[OwnNumber]:
    """The numbers of the day, confirmed ones first."""
    rows = OwnNumber.objects.valid_on(day).filter(person=person)
    return sorted(rows, key=lambda row: (row.confirmed_at is None, row.number))


@transaction.atomic
def add(
    person: Person, number: str, *, day: date, until: date | None = None, by: Person, at: datetime
) -> OwnNumber:  # fmt: skip
    """Add a number from `day` until (not including) `until`; it counts once it is confirmed.

    Raises RefusedChange, by field, for a number that the person may not be rung at or that another person has, and for
    a period that is none.
    """
    planned_days.refuse_day(day, at, field="day")
    if until is not None and until <= day:
        raise RefusedChange({"until": _("Slutdagen skal ligge efter den første dag.")})
    row = OwnNumber(person=person, number=_allowed(person, number, day), valid_from=day, valid_to=until)
    with collisions.refused_in_words(RefusedChange, _TAKEN, in_turn=True):
        row.save()
    _record("own_number.add", row, by, at, after={"number": row.number, "valid_from": day, "valid_to": until})
    return row


@transaction.atomic
def end(number: OwnNumber, *, on: date, by: Person, at: datetime) -> None:
    """Let it end on a day, which is not included; one that has not begun by then is taken away, and nothing happens to
    one that somebody else has just taken away. Raises RefusedChange for a day that has passed, or after the one on
    which it ends anyway."""
    rows = OwnNumber.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(pk=number.pk).first()
    if row is None:
        return
    end_days.refuse(row, on, at)
    before = {"number": row.number, "valid_from": row.valid_from, "valid_to": row.valid_to}
    end_days.apply(row, on)
    _record("own_number.end", row, by, at, before=before, after={"number": before["number"], "valid_to": on})


def try_out(number: OwnNumber, *, at: datetime) -> None:
    """Have the switchboard ring the number, so that its person keys in the new code that their screen shows.

    Raises `commands.Refused` with the code of the refusal. Must not be called inside a transaction.
    """
    code = f"{secrets.randbelow(9000) + 1000}"
    rows = OwnNumber.objects.filter(pk=number.pk)
    rows.update(code=code, tried_at=at, outcome=TrialOutcome.RINGING)
    try:
        commands.give_and_wait("confirm_number", by=number.person, at=at, number=number.number, code=code)
    except commands.Refused:
        rows.filter(code=code).update(code="", outcome="")
        raise


@transaction.atomic
def tried(person: int, number: str, code: str, outcome: str, at: datetime) -> None:
    """Store the result of the test ring that asked for this code; nothing changes when a later one has begun."""
    rows = OwnNumber.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(person=person, number=number, code=code).valid_on(day_of(at)).first()
    if row is None:
        return
    row.code, row.outcome = "", outcome
    is_new = outcome == TrialOutcome.CONFIRMED and row.confirmed_at is None
    row.confirmed_at = at if is_new else row.confirmed_at
    row.save(update_fields=["code", "outcome", "confirmed_at"])
    if is_new:
        _record("own_number.verify", row, row.person, at, after={"number": row.number})
    else:
        stale.mark(_part(row))


def _allowed(person: Person, typed: str, day: date) -> str:
    """The number in E.164; raises RefusedChange when the person may not be rung there."""
    try:
        number = phone_numbers.normalise(typed)
    except phone_numbers.NumberError:
        number = phone_numbers.ANONYMOUS
    if number == phone_numbers.ANONYMOUS or phone_numbers.is_service(number):
        raise RefusedChange({"number": _("Det er ikke et telefonnummer. Tjek cifrene.")})
    if barring.configured().number(number) is not None:
        raise RefusedChange({"number": _("Nummeret er spærret, så der kan ikke ringes til det herfra.")})
    if not decide(dial_rules.of_person(person, day), number, {}).allowed:
        raise RefusedChange({"number": _("Reglerne for opkald ud tillader ikke det nummer for medarbejderens rolle.")})
    if EntryPoint.objects.valid_on(day).filter(number=number).exists():
        raise RefusedChange({"number": _("Det er et af kontaktcentrets egne numre.")})
    return number


def _record(
    action: str, row: OwnNumber, by: Person, at: datetime, *, after: Mapping[str, object],
    before: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    record_change(action, row.person, by=by, at=at, before=before, after=after, parts=(_part(row),))


def _part(row: OwnNumber) -> str:
    """The part of the person's own desk that shows their numbers."""
    return f"person-{row.person_id}/state"
