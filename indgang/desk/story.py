"""The story of a transferred call: who talked with the caller, the questions and the notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.core.phone_numbers import for_people
from indgang.correspondence.event_kinds import CorrespondenceKind
from indgang.correspondence.models import SecurePost, SmsMessage
from indgang.desk import card_articles
from indgang.enquiries import case_references, history
from indgang.enquiries.models import ArticleUse, CaseReference, Draft, Enquiry, Question
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent
from indgang.handover import calls, recipients
from indgang.handover.models import Handover


@dataclass(frozen=True, slots=True)
class StoryStep:
    at: datetime
    text: str


class Story:
    """What `reader` needs to know of an enquiry that others handled before. Read when a template asks."""

    def __init__(self, enquiry: Enquiry, *, reader: Person) -> None:
        self.enquiry, self.reader = enquiry, reader

    @property
    def handed_over(self) -> bool:
        """Whether somebody else talked first or the call was transferred; otherwise there is no story."""
        first = self.enquiry.first_agent_id
        return (first is not None and first != self.reader.pk) or self.enquiry.transfers > 0

    @cached_property
    def card(self) -> Handover | None:
        """The card that came with the call, or the newest open one of the enquiry, if `reader` may see it."""
        found = calls.of_call(self.enquiry) if self.handed_over else None
        return found if found is not None and recipients.may_see(self.reader, found, clock.today()) else None

    @cached_property
    def articles(self) -> list[ArticleUse]:
        """The articles that were read or used before."""
        return card_articles.of(self.enquiry.pk, reader=self.reader, at=clock.now())

    @cached_property
    def steps(self) -> list[StoryStep]:
        events = history.story(self.enquiry, also=_OF_WRITTEN_CHANNELS)
        people = Person.objects.in_bulk({event.person for event in events if event.person})
        told = ((event, _sentence(event, people.get(event.person or 0))) for event in events)
        return [StoryStep(event.at, sentence) for event, sentence in told if sentence]

    @cached_property
    def questions(self) -> list[Question]:
        """Questions that colleagues registered for this call."""
        rows = self.enquiry.questions.exclude(registered_by=self.reader)
        return list(rows.select_related("service", "purpose", "registered_by"))

    @cached_property
    def cases(self) -> list[CaseReference]:
        """The cases that the enquiry is about."""
        return case_references.of(self.enquiry)

    @cached_property
    def notes(self) -> list[tuple[Person, str]]:
        """Unregistered notes of colleagues: (person, text)."""
        drafts = Draft.objects.filter(enquiry=self.enquiry).exclude(person=self.reader).select_related("person")
        return [(draft.person, text) for draft in drafts if (text := _notes_of(draft.fields))]


def _notes_of(fields: dict[str, Any]) -> str:
    notes = (str(value).strip() for name, value in sorted(fields.items()) if name.endswith("-note"))
    return "\n".join(note for note in notes if note)


#: what became of a message of secure post; that it was sent is told as every answer is
_POST_STATES: dict[str, str | Promise] = {
    SecurePost.State.DELIVERED: gettext_lazy("Svaret i Digital Post blev leveret"),
    SecurePost.State.NOT_REGISTERED: gettext_lazy("Modtageren er ikke tilmeldt Digital Post"),
    SecurePost.State.FAILED: gettext_lazy("Svaret i Digital Post kom ikke frem"),
    SecurePost.State.DOUBT: gettext_lazy("Måske blev svaret sendt med Digital Post"),
}
#: what was sent by SMS and by secure post, and what became of it
_OF_WRITTEN_CHANNELS = (
    CorrespondenceKind.SMS_WRITTEN,
    CorrespondenceKind.SMS_SETTLED,
    CorrespondenceKind.SECURE_POST_SETTLED,
)
_SMS_STATES: dict[str, str | Promise] = {
    SmsMessage.State.DELIVERED: gettext_lazy("Sms'en blev leveret"),
    SmsMessage.State.FAILED: gettext_lazy("Sms'en kom ikke frem"),
    SmsMessage.State.DOUBT: gettext_lazy("Måske blev sms'en sendt"),
}

_CALLBACKS_OVER = {
    "not_reached": gettext_lazy("Kunne ikke træffes, da vi ringede tilbage"),
    "cancelled": gettext_lazy("Ville ikke ringes op alligevel"),
    "answered": gettext_lazy("Ringede selv igen"),
    "called_in": gettext_lazy("Ringede selv og ventede i køen på sin plads"),
}


_CHAT_NOT_TAKEN = {
    "time": gettext_lazy("%(who)s blev ikke ledig i tide."),
    "refused": gettext_lazy("%(who)s kunne ikke tage chatten."),
    "no_answer": gettext_lazy("%(who)s tog ikke chatten, mens den blev tilbudt."),
    "agent_paused": gettext_lazy("%(who)s holder pause."),
    "agent_occupied": gettext_lazy("%(who)s fik andet arbejde."),
    "agent_off": gettext_lazy("%(who)s er ikke ved sin plads."),
}

_WAITS_OVER = {
    "time": gettext_lazy("%(who)s blev ikke ledig i tide; venter på den første ledige"),
    "taken_back": gettext_lazy("Blev taget tilbage til køen; venter ikke længere på %(who)s"),
    "refused": gettext_lazy("%(who)s kunne ikke tage opkaldet; venter på den første ledige"),
    "agent_occupied": gettext_lazy("%(who)s fik andet arbejde; venter på den første ledige"),
    "no_answer": gettext_lazy("%(who)s svarede ikke; venter på den første ledige"),
    "agent_not_responding": gettext_lazy("%(who)s svarede ikke; venter på den første ledige"),
    "agent_paused": gettext_lazy("%(who)s holder pause; venter på den første ledige"),
    "agent_off": gettext_lazy("%(who)s er gået; venter på den første ledige"),
}


def _sentence(event: StoredEvent, person: Person | None) -> str:
    data = event.event.data
    who = person.name if person else _("en medarbejder")
    match event.kind:
        case Kind.ARRIVED:
            dialled = for_people(str(data.get("dialled", "")), "")
            return _("Ringede ind på %(number)s") % {"number": dialled} if dialled else _("Kom ind")
        case Kind.DIALLED:
            return _("%(who)s ringede op") % {"who": who}
        case Kind.MENU:
            return _("Valgte “%(choice)s”") % {"choice": data.get("label") or data.get("key", "")}
        case Kind.ANSWERED:
            return _("Talte med %(who)s") % {"who": who}
        case Kind.CONSULTING:
            return _("%(who)s spurgte %(name)s") % {"who": who, "name": data.get("name", "")}
        case Kind.JOINED:
            return _("Alle tre talte sammen")
        case Kind.TRANSFERRED:
            return _("Stillet om til %(name)s") % {"name": data.get("name", "")}
        case Kind.PASSED_ON:
            return _("Kom igennem til %(name)s") % {"name": data.get("name", "")}
        case Kind.TRANSFER_FAILED:
            return _("%(name)s kunne ikke tage opkaldet") % {"name": data.get("name", "")}
        case Kind.AGENT_LOST:
            return _("Forbindelsen til medarbejderen røg; opkaldet blev reddet")
        case Kind.PERSONAL_WAIT | Kind.PERSONAL_WAIT_OVER:
            return _about_waiting(event, who)
        case _:
            return _about_subject(event, who) or _about_callback(event, who) or _about_sms(event, who)


def _about_subject(event: StoredEvent, who: str) -> str:
    if event.kind == Kind.SUBJECT_UNREACHED:
        return _("Ingen, der kender til emnet, kunne træffes")
    has_rung = event.kind == Kind.SUBJECT_TRIED and event.event.data.get("result") in ("no_answer", "refused", "busy")
    return _("%(name)s kunne ikke tage opkaldet") % {"name": who} if has_rung else ""


def _about_sms(event: StoredEvent, who: str) -> str:
    if event.kind == CorrespondenceKind.SMS_WRITTEN:
        return _("%(who)s sendte en sms") % {"who": who}
    known = {
        CorrespondenceKind.SMS_SETTLED: _SMS_STATES, CorrespondenceKind.SECURE_POST_SETTLED: _POST_STATES,
    }.get(event.kind, {})  # fmt: skip
    return str(known.get(str(event.event.data.get("state", "")), ""))


def _about_waiting(event: StoredEvent, who: str) -> str:
    if event.kind == Kind.PERSONAL_WAIT:
        return _("Venter på %(who)s") % {"who": who}
    return str(_WAITS_OVER.get(str(event.event.data.get("why", "")), _WAITS_OVER["time"])) % {"who": who}


def not_taken(enquiry: Enquiry) -> str:
    """Why the person whom a chat was moved to did not take it, while that is the last that happened; else empty."""
    last = [each for each in history.story(enquiry) if each.kind in (Kind.ANSWERED, Kind.PERSONAL_WAIT_OVER)][-2:]
    found = next((each for each in reversed(last) if each.kind == Kind.PERSONAL_WAIT_OVER), None)
    if found is None:
        return ""
    person = Person.objects.filter(pk=found.person).first()
    why = str(found.event.data.get("why", ""))
    return str(_CHAT_NOT_TAKEN.get(why, _CHAT_NOT_TAKEN["time"])) % {"who": person.name} if person else ""


def _about_callback(event: StoredEvent, who: str) -> str:
    match event.kind:
        case Kind.CALLBACK | Kind.CALLBACK_ORDERED:
            return _("Blev lovet at blive ringet op")
        case Kind.CALLED_BACK:
            return _("%(who)s ringede tilbage") % {"who": who}
        case Kind.CALLBACK_FAILED:
            return _("Tog ikke telefonen, da vi ringede tilbage")
        case Kind.CALLBACK_OVER:
            return str(_CALLBACKS_OVER.get(str(event.event.data.get("why", "")), ""))
        case _:
            return ""
