"""The duty rota of the demo: three centres take turns in answering in the evening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from indgang.accounts.models import Person
from indgang.catalogue.models import Schedule
from indgang.core.clock import day_of
from indgang.entry.models import DutyRota, Queue
from indgang.entry.team import rotas

_NAME, _HOURS = "Aftenvagten", "aftenvagt-16-20"
#: the queue of each centre, and its number of agents as its weight
_MEMBERS = (("tmf-oevrige", 12), ("bif-oevrige", 6), ("kff-hovednummer", 6))
#: days that are shared out in advance
_DAYS = 28


def seed(queues: Mapping[str, Queue], people: Mapping[str, Person], *, at: datetime) -> None:
    """Make the rota once, and share out its first weeks."""
    if DutyRota.objects.exists():
        return
    by, today = people["finn"], day_of(at)
    made = rotas.create(name=_NAME, hours=Schedule.objects.get(code=_HOURS), by=by, at=at)
    for code, agents in _MEMBERS:
        rotas.join(made, queues[code], weight=Decimal(agents), valid_from=today, by=by, at=at)
    rotas.plan(made, first=today, last=today + timedelta(days=_DAYS - 1), by=by, at=at)
