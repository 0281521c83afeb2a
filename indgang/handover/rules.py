"""The escalation rules of units: whom an approaching or passed deadline is told to, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Unit
from indgang.core.refusals import RefusedChange
from indgang.handover.escalation import DEFAULT_STEPS, EscalationStep, Rung, in_order
from indgang.handover.models import EscalationRule

#: the open minutes that a rule may name: about four weeks
MOST_MINUTES = 9_600


@dataclass(frozen=True, slots=True)
class Rules:
    """Every unit's steps, by the code of the unit that has them."""

    of_unit: Mapping[str, Sequence[EscalationStep]]

    def steps_of(self, unit: Unit) -> Sequence[EscalationStep]:
        """The unit's own steps, else those of the nearest unit above it that has some, else the common ones."""
        source = self.source_of(unit)
        return self.of_unit[source] if source else DEFAULT_STEPS

    def source_of(self, unit: Unit) -> str:
        """The code of the unit whose rules hold; empty for the common ones."""
        codes = reversed(unit.path.rstrip("/").split("/"))
        return next((code for code in codes if code in self.of_unit), "")


def read() -> Rules:
    """The rules of all units, in one query."""
    found: dict[str, list[EscalationStep]] = defaultdict(list)
    for code, rung, minutes in EscalationRule.objects.values_list("unit__code", "rung", "minutes"):
        found[code].append(EscalationStep(Rung(rung), minutes))
    return Rules({code: in_order(steps) for code, steps in found.items()})


@transaction.atomic
def save(unit: Unit, minutes: Mapping[Rung, int | None], *, by: Person, at: datetime) -> None:
    """Give the unit rules of its own; a rung without minutes is left out. Raises RefusedChange by rung.

    The team leader always gets a step after the due time, so that nothing ends unseen.
    """
    _refuse(minutes)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    before = _plain(unit)
    after = {rung.value: value for rung, value in minutes.items() if value is not None}
    if before == after:
        return
    EscalationRule.objects.filter(unit=unit).delete()
    EscalationRule.objects.bulk_create(
        EscalationRule(unit=unit, rung=rung, minutes=value) for rung, value in after.items()
    )
    trail.record(by=by, at=at, action="escalation.change", target=unit, before=before, after=after)


@transaction.atomic
def clear(unit: Unit, *, by: Person, at: datetime) -> None:
    """From now on the unit follows the unit above it; a second time changes nothing."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    before = _plain(unit)
    if before:
        EscalationRule.objects.filter(unit=unit).delete()
        trail.record(by=by, at=at, action="escalation.remove", target=unit, before=before)


def _plain(unit: Unit) -> dict[str, int]:
    return dict(EscalationRule.objects.filter(unit=unit).values_list("rung", "minutes"))


def _refuse(minutes: Mapping[Rung, int | None]) -> None:
    problems: dict[str, object] = {
        rung.value: _("Skriv et tal fra -%(most)s til %(most)s.") % {"most": MOST_MINUTES}
        for rung, value in minutes.items()
        if value is not None and abs(value) > MOST_MINUTES
    }
    last = minutes.get(Rung.LEADER)
    if last is None or last < 0:
        problems["leader"] = _("Teamlederen skal have besked, når fristen er passeret: skriv 0 eller mere.")
    given = [value for rung in Rung if (value := minutes.get(rung)) is not None]
    if given != sorted(given) and not problems:
        problems["leader"] = _("Hvert trin skal komme efter det, der står over det.")
    if problems:
        raise RefusedChange(problems)
