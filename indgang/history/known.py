"""Our queues, services and purposes, as files of other systems may name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from indgang.accounts.access import of_either_side
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Purpose, Service
from indgang.enquiries.circumstances import AnswerTarget
from indgang.entry.models import Queue
from indgang.history.mapping.codes import KnownCodes
from indgang.history.mapping.fields import FieldName
from indgang.measures.rollups import log
from indgang.measures.rollups.facts import Promises


@dataclass(frozen=True, slots=True)
class OurPlaces:
    """The codes that a person may import for, the centre of each queue (codes), and what queues have promised."""

    codes: KnownCodes
    centres: Mapping[str, str]
    promises: Promises

    def promise(self, queue: str, at: datetime) -> AnswerTarget:
        return self.promises(queue, at)


def places(person: Person | None = None) -> OurPlaces:
    """Queues of the centres that the person answers for, and all services and purposes, also those that have ended.
    Without a person (a command), all queues."""
    queues = Queue.objects.select_related("centre").order_by("valid_from", "code")
    if person is not None:
        queues = queues.filter(of_either_side(person, Permission.IMPORT_HISTORY, before="centre__"))
    rows = list(queues)
    return OurPlaces(
        KnownCodes({
            FieldName.QUEUE: {each.code: each.name for each in rows},
            FieldName.SERVICE: dict(Service.objects.values_list("code", "name")),
            FieldName.PURPOSE: dict(Purpose.objects.values_list("code", "name")),
        }),
        {each.code: each.centre.code for each in rows}, log.promises(),
    )  # fmt: skip
