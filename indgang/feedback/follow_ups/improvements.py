"""Improvements: suggested, approved by the head of the unit where that is needed, carried out (001:5284)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr, mask_texts
from indgang.core.refusals import RefusedChange
from indgang.feedback.follow_up_models import FollowUp, ImprovementItem
from indgang.feedback.follow_ups import rights

State, Kind = ImprovementItem.State, ImprovementItem.Kind
_FIELDS = ("title", "text", "unit", "service", "owner", "target_day")
#: what a head says yes to; who sees to it and until when may change afterwards
_DECIDED = ("title", "text", "unit", "service")


@transaction.atomic
def suggest(
    *, kind: str, unit: Unit, values: Mapping[str, Any], follow_up: FollowUp | None = None, by: Person, at: datetime
) -> ImprovementItem:
    """Begin an improvement: under way at once, or waiting for approval. `values` are title, text, service, owner and
    target_day."""
    state = State.UNDER_WAY if kind == Kind.JUST_DO_IT else State.SUGGESTED
    made = ImprovementItem.objects.create(
        kind=kind,
        state=state,
        unit=unit,
        follow_up=follow_up,
        created_by=by,
        created_at=at,
        **mask_texts(values),
    )
    trail.record(by=by, at=at, action="improvementitem.create", target=made, after=trail.values_of(made, _FIELDS))
    return made


@transaction.atomic
def change(item: ImprovementItem, *, values: Mapping[str, Any], by: Person, at: datetime) -> ImprovementItem:
    """Change what it says. Raises RefusedChange for one that is over, and for another content than its
    unit's head has approved."""
    locked, wanted = _locked(item), mask_texts(values)
    _refuse_unless(locked, *ImprovementItem.OPEN)
    if locked.decided_at is not None:
        said = _("Enhedens leder har godkendt det, som det står. Opret en ny forbedring.")
        changed = [name for name in _DECIDED if wanted.get(name, getattr(locked, name)) != getattr(locked, name)]
        if changed:
            raise RefusedChange(dict.fromkeys(changed, said))
    before = trail.values_of(locked, _FIELDS)
    for name, value in wanted.items():
        setattr(locked, name, value)
    after = trail.values_of(locked, _FIELDS)
    if before != after:
        locked.save(update_fields=list(wanted))
        trail.record(by=by, at=at, action="improvementitem.change", target=locked, before=before, after=after)
    return locked


@transaction.atomic
def decide(item: ImprovementItem, *, approved: bool, decision: str, by: Person, at: datetime) -> ImprovementItem:
    """Approve or turn down. Raises RefusedChange unless it waits for that and `by` is the unit's head, and for a no
    without a reason."""
    locked = _locked(item)
    _refuse_unless(locked, State.SUGGESTED)
    if not rights.may_approve(by, locked):
        raise RefusedChange({"": _("Kun enhedens leder kan godkende.")})
    if not approved and not decision.strip():
        raise RefusedChange({"decision": _("Skriv hvorfor.")})
    locked.decided_by, locked.decided_at, locked.decision = by, at, mask_cpr(decision.strip())
    return _moved(locked, State.UNDER_WAY if approved else State.TURNED_DOWN, "decide", by=by, at=at)


@transaction.atomic
def carry_out(item: ImprovementItem, *, works_from: date, by: Person, at: datetime) -> ImprovementItem:
    """Note the day from which it works, which its effect is measured around."""
    locked = _locked(item)
    _refuse_unless(locked, State.UNDER_WAY)
    if works_from > day_of(at):
        raise RefusedChange({"works_from": _("Vælg i dag eller en dag før.")})
    locked.works_from = works_from
    return _moved(locked, State.CARRIED_OUT, "done", by=by, at=at)


@transaction.atomic
def drop(item: ImprovementItem, *, by: Person, at: datetime) -> ImprovementItem:
    """Give it up."""
    locked = _locked(item)
    _refuse_unless(locked, *ImprovementItem.OPEN)
    return _moved(locked, State.DROPPED, "drop", by=by, at=at)


def _moved(locked: ImprovementItem, state: str, verb: str, *, by: Person, at: datetime) -> ImprovementItem:
    before = trail.values_of(locked, ("state",))
    locked.state = state
    locked.save()
    after = trail.values_of(locked, ("state", "decision", "works_from"))
    trail.record(by=by, at=at, action=f"improvementitem.{verb}", target=locked, before=before, after=after)
    return locked


def _refuse_unless(locked: ImprovementItem, *states: str) -> None:
    if locked.state not in states:
        said = _("Forbedringen er i mellemtiden: %(state)s.") % {"state": locked.get_state_display()}
        raise RefusedChange({"": said})


def _locked(item: ImprovementItem) -> ImprovementItem:
    rows = ImprovementItem.objects.select_for_update(of=("self",)).select_related("unit", "service", "owner")
    return rows.get(pk=item.pk)
