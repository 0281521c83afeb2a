"""Registers what an enquiry was about: questions, drafts, enquiries that no telephone measured, and corrections.

Measured values are never typed: times, waits, queue and menu choices come from the event stream. Only for an enquiry
without a telephone (`walk_in`) does the agent enter its start and its length.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre, LocalPurpose, Purpose, Service
from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.core.masking import mask_cpr, mask_texts
from indgang.core.refusals import CodedRefusal
from indgang.enquiries import earlier_answers, journal, return_calls
from indgang.enquiries.event_kinds import Begun, EnquiryKind
from indgang.enquiries.models import WRITTEN_CHANNELS, Channel, Character, Draft, Enquiry, Outcome, Question, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import InHand, Queue, QueueMembership
from indgang.events.event import Event
from indgang.live import stale

#: the outcomes on every form. A message to the case worker is offered once it was sent, for somebody to receive it.
OFFERED_OUTCOMES = (Outcome.RESOLVED, Outcome.TRANSFERRED, Outcome.CALLBACK, Outcome.DIRECTED, Outcome.OTHER)
#: a note is a few lines for colleagues, not the case file; longer text belongs in the case system
NOTE_LENGTH = 4_000
#: a call about more questions counts as two calls
MOST_QUESTIONS = 12
#: most characters of a draft, all fields together
DRAFT_LENGTH = 80_000
#: the oldest visit or direct call that can be registered
OLDEST_BY_HAND = timedelta(days=7)
LONGEST_BY_HAND_MINUTES = 600


class RegistrationError(CodedRefusal):
    """Nothing was written; `message` tells the agent what to do, `code` is for programs.

    Codes: no_questions, too_many, service_not_valid, purpose_not_valid, local_purpose_elsewhere, note_too_long,
    not_registrable, times_needed, time_in_future, too_long_ago, too_long, draft_too_long, registered, not_yours,
    not_today, in_use, nobody_gets_it, no_number_to_ring.
    """


@dataclass(frozen=True, slots=True)
class QuestionData:
    """One question as the agent entered it."""

    service: Service
    purpose: Purpose
    character: str
    outcome: str
    local_purpose: LocalPurpose | None = None
    should_be_digital: bool = False
    in_knowledge: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TypedTimes:
    """The start and length of an enquiry that was not measured."""

    arrived_at: datetime
    minutes: float


@dataclass(frozen=True, slots=True)
class Registration:
    """The result. `again` means that the questions existed already (pressed twice, or registered in another tab)."""

    enquiry: Enquiry
    questions: tuple[Question, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved draft. `overtook` means that another tab had saved in between; the last save counts."""

    draft: Draft
    overtook: bool = False


def register(
    enquiry: Enquiry,
    *,
    questions: Sequence[QuestionData],
    by: Person,
    at: datetime,
    seen: int = 0,
    times: TypedTimes | None = None,
    handed_over: Collection[str] = (),
) -> Registration:
    """Register the questions of the enquiry.

    `seen` is how many of the agent's own questions the form had loaded: registering twice gives the same result once,
    with `again` set. `times` is for enquiries begun by hand only. A question with the outcome callback adds the caller
    to the callback list. `handed_over` holds the outcomes that hand-overs of the enquiry stand for: a message can only
    be registered when one was sent, and a call that a unit has promised is not promised again. Raises
    `RegistrationError`.
    """
    _check(questions, on=day_of(at))
    _check_outcomes(questions, handed_over)
    with transaction.atomic():
        locked = _locked(enquiry)
        own = list(locked.questions.filter(registered_by=by))
        if len(own) > seen:
            return Registration(locked, tuple(own), again=True)
        _check_state(locked)
        typed = _times(locked, times, at=at)
        rows = _write(locked, questions, by=by, at=at)
        _keep_promise(locked, handed_over, by=by, at=at)
        earlier_answers.keep(rows)
        Draft.objects.filter(enquiry=locked, person=by).delete()
        told: dict[str, Any] = {"questions": [_recorded(row) for row in rows]}
        if typed:
            told |= {"began_at": typed.arrived_at.isoformat(), "minutes": typed.minutes}
        journal.append(locked, EnquiryKind.REGISTERED.event(str(locked.pk), at, person=by.pk, data=told), by=by)
        trail.record(by=by, at=at, action="enquiry.register", target=locked, after=told)
        _mark(locked, by)
        _mark_story(locked, by)
    return Registration(locked, tuple(rows))


def save_draft(
    enquiry: Enquiry, *, fields: Mapping[str, Any], revision: int, by: Person, at: datetime, seen: int = 0
) -> Kept:
    """Save the typed fields as a draft. The last save wins; `overtook` means that another tab had saved too.

    `seen` is how many of the agent's own questions the form had loaded. A save that was under way during registration,
    or comes from another tab, must not restore those questions or replace the draft of a further one.

    Drafts have no audit row: only their author sees them, and registration deletes them. Raises `RegistrationError`
    (registered, draft_too_long).
    """
    if sum(len(str(value)) for value in fields.values()) > DRAFT_LENGTH:
        raise RegistrationError("draft_too_long", _("Kladden er for lang til at blive gemt. Kort noten ned."))
    kept = mask_texts(fields)
    with transaction.atomic():
        locked = _locked(enquiry)
        if locked.questions.filter(registered_by=by).count() > seen:
            raise RegistrationError("registered", _("Henvendelsen er allerede registreret."))
        mine = Draft.objects.select_for_update().filter(enquiry=locked, person=by).first()
        if mine is None:
            mine = Draft(enquiry=locked, person=by)
            stale.mark(f"person-{by.pk}/lists")
        overtook = mine.revision > revision
        mine.fields, mine.updated_at = kept, at
        mine.revision += 1
        mine.save()
        _mark_story(locked, by)
    return Kept(mine, overtook)


def walk_in(
    *,
    channel: str,
    by: Person,
    at: datetime,
    centre: ContactCentre | None = None,
    number: str = "",
    name: str = "",
) -> Enquiry:
    """Begin an enquiry that no exchange measured: a visit, a direct call, or any call while the exchange is down.

    It stays among the agent's unfinished registrations until `register` gets its times. A second call before anything
    is typed returns the same enquiry.
    """
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)
        begun = _empty_by_hand(by).filter(channel=channel, caller_number=number).first()
        if begun:
            return begun
        told = Begun(channel, centre.code if centre else "", number, name[:100])
        enquiry = journal.begin(Event(str(uuid7()), EnquiryKind.BEGUN, at, "", by.pk, told), by=by)
        trail.record(by=by, at=at, action="enquiry.begin_by_hand", target=enquiry, after={"channel": channel})
        _mark(enquiry, by)
    return enquiry


def discard(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Delete an unused enquiry that was begun by hand. Raises `RegistrationError` (in_use) for any other."""
    with transaction.atomic():
        locked = _locked(enquiry)
        if not begun_by_hand(locked) or locked.agent_id != by.pk or locked.questions.exists():
            raise RegistrationError("in_use", _("Du kan kun slette en henvendelse, du selv har oprettet uden telefon."))
        Draft.objects.filter(enquiry=locked).delete()
        left = Kind.LEFT.event(str(locked.pk), at, person=by.pk, data={"why": "discarded"})
        journal.append(locked, left, by=by)
        trail.record(by=by, at=at, action="enquiry.discard", target=locked)
        _mark(locked, by)


def correct(
    question: Question, *, to: QuestionData, by: Person, at: datetime, handed_over: Collection[str] = ()
) -> Question:
    """Change one's own registration of the same day; `handed_over` as for `register`. Raises `RegistrationError`."""
    _check([to], on=day_of(at))
    with transaction.atomic():
        locked = _locked(question.enquiry)
        row = Question.objects.select_related("service", "purpose", "local_purpose").get(pk=question.pk)
        _check_mine_today(row, by=by, at=at)
        before, note_before = _recorded(row), row.note
        if to.outcome != row.outcome:
            _check_outcomes([to], handed_over)
        _fill(row, to)
        row.save()
        if before["outcome"] != row.outcome:
            _keep_promise(locked, handed_over, by=by, at=at)
        earlier_answers.keep([row])
        after = _recorded(row)
        if row.note != note_before:
            before |= {"note": len(note_before)}
            after |= {"note": len(row.note)}
        told = {"questions": [after], "corrected": True}
        journal.append(locked, EnquiryKind.REGISTERED.event(str(locked.pk), at, person=by.pk, data=told), by=by)
        trail.record(by=by, at=at, action="question.correct", target=row, before=before, after=after)
        _mark(locked, by)
    return row


def begun_by_hand(enquiry: Enquiry) -> bool:
    """Whether the enquiry was begun by hand: it has no entry point, queue or outbound call."""
    return (
        (enquiry.channel != Channel.PHONE or (enquiry.entry_point_id is None and enquiry.dialled_by_id is None))
        and enquiry.queued_at is None
        and not enquiry.dialled
    )


def _locked(enquiry: Enquiry) -> Enquiry:
    locked: Enquiry = Enquiry.objects.select_for_update(of=("self",)).select_related("centre").get(pk=enquiry.pk)
    return locked


def _check(questions: Sequence[QuestionData], *, on: date) -> None:
    if not questions:
        raise RegistrationError("no_questions", _("Vælg mindst en ydelse, før du registrerer."))
    if len(questions) > MOST_QUESTIONS:
        raise RegistrationError("too_many", _("En henvendelse kan højst have 12 spørgsmål."))
    for each in questions:
        _check_one(each, on)


def _check_outcomes(questions: Sequence[QuestionData], handed_over: Collection[str]) -> None:
    if any(each.outcome not in (*OFFERED_OUTCOMES, *handed_over) for each in questions):
        raise RegistrationError("nobody_gets_it", _("Giv først spørgsmålet videre, så nogen får beskeden."))


def _keep_promise(enquiry: Enquiry, handed_over: Collection[str], *, by: Person, at: datetime) -> None:
    """Add the enquiry to the callback list when a question promises a call, and close its line when none does, or when
    a unit has promised the call."""
    if Outcome.CALLBACK in handed_over or not enquiry.questions.filter(outcome=Outcome.CALLBACK).exists():
        return_calls.take_back(enquiry, by=by, at=at)
        return
    serving = QueueMembership.objects.serving_on(day_of(at)).filter(person=by)
    served = Queue.objects.filter(pk__in=serving.values("queue"))
    own = None if enquiry.queue_id else served.order_by("name").first()
    try:
        return_calls.promise(enquiry, queue=own, by=by, at=at)
    except return_calls.ReturnCallError as refused:
        raise RegistrationError(refused.code, refused.message) from refused


def _check_one(question: QuestionData, on: date) -> None:
    if not question.service.valid_on(on):
        raise RegistrationError("service_not_valid", _("Ydelsen bruges ikke længere. Vælg en anden."))
    if not question.purpose.valid_on(on):
        raise RegistrationError("purpose_not_valid", _("Ærindet bruges ikke længere. Vælg et andet."))
    local = question.local_purpose
    if local and (local.service_id != question.service.pk or local.purpose_id != question.purpose.pk):
        raise RegistrationError("local_purpose_elsewhere", _("Ærindet hører til en anden ydelse. Vælg et andet."))
    if local and not local.valid_on(on):
        raise RegistrationError("purpose_not_valid", _("Ærindet bruges ikke længere. Vælg et andet."))
    if question.character not in Character.values or question.outcome not in Outcome.values:
        raise ValueError("character and outcome are chosen from the lists")
    if len(question.note) > NOTE_LENGTH:
        raise RegistrationError("note_too_long", _("Noten må højst fylde 4.000 tegn. Kort den ned."))


def can_be_registered(enquiry: Enquiry) -> bool:
    """Whether somebody has talked with the contact, or has read what they wrote."""
    is_read = enquiry.channel in WRITTEN_CHANNELS and enquiry.first_agent_id is not None
    return (enquiry.answered_at is not None or is_read) and enquiry.state != State.LEFT


def _check_state(enquiry: Enquiry) -> None:
    if not can_be_registered(enquiry):
        raise RegistrationError(
            "not_registrable", _("Henvendelsen kan ikke registreres: der har ikke været en samtale.")
        )


def _check_mine_today(question: Question, *, by: Person, at: datetime) -> None:
    if question.registered_by_id != by.pk:
        raise RegistrationError("not_yours", _("Kun den, der har registreret, kan rette."))
    if day_of(question.registered_at) != day_of(at):
        raise RegistrationError("not_today", _("En registrering kan kun rettes samme dag."))


def _times(enquiry: Enquiry, times: TypedTimes | None, *, at: datetime) -> TypedTimes | None:
    """The times from the agent, checked; None for an enquiry that was measured or has its times already."""
    if not begun_by_hand(enquiry):
        return None
    if times is None:
        if enquiry.questions.exists():
            return None
        raise RegistrationError("times_needed", _("Skriv, hvornår henvendelsen begyndte, og hvor længe den varede."))
    _check_times(times, at)
    return times


def _check_times(times: TypedTimes, at: datetime) -> None:
    if times.arrived_at > at:
        raise RegistrationError("time_in_future", _("Tidspunktet ligger i fremtiden. Ret det."))
    if times.arrived_at < at - OLDEST_BY_HAND:
        raise RegistrationError("too_long_ago", _("Tidspunktet må højst ligge syv dage tilbage."))
    if not 0 <= times.minutes <= LONGEST_BY_HAND_MINUTES:
        raise RegistrationError("too_long", _("Varigheden skal være mellem 0 og 600 minutter."))


def _write(enquiry: Enquiry, questions: Sequence[QuestionData], *, by: Person, at: datetime) -> list[Question]:
    first = enquiry.questions.count()
    rows = []
    for order, each in enumerate(questions, start=first):
        row = Question(enquiry=enquiry, order=order, registered_at=at, registered_by=by)
        _fill(row, each)
        rows.append(row)
    return Question.objects.bulk_create(rows)


def _fill(row: Question, data: QuestionData) -> None:
    row.service, row.purpose, row.local_purpose = data.service, data.purpose, data.local_purpose
    row.character, row.outcome = data.character, data.outcome
    row.should_be_digital, row.in_knowledge = data.should_be_digital, data.in_knowledge
    row.note = mask_cpr(data.note.strip().replace("\x00", ""))


def _recorded(row: Question) -> dict[str, Any]:
    """The choices of a question, without its note, for the event and the audit trail."""
    return {
        "order": row.order,
        "service": row.service.code,
        "purpose": row.purpose.code,
        "local_purpose": row.local_purpose.name if row.local_purpose else "",
        "character": row.character,
        "outcome": row.outcome,
        "should_be_digital": row.should_be_digital,
        "in_knowledge": row.in_knowledge,
    }


def _empty_by_hand(by: Person) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(
        agent=by,
        state=State.UNREGISTERED,
        queued_at__isnull=True,
        entry_point__isnull=True,
        dialled_by__isnull=True,
        dialled="",
        ended_at=F("arrived_at"),
        drafts__isnull=True,
    )


def _mark_story(enquiry: Enquiry, by: Person) -> None:
    """Refresh the story for others who have the call in hand, because it shows the notes of `by`."""
    others = InHand.objects.filter(enquiry=enquiry.pk).exclude(person=by).values_list("person", flat=True)
    if parts := [f"person-{person}/story" for person in others]:
        stale.mark(*parts)


def _mark(enquiry: Enquiry, by: Person) -> None:
    # the card of the call asks for the registration until there is one
    parts = [f"person-{by.pk}/{name}" for name in ("lists", "figures", "call")]
    if enquiry.centre:
        parts.append(f"centre-{enquiry.centre.code}/figures")
    stale.mark(*parts)
