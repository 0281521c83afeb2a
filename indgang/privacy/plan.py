"""How long each kind of personal data is kept: dated rules, decided by people and never rewritten.

A rule in force today is applied in the coming night. A longer time does not restore data that has been scrubbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.core.clock import day_of
from indgang.core.masking import has_cpr
from indgang.core.refusals import RefusedChange
from indgang.privacy import kinds
from indgang.privacy.kinds import PersonalData
from indgang.privacy.models import RetentionRule

#: in days; nothing in this product justifies more
SHORTEST, LONGEST = 1, 3650
WHY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Time:
    """How long a kind is kept, for one outcome or (`outcome` empty) for all that have no time of their own."""

    outcome: str
    days: int


def times(kind: PersonalData, on: date) -> list[Time]:
    """The times in force on a day, that of the kind first. The kind must have days."""
    assert kind.days is not None
    found: dict[str, int | None] = {"": kind.days}
    for rule in _rules(kind).filter(valid_from__lte=on):
        found[rule.outcome] = rule.days
    return [Time(outcome, days) for outcome, days in found.items() if days is not None]


def history(kind: PersonalData) -> list[RetentionRule]:
    """Every decision about a kind, newest first."""
    return list(_rules(kind).order_by("-valid_from", "-at"))


def decide(
    kind: PersonalData, *, days: int | None, why: str, day: date, by: Actor, at: datetime, outcome: str = ""
) -> RetentionRule:
    """Keep a kind for `days` from `day` on, which is not in the past; None lets an outcome follow its kind again.

    An earlier decision for the same day is replaced. Raises RefusedChange, by field.
    """
    why = " ".join(why.split())
    if reasons := _wrong(kind, outcome, days, why, day, at):
        raise RefusedChange(reasons)
    with transaction.atomic():
        before = next((time.days for time in times(kind, day) if time.outcome == outcome), None)
        rule, _made = RetentionRule.objects.update_or_create(
            kind=kind.name, outcome=outcome, valid_from=day,
            defaults={"days": days, "why": why, "at": at, "by_id": by.audit_id, "by_label": by.audit_label},
        )  # fmt: skip
        trail.record(
            by=by, at=at, action="retention.change", target=rule, why=why,
            before={"days": before}, after={"days": days, "valid_from": day},
        )  # fmt: skip
    return rule


def _rules(kind: PersonalData) -> models.QuerySet[RetentionRule]:
    return RetentionRule.objects.filter(kind=kind.name).order_by("valid_from")


def _wrong(
    kind: PersonalData, outcome: str, days: int | None, why: str, day: date, at: datetime
) -> Mapping[str, object]:
    reasons: dict[str, object] = {}
    if not kind.days or (outcome and outcome not in kind.outcomes):
        reasons[""] = _("Tiden kan ikke ændres for denne slags oplysninger.")
    if days is None and not outcome:
        reasons["days"] = _("Skriv, hvor mange dage oplysningerne skal gemmes.")
    if days is not None and not SHORTEST <= days <= LONGEST:
        reasons["days"] = _("Skriv et tal mellem %(first)s og %(last)s.") % {"first": SHORTEST, "last": LONGEST}
    if not why or has_cpr(why):
        reasons["why"] = _("Skriv kort hvorfor, uden CPR-nummer.")
    if day < day_of(at):
        reasons["valid_from"] = _("Dagen er gået. Vælg i dag eller en senere dag.")
    return reasons


def kinds_with_times(on: date) -> list[tuple[PersonalData, list[Time]]]:
    """Every kind with the times in force on a day; no times for a kind that ends in another way, or row by row."""
    return [(kind, times(kind, on) if kind.days else []) for kind in kinds.declared()]
