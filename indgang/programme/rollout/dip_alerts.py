"""An alert for each open risk whose watched figure has certainly fallen, as long as it has."""

from __future__ import annotations

from datetime import datetime

from indgang.core.clock import day_of
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.programme.rollout import overview
from indgang.programme.rollout.models import RolloutPlan

#: the first word of the alert's code; the second is the key of the risk
DIP_ALERT = "rollout_dip"


def follow(*, at: datetime) -> None:
    """Begin and end the alerts of all open plans, once a day. Those who lead the plan's centre see them."""
    dipping = set()
    for plan in RolloutPlan.objects.filter(closed_at=None).select_related("centre"):
        for each in overview.dips(overview.risks(overview.standing(plan, today=day_of(at)))):
            code = f"{DIP_ALERT} {each.risk.pk}"
            dipping.add(code)
            alerts.begin(code, f"{plan.name}: {each.risk.title}", at=at, centre=plan.centre)
    standing = Alert.objects.filter(code__startswith=f"{DIP_ALERT} ", over_at=None)
    for code in standing.exclude(code__in=dipping).values_list("code", flat=True):
        alerts.end(code, at=at)
