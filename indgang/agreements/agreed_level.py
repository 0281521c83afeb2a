"""The service level of a centre that its agreement has a target for, where it is another formula than SL4, which the
wallboard shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.variants import MEMBERS, FigureFamily
from indgang.catalogue.models import ContactCentre
from indgang.enquiries.models import Channel
from indgang.measures import channel_groups
from indgang.measures.service_level import ServiceLevel
from indgang.prepared.query import Query

_FAMILY = MEMBERS[FigureFamily.SERVICE_LEVEL]
#: of targets that calls, which the wallboard shows, have to reach
_CHANNELS = (channel_groups.EVERY, channel_groups.CALLS, Channel.PHONE.value)
_TARGETS = Query(
    lambda centre, day: AgreementTarget.objects.filter(
        agreement__in=CooperationAgreement.objects.signed().valid_on(day).filter(centre=centre),
        kpi__in=_FAMILY, service=None, channel__in=_CHANNELS, is_floor=False,
    ).exclude(level=AgreementTarget.Level.SECOND).order_by("level", "pk"),
    centre=int,
    day=date,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgreedLevel:
    """A variant of the service level; `within` is its promise in seconds, None for the queues' own."""

    variant: ServiceLevel
    within: int | None


def other_than_shown(centre: ContactCentre, on: date) -> AgreedLevel | None:
    """None without a target, and where SL4 with the queues' own promises is agreed on too. One query."""
    targets = _TARGETS.models(centre=centre.pk, day=on)
    agreed = [AgreedLevel(ServiceLevel(each.kpi.rpartition("_")[2].upper()), each.within) for each in targets]
    return None if AgreedLevel(ServiceLevel.SL4, None) in agreed or not agreed else agreed[0]
