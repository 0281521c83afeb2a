"""Activities and milestones of a rollout plan are added, moved, begun and finished; each change says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.programme.rollout.judging import circle
from indgang.programme.rollout.models import ActivityNeed, RolloutActivity, RolloutMilestone, RolloutPlan
from indgang.programme.rollout.plans import opened

_STATE = RolloutActivity.State


@transaction.atomic
def add(
    plan: RolloutPlan, values: Mapping[str, Any], needs: Iterable[RolloutActivity] = (), *, by: Person, at: datetime
) -> RolloutActivity:  # fmt: skip
    """An activity of one's own. Raises RefusedChange, by field."""
    locked = opened(plan)
    made = changes.save(RolloutActivity(plan=locked), _checked(values, RolloutActivity(), at), by=by, at=at)
    _set_needs(made, list(needs), by=by, at=at)
    return made


@transaction.atomic
def change(
    activity: RolloutActivity, values: Mapping[str, Any], needs: Iterable[RolloutActivity] | None = None, *,
    why: str, by: Person, at: datetime,
) -> RolloutActivity:  # fmt: skip
    """Raises RefusedChange, by field: a day moves for a reason, an activity does not wait for itself."""
    opened(activity.plan)
    locked = RolloutActivity.objects.select_for_update().get(pk=activity.pk)
    checked = _checked(values, locked, at)
    if _moves(locked, checked, "starts_on", "ends_on") and not why:
        raise RefusedChange({"why": _("Skriv, hvorfor datoen flyttes.")})
    changed = changes.save(locked, checked, by=by, at=at, why=why)
    if needs is not None:
        _set_needs(changed, list(needs), by=by, at=at)
    return changed


def _moves(row: RolloutActivity | RolloutMilestone, values: Mapping[str, Any], *names: str) -> bool:
    return any(name in values and values[name] != getattr(row, name) for name in names)


def _checked(values: Mapping[str, Any], row: RolloutActivity, at: datetime) -> dict[str, Any]:
    """With the day on which it was finished, which follows from the state."""
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts is not None and ends is not None and ends < starts:
        raise RefusedChange({"ends_on": _("Den sidste dag ligger før den første.")})
    is_done = values.get("progress", row.progress) == _STATE.DONE
    done_on = values.get("done_on") or row.done_on or day_of(at)
    if is_done and done_on > day_of(at):
        raise RefusedChange({"done_on": _("Vælg i dag eller en dag før.")})
    return {**values, "done_on": done_on if is_done else None}


def _set_needs(activity: RolloutActivity, wanted: list[RolloutActivity], *, by: Person, at: datetime) -> None:
    before = {each.needs_id: each.needs for each in activity.needs.select_related("needs")}
    after = {each.pk: each for each in wanted}
    if before.keys() == after.keys():
        return
    _refuse_circle(activity, after)
    activity.needs.exclude(needs__in=after).delete()
    ActivityNeed.objects.bulk_create(
        ActivityNeed(activity=activity, needs=each) for pk, each in after.items() if pk not in before
    )
    trail.record(
        by=by, at=at, action="rolloutactivity.change", target=activity,
        before={"waits_for": sorted(map(str, before.values()))}, after={"waits_for": sorted(map(str, after.values()))},
    )  # fmt: skip


def _refuse_circle(activity: RolloutActivity, wanted: Mapping[int, RolloutActivity]) -> None:
    if any(each.plan_id != activity.plan_id for each in wanted.values()):
        raise RefusedChange({"needs": _("En aktivitet kan kun vente på aktiviteter i samme plan.")})
    rows = ActivityNeed.objects.filter(activity__plan=activity.plan_id).exclude(activity=activity)
    needs: dict[int, set[int]] = {}
    for waiting, needed in rows.values_list("activity", "needs"):
        needs.setdefault(waiting, set()).add(needed)
    found = circle({**needs, activity.pk: set(wanted)}, activity.pk)
    if found:
        names = dict(activity.plan.activities.filter(pk__in=found).values_list("pk", "title"))
        said = _("Så ville aktiviteterne vente på hinanden: %(circle)s.")
        raise RefusedChange({"needs": said % {"circle": " → ".join(names[each] for each in found)}})


@transaction.atomic
def remove(activity: RolloutActivity, *, by: Person, at: datetime) -> None:
    """One's own; an activity of the documents is dropped instead. Raises RefusedChange."""
    opened(activity.plan)
    if activity.source:
        raise RefusedChange({"": _("Aktiviteten står i dokumenterne. Sæt den til Opgivet i stedet.")})
    before = {"title": activity.title}
    trail.record(by=by, at=at, action="rolloutactivity.remove", target=activity, before=before)
    activity.delete()


@transaction.atomic
def save_milestone(
    milestone: RolloutMilestone, values: Mapping[str, Any], *, why: str = "", by: Person, at: datetime
) -> RolloutMilestone:
    """Add or change a milestone. Raises RefusedChange, by field: its day moves for a reason."""
    opened(milestone.plan)
    reached = values.get("reached")
    if reached is not None and reached > day_of(at):
        raise RefusedChange({"reached": _("Vælg i dag eller en dag før.")})
    is_new = milestone._state.adding
    if not is_new and _moves(milestone, values, "planned") and not why:
        raise RefusedChange({"why": _("Skriv, hvorfor datoen flyttes.")})
    return changes.save(milestone, values, by=by, at=at, why=why)


@transaction.atomic
def remove_milestone(milestone: RolloutMilestone, *, by: Person, at: datetime) -> None:
    """One's own. Raises RefusedChange for one of the documents."""
    opened(milestone.plan)
    if milestone.source:
        raise RefusedChange({"": _("Milepælen står i dokumenterne og bliver i planen.")})
    trail.record(by=by, at=at, action="rolloutmilestone.remove", target=milestone, before={"title": milestone.title})
    milestone.delete()
