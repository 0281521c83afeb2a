"""The parts of an enquiry that somebody can be asked about: the conversation with each level, apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from indgang.catalogue.models import Service, Unit
from indgang.correspondence.models import Thread
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent
from indgang.feedback.models import SurveyKind
from indgang.handover.models import Handover

#: the person of such an event talks with the caller from then on
_TALKS = (Kind.ANSWERED, Kind.TRANSFERRED)
#: the questions about what is written, by its channel
_WRITTEN = {Channel.MAIL: SurveyKind.MAIL, Channel.FORM: SurveyKind.FORM, Channel.CHAT: SurveyKind.CHAT}
#: a hand-over that ended so was with somebody who talked or wrote to the contact
_WAS_ANSWERED = (Handover.Outcome.ANSWERED, Handover.Outcome.IN_CASE)


@dataclass(frozen=True, slots=True)
class EndedPart:
    """One part that is over. `key` is unique, and `keys` are those of all parts of its enquiry.

    `address` is the mail address or the number that was written from.
    """

    key: str
    keys: frozenset[str]
    kind: str
    enquiry: Enquiry
    level: int
    employee: int | None
    ended_at: datetime
    service: Service | None = None
    unit: Unit | None = None
    handover: Handover | None = None
    address: str = ""


def of_calls(enquiries: Sequence[Enquiry]) -> list[EndedPart]:
    """The parts of calls that are over, one for each level that talked. Few queries, however many calls."""
    talks = _talks(enquiries)
    handovers = _handovers(enquiries)
    found = []
    for enquiry in enquiries:
        if _is_over(enquiry):
            found += _of_call(enquiry, talks.get(str(enquiry.pk), {}), handovers.get(enquiry.pk, []))
    return found


def of_handovers(handovers: Iterable[Handover]) -> list[EndedPart]:
    """The second level's parts of questions that were handed over for later and have been answered."""
    found = []
    for handover in handovers:
        answered = handover.state == Handover.State.CLOSED and handover.outcome in _WAS_ANSWERED
        if answered and handover.kind in Handover.FOR_LATER and handover.closed_at:
            found.append(_of_handover(handover))
    return found


def of_threads(threads: Iterable[Thread]) -> list[EndedPart]:
    """What people wrote and we answered, also when it is one of the kinds that nobody is asked about by link."""
    found = [each for each in threads if each.channel in _WRITTEN and each.ending == Thread.Ending.ANSWERED]
    authors = _authors(found)
    return [_of_thread(each, authors.get(str(each.pk))) for each in found]


def _of_thread(thread: Thread, author: int | None) -> EndedPart:
    enquiry, service = thread.enquiry, _service(thread.enquiry)
    later = [each for each in _handovers([enquiry]).get(enquiry.pk, []) if each.kind in Handover.FOR_LATER]
    return EndedPart(
        key=_key(enquiry.pk, 1), keys=frozenset((_key(enquiry.pk, 1), *(_key(each.pk, 2) for each in later))),
        kind=_WRITTEN[Channel(thread.channel)], enquiry=enquiry, level=1, employee=author,
        ended_at=thread.ended_at or thread.began_at, service=service, unit=service.unit if service else None,
        address=thread.contact_address,
    )  # fmt: skip


def _authors(threads: Sequence[Thread]) -> dict[str, int]:
    """By thread the person of our last answer."""
    rows = StoredEvent.objects.filter(
        stream__in=[each.pk for each in threads], kind=str(EnquiryKind.REPLIED), person__isnull=False
    )
    return {str(key): person or 0 for key, person in rows.order_by("stream", "number").values_list("stream", "person")}


def _is_over(enquiry: Enquiry) -> bool:
    """Whether it was a call to us that was answered and has ended."""
    return bool(
        enquiry.channel == Channel.PHONE and enquiry.answered_at and enquiry.ended_at and not enquiry.dialled_by_id
    )


def _of_call(enquiry: Enquiry, talked: dict[int, int], handovers: list[Handover]) -> list[EndedPart]:
    later = {_key(each.pk, 2) for each in handovers if each.kind in Handover.FOR_LATER}
    keys = frozenset(_key(enquiry.pk, level) for level in talked) | later
    service = _service(enquiry)
    with_call = next((each for each in handovers if each.kind not in Handover.FOR_LATER), None)
    return [
        EndedPart(
            key=_key(enquiry.pk, level), keys=keys, kind=SurveyKind.AFTER_CALL, enquiry=enquiry, level=level,
            employee=person, ended_at=enquiry.ended_at or enquiry.arrived_at, service=service,
            unit=with_call.unit if level == 2 and with_call else service.unit if service else None,
            handover=with_call if level == 2 else None,
        )
        for level, person in talked.items()
    ]  # fmt: skip


def _of_handover(handover: Handover) -> EndedPart:
    enquiry, key = handover.enquiry, _key(handover.pk, 2)
    siblings = [each for each in _handovers([enquiry]).get(enquiry.pk, []) if each.kind in Handover.FOR_LATER]
    talks = _talks([enquiry]).get(str(enquiry.pk), {})
    thread = Thread.objects.filter(pk=enquiry.pk).first()
    levels = {1} if thread is not None else talks
    keys = {key, *(_key(enquiry.pk, level) for level in levels), *(_key(each.pk, 2) for each in siblings)}
    return EndedPart(
        key=key, keys=frozenset(keys), kind=_WRITTEN.get(Channel(enquiry.channel), SurveyKind.AFTER_CALL),
        enquiry=enquiry, level=2, employee=handover.person_id, ended_at=handover.closed_at or handover.sent_at,
        service=handover.service, unit=handover.unit, handover=handover,
        address=thread.contact_address if thread else "",
    )  # fmt: skip


def _key(of: object, level: int) -> str:
    return f"{of}:{level}"


def _service(enquiry: Enquiry) -> Service | None:
    """What it was about: the service of its first question, when it is registered."""
    first = min(enquiry.questions.all(), key=lambda question: question.order, default=None)
    return first.service if first else None


def _talks(enquiries: Sequence[Enquiry]) -> dict[str, dict[int, int]]:
    """By enquiry and level the person who talked last."""
    rows = StoredEvent.objects.filter(
        stream__in=[each.pk for each in enquiries], kind__in=[str(kind) for kind in _TALKS], person__isnull=False
    )
    found: dict[str, dict[int, int]] = {}
    for stream, level, person in rows.order_by("stream", "number").values_list("stream", "level", "person"):
        found.setdefault(str(stream), {})[level] = person or 0
    return found


def _handovers(enquiries: Sequence[Enquiry]) -> dict[object, list[Handover]]:
    rows = Handover.objects.filter(enquiry__in=enquiries).exclude(state=Handover.State.CANCELLED)
    found: dict[object, list[Handover]] = {}
    for each in rows.select_related("unit", "service", "enquiry").order_by("sent_at"):
        found.setdefault(each.enquiry_id, []).append(each)
    return found
