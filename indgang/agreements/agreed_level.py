"""What the agreement of a centre has targets for, where that is another formula than the one that the wallboard and
the desk show for the same question: SL4 by the queues' own promises, straksafklaring by the agent's mark, the mean
wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.variants import alike
from indgang.enquiries.models import Channel
from indgang.measures import channel_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.service_level import ServiceLevel
from indgang.prepared.query import Query

#: the service levels that a tile can show in place of its own
_FAMILY = frozenset(f"service_level_{each.value.lower()}" for each in ServiceLevel)
#: the figures of other tiles
_SHOWN = ("first_contact_resolution", "average_answer_seconds")
_ASKED = frozenset({*_FAMILY, *_SHOWN}.union(*map(alike, _SHOWN)))
#: of targets that calls, which the wallboard shows, have to reach
_CHANNELS = (channel_groups.EVERY, channel_groups.CALLS, Channel.PHONE.value)
_TARGETS = Query(
    lambda centre, day: AgreementTarget.objects.filter(
        agreement__in=CooperationAgreement.objects.signed().valid_on(day).filter(centre=centre),
        kpi__in=_ASKED, service=None, channel__in=_CHANNELS, is_floor=False,
    ).exclude(level=AgreementTarget.Level.SECOND).order_by("level", "pk"),
    centre=int,
    day=date,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgreedLevel:
    """A variant of the service level; `within` is its promise in seconds, None for the queues' own."""

    variant: ServiceLevel
    within: int | None


@dataclass(frozen=True, slots=True)
class AgreedOnBoard:
    """`level` is the agreed service level, None where there is no target for one, and where what is shown is agreed on
    too. `instead` are the names of other agreed figures, by the code of the figure that is shown."""

    level: AgreedLevel | None
    instead: Mapping[str, str]


def other_than_shown(centre: int, on: date) -> AgreedOnBoard:
    """Of a centre (id). One query."""
    targets = _TARGETS.models(centre=centre, day=on)
    agreed = {each.kpi for each in targets}
    found = {code: sorted(agreed & alike(code)) for code in _SHOWN if code not in agreed}
    instead = {code: ", ".join(str(FIGURE_NAMES[each]) for each in others) for code, others in found.items() if others}
    return AgreedOnBoard(_level(targets), instead)


def _level(targets: Iterable[AgreementTarget]) -> AgreedLevel | None:
    levels = (each for each in targets if each.kpi in _FAMILY)
    agreed = [AgreedLevel(ServiceLevel(each.kpi.rpartition("_")[2].upper()), each.within) for each in levels]
    return None if AgreedLevel(ServiceLevel.SL4, None) in agreed or not agreed else agreed[0]
