"""Access of the desk's views to objects: the object, or 404; and who may use the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from indgang.accounts.access import may, on_the_branch_of
from indgang.accounts.gate import person_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Service
from indgang.core import clock
from indgang.core.text import ID_DIGITS, sort_key, whole_number
from indgang.correspondence.models import SavedAnswers, SmsMessage, Thread, ThreadMessage
from indgang.correspondence.models.threads import ThreadQuerySet
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import CaseReference, Channel, Enquiry, Party, Question, ReturnCall
from indgang.entry.models import InHand, OwnNumber, Queue, QueueMembership, StaffNews
from indgang.handover import recipients
from indgang.handover.models import Handover
from indgang.knowledge import articles, guide_versions
from indgang.knowledge.models import Article, ArticleVersion, GuideVersion, SearchDocument
from indgang.prepared.query import Query
from indgang.registers import agreements as case_agreements
from indgang.registers.models import CaseAgreement
from indgang.workforce.models import DayNote

#: the columns of an enquiry and its related rows that the desk shows; the rows are wide
SHOWN = (
    "id", "channel", "state", "language", "dialled", "caller_number", "caller_name", "party", "queue", "agent",
    "first_agent", "dialled_by", "menu", "transferred_to", "transfers", "phase", "phase_since", "arrived_at",
    "queued_at", "answered_at", "registered_at", "wait_seconds", "talk_seconds", "entry_point", "callback_place",
    "callback_due", "queue__name", "queue__unit", "entry_point__name", "first_agent__name", "party__name",
    "party__kind", "party__cvr", "party__email", "party__protected",
)  # fmt: skip

#: permissions that include a telephone on the desk
TELEPHONE = (Permission.TAKE_CALLS, Permission.TAKE_HANDOVERS)


def enquiry_for(request: HttpRequest, pk: UUID) -> Enquiry:
    """An enquiry that this person has in hand, answered, registered or began by hand."""
    person = person_of(request)
    for enquiry in _ONE_SHOWN.models(pk=pk):
        if person.pk in (enquiry.agent_id, enquiry.first_agent_id) or _has_to_do_with(person, enquiry):
            return enquiry  # type: ignore[no-any-return]  # what the query gives is an Enquiry
    raise Http404


def asked_about_chat(person: Person, enquiry: UUID) -> list[Handover]:
    """The open hand-overs of a chat on which this person may write: they read along, and write to colleagues there."""
    state = Handover.State
    rows = Handover.objects.with_names().filter(enquiry=enquiry, state__in=(state.WAITING, state.ACCEPTED))
    return [row for row in rows if recipients.may_write(person, row, clock.today())]


def has_question_about_chat(person: Person, enquiry: UUID) -> bool:
    """Whether an open hand-over of the chat was sent to this person by name, or they have taken it: only they may take
    the chat over from whoever has it in hand."""
    return any(row.person_id == person.pk for row in asked_about_chat(person, enquiry))


def answers_for(request: HttpRequest, pk: UUID) -> SavedAnswers:
    """The answers to an online form that this person has begun for a caller."""
    rows = SavedAnswers.objects.select_related("version__form", "submission__thread", "enquiry")
    return get_object_or_404(rows, pk=pk, begun_by=person_of(request), expires_at__gt=clock.now())


def sms_for(request: HttpRequest, pk: UUID) -> SmsMessage:
    """An SMS that this person sent, or one of an enquiry that they have to do with."""
    found = get_object_or_404(SmsMessage.objects.select_related("enquiry"), pk=pk, enquiry__isnull=False)
    if found.sent_by_id != person_of(request).pk:
        assert found.enquiry_id is not None
        enquiry_for(request, found.enquiry_id)
    return found


def shown() -> QuerySet[Enquiry]:
    """Enquiries with the related rows that the desk shows."""
    rows = Enquiry.objects.select_related("queue", "party", "entry_point", "first_agent").only(*SHOWN)
    return knowledge_use.with_answers(rows)


_ONE_SHOWN = Query(lambda pk: shown().filter(pk=pk), pk=UUID)


def _has_to_do_with(person: Person, enquiry: Enquiry) -> bool:
    return (
        InHand.objects.filter(person=person, enquiry=enquiry.pk).exists()
        or enquiry.drafts.filter(person=person).exists()
        or enquiry.questions.filter(registered_by=person).exists()
    )


def own_question(request: HttpRequest, pk: int) -> Question:
    """A question this person registered."""
    rows = Question.objects.select_related("enquiry", "service", "purpose", "local_purpose")
    return get_object_or_404(rows, pk=pk, registered_by=person_of(request))


def queues_of(person: Person) -> QuerySet[Queue]:
    """The queues this person serves today, also when the team leader has switched them off for now."""
    return queues_on(person.pk, clock.today())


def queues_on(person: int, day: date) -> QuerySet[Queue]:
    """The queues that a person (id) serves on a day."""
    serving = QueueMembership.objects.serving_on(day).filter(person=person)
    queues: QuerySet[Queue] = Queue.objects.filter(pk__in=serving.values("queue")).order_by("name")
    return queues


@dataclass(frozen=True, slots=True)
class Centre:
    pk: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ServedQueue:
    pk: int
    name: str
    closed: bool
    centre: Centre


_SERVED = Query(
    lambda person, day: queues_on(person, day).values_list(
        "pk", "name", "closed_at", "centre", "centre__code", "centre__name"
    ),
    person=int,
    day=date,
)


def served_by(person: Person) -> list[ServedQueue]:
    """The columns of `queues_of` that the desk shows, by name. One query."""
    rows = _SERVED.rows(person=person.pk, day=clock.today())
    return [ServedQueue(pk, name, closed is not None, Centre(*centre)) for pk, name, closed, *centre in rows]


def centres_handing_over_to(person: Person) -> QuerySet[ContactCentre]:
    """The centres whose agents transfer callers to a case worker.

    These are the centres of the units above and below their own, and those with one of these queues.
    """
    day, hand_over = clock.today(), Permission.TAKE_HANDOVERS
    queues = Queue.objects.valid_on(day).filter(on_the_branch_of(person, hand_over, "unit__path"))
    mine = on_the_branch_of(person, hand_over, "owner__path") | Q(pk__in=queues.order_by().values("centre"))
    found: QuerySet[ContactCentre] = ContactCentre.objects.valid_on(day).filter(mine)
    return found


def return_call_for(request: HttpRequest, pk: int) -> ReturnCall:
    """A return call of one of this person's queues, of no queue, or assigned to this person."""
    person = person_of(request)
    mine = Q(queue__in=queues_of(person).values("pk")) | Q(queue__isnull=True) | Q(taken_by=person)
    return get_object_or_404(ReturnCall.objects.filter(mine).select_related("enquiry__party"), pk=pk)


def promised_call_for(request: HttpRequest, pk: UUID) -> Enquiry:
    """An enquiry with a promised callback in one of this person's queues or in hand."""
    person = person_of(request)
    in_hand = InHand.objects.filter(person=person).values("enquiry")
    mine = Q(queue__in=queues_of(person).values("pk")) | Q(pk__in=in_hand)
    return get_object_or_404(Enquiry.objects.filter(mine).exclude(callback_place=None), pk=pk)


def waits_for_one(person: int, day: date) -> QuerySet[Enquiry]:
    """Personal waits: callers in a queue that this person serves, callers for them, or callers whom they let wait."""
    queues = queues_on(person, day).order_by().values("pk")
    mine = Q(queue__in=queues) | Q(waits_for=person) | Q(waits_by=person)
    return Enquiry.objects.filter(mine, waits_for__isnull=False).order_by("waits_until")


def waiting_for_one(request: HttpRequest, pk: UUID) -> Enquiry:
    return get_object_or_404(waits_for_one(person_of(request).pk, clock.today()), pk=pk)


def handover_for(request: HttpRequest, pk: UUID) -> Handover:
    """A hand-over that this person may read, as its sender, receiver, unit or contact centre."""
    rows = Handover.objects.with_names().select_related("enquiry", "centre__owner", "centre__operator")
    found: Handover = get_object_or_404(rows, pk=pk)
    if not recipients.may_see(person_of(request), found, clock.today()):
        raise Http404
    return found


def handover_numbered(request: HttpRequest, number: int) -> Handover | None:
    """The hand-over of this number, if this person may read it."""
    found = Handover.objects.select_related("centre__owner", "centre__operator").filter(number=number).first()
    return found if found and recipients.may_see(person_of(request), found, clock.today()) else None


def threads_of(person: Person) -> ThreadQuerySet:
    """The written enquiries of this person's queues, and those that they have or had in hand."""
    had = Q(holder=person) | Q(enquiry__agent=person) | Q(enquiry__first_agent=person)
    return Thread.objects.filter(had | Q(queue__in=queues_of(person).order_by().values("pk")))


def thread_for(request: HttpRequest, pk: UUID) -> Thread:
    """A written enquiry that this person may read."""
    found: Thread = get_object_or_404(threads_of(person_of(request)).with_names(), pk=pk)
    return found


def letter_for(request: HttpRequest, pk: UUID) -> Thread:
    """A written enquiry that this person may read, and that is no chat: what is answered like a mail."""
    found = thread_for(request, pk)
    if found.channel == Channel.CHAT:
        raise Http404
    return found


def thread_in_hand(request: HttpRequest, pk: UUID) -> Thread:
    """A written enquiry that this person has in hand."""
    found = thread_for(request, pk)
    if found.is_over or found.holder_id != person_of(request).pk:
        raise Http404
    return found


def message_of(thread: Thread, pk: UUID) -> ThreadMessage:
    """A message of this thread."""
    rows = ThreadMessage.objects.select_related("thread", "author")
    found: ThreadMessage = get_object_or_404(rows, pk=pk, thread=thread)
    return found


def day_note(request: HttpRequest, pk: int) -> DayNote:
    """A note about the person's own day."""
    return get_object_or_404(DayNote, pk=pk, person=person_of(request))


def staff_news(request: HttpRequest, pk: int, at: datetime) -> StaffNews:
    """A piece of news that is shown to this person now."""
    mine = StaffNews.objects.shown_at(at).for_person(person_of(request).pk, clock.day_of(at))
    found: StaffNews = get_object_or_404(mine, pk=pk)
    return found


def party(pk: int) -> Party:
    """Any party, because an agent must be able to find every caller. A protected name is shown only on request."""
    return get_object_or_404(Party, pk=pk)


def case_agreement_for(request: HttpRequest, pk: int) -> CaseAgreement:
    """An agreement in force by which this person may look cases up."""
    found = next((each for each in case_agreements.of(person_of(request), clock.today()) if each.pk == pk), None)
    if found is None:
        raise Http404
    return found


def case_reference_for(request: HttpRequest, pk: UUID, reference: int) -> CaseReference:
    return get_object_or_404(CaseReference, pk=reference, enquiry=enquiry_for(request, pk))


def centre_of(person: Person) -> ContactCentre | None:
    """The centre of an enquiry without a queue: that of this person's first queue."""
    queue = queues_of(person).select_related("centre").order_by("centre__name", "name").first()
    return queue.centre if queue else None


def own_number_for(request: HttpRequest, pk: int) -> OwnNumber:
    """One of this person's own telephone numbers of today."""
    mine = OwnNumber.objects.valid_on(clock.today()).filter(person=person_of(request))
    found: OwnNumber = get_object_or_404(mine.select_related("person"), pk=pk)
    return found


def has_telephone(person: Person) -> bool:
    return any(may(person, permission) for permission in TELEPHONE)


# --- Knowledge -----------------------------------------------------------------------------------


def article(request: HttpRequest, slug: str, language: str, at: datetime) -> tuple[Article, ArticleVersion]:
    """An article that this person may read, and its version in force."""
    readable = articles.readable_by(person_of(request), at=at).select_related("unit", "service", "owner")
    found = get_object_or_404(readable, slug=slug)
    version = articles.version_for(found, language=language, at=at)
    if version is None:
        raise Http404
    version.article = found
    return found, version


def shown_version(
    request: HttpRequest, enquiry: Enquiry, slug: str, key: str, language: str, at: datetime
) -> ArticleVersion:
    """The version that was shown for the enquiry, even if another is in force now; else the one in force."""
    number = whole_number(key, ID_DIGITS)
    if number is not None:
        shown = enquiry.article_uses.filter(version=number, version__article__slug=slug)
        use = shown.select_related("version__article__unit", "version__article__service").first()
        if use is not None:
            return use.version
    return article(request, slug, language, at)[1]


def guide(request: HttpRequest, slug: str, language: str, at: datetime) -> GuideVersion:
    """The version of a guide that this person may use."""
    found = get_object_or_404(guide_versions.readable_by(person_of(request), at=at), slug=slug)
    version = guide_versions.in_force(found, language, at)
    if version is None:
        raise Http404
    return version


def about_service(request: HttpRequest, service: Service, language: str, at: datetime) -> dict[str, Any]:
    """Titles of the articles and guides about a service that this person may read."""
    person = person_of(request)
    readable = articles.readable_by(person, at=at).filter(service=service)
    written = articles.versions_for(readable, language=language, at=at).values()
    walked = guide_versions.readable_by(person, at=at).filter(service=service)
    return {
        "articles": sorted(written, key=lambda version: sort_key(version.title)),
        "guides": list(guide_versions.in_force_of(walked, language, at).values()),
    }


def earlier_answer(pk: int) -> tuple[Question, SearchDocument]:
    """A registered question that others may find, with its answer; personal numbers are masked."""
    found = get_object_or_404(SearchDocument, kind=SearchDocument.Kind.ANSWER, key=str(pk))
    rows = Question.objects.select_related("service__unit", "purpose", "local_purpose")
    return get_object_or_404(rows, pk=pk), found
