"""The form of a hand-over that is being written: what is prefilled, what was typed, and the times on offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from uuid import UUID

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.correspondence import answers
from indgang.correspondence.models import Thread
from indgang.desk import card_articles, recipients
from indgang.desk.handover_forms import HandoverForm
from indgang.desk.recipients import ChosenRecipient, RecipientSection
from indgang.enquiries import case_references, return_calls
from indgang.enquiries.models import ArticleUse, Channel, Draft, Enquiry, Question
from indgang.handover import counted_hours, drafts, suggestions
from indgang.handover.card import MOST_TEXT
from indgang.handover.models import Handover
from indgang.handover.suggestions import SuggestedTime
from indgang.routing.availability.windows import Medium

Kind = Handover.Kind


class HandoverSheet:
    """The hand-over of one enquiry that one person is writing. `typed` is what was sent, else the draft counts."""

    def __init__(self, enquiry: Enquiry, *, by: Person, at: datetime, typed: Mapping[str, str] | None = None) -> None:
        self.enquiry, self.by, self.at, self._typed = enquiry, by, at, typed

    @cached_property
    def draft(self) -> dict[str, str]:
        return drafts.of(self.enquiry, self.by)

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The text of each field: sent now, from the draft, or prefilled."""
        return self._typed if self._typed is not None else prefilled(self.enquiry, self.by) | self.draft

    @cached_property
    def form(self) -> HandoverForm:
        if self._typed is not None:
            return HandoverForm(self._typed, times=self.times)
        return HandoverForm(initial=dict(self.values), times=self.times)

    @cached_property
    def chosen(self) -> ChosenRecipient | None:
        return recipients.chosen(self.values.get("to", ""), day_of(self.at))

    @cached_property
    def sections(self) -> list[RecipientSection]:
        """What the search field finds, as it stands."""
        return recipients.find(self.values.get("q", ""), at=self.at, medium=medium_of(self.enquiry.channel, self.kind))

    @property
    def kind(self) -> str:
        kind = self.values.get("kind", "")
        return kind if kind in Handover.FOR_LATER else Kind.TASK.value

    @cached_property
    def times(self) -> list[SuggestedTime]:
        found = times(self.enquiry, self.kind, self.chosen, self.at)
        return suggestions.with_chosen(found, self.values.get("time", ""), self.at)

    @property
    def why_no_times(self) -> str:
        """Why no call can be promised about the chosen subject, whatever the time; empty when one can."""
        service = self.chosen.service if self.chosen else None
        return suggestions.why_no_calls(service, self.times, self.at) if self.kind == Kind.CALLBACK else ""

    @cached_property
    def articles(self) -> list[ArticleUse]:
        """The articles that go with the card as links."""
        return card_articles.of(self.enquiry.pk, reader=self.by, at=self.at)

    @cached_property
    def thread(self) -> Thread | None:
        """The written enquiry that this person has in hand; it ends with the hand-over. A chat goes on: both sides are
        there, and it ends in its own way (`chat.conversation`)."""
        mine = Thread.objects.open().filter(pk=self.enquiry.pk, holder=self.by)
        return mine.exclude(channel=Channel.CHAT).first()

    @property
    def newest(self) -> UUID | None:
        """The newest message of the contact, which whoever opens the panel now has before them."""
        return answers.from_people(self.thread).values_list("pk", flat=True).first() if self.thread else None

    @property
    def sent(self) -> list[Handover]:
        """What has been handed over from this enquiry."""
        rows = Handover.objects.filter(enquiry=self.enquiry).with_names()
        return list(rows.order_by("-sent_at"))


def medium_of(channel: str, kind: str) -> Medium:
    """How the second level would answer: a contact who chats in a chat, unless a call is promised."""
    return Medium.CHAT if channel == Channel.CHAT and kind != Kind.CALLBACK else Medium.PHONE


def times(enquiry: Enquiry, kind: str, whom: ChosenRecipient | None, at: datetime) -> list[SuggestedTime]:
    centre = counted_hours.centre_for(enquiry.centre, whom.recipient.unit if whom else None, day_of(at))
    if kind == Kind.CALLBACK:
        return suggestions.of_calls(centre, whom.service if whom else None, at)
    return suggestions.of_answers(centre, at)


def prefilled(enquiry: Enquiry, by: Person) -> dict[str, str]:
    """The card as far as the enquiry tells it. A protected name is not copied."""
    party, questions = enquiry.party, _registered(enquiry, by)
    draft = Draft.objects.filter(enquiry=enquiry, person=by).first()
    fields = draft.fields if draft else {}
    notes = [str(fields[name]) for name in sorted(fields) if name.endswith("-note")] or [row.note for row in questions]
    thread = Thread.objects.filter(pk=enquiry.pk).first()
    return {
        "kind": Kind.TASK.value,
        "q": _subject(fields, questions),
        "question": "\n".join(note.strip() for note in notes if note.strip()) or _written(thread),
        "case_number": case_references.latest_number(enquiry),
        "contact_name": party.name if party and not party.protected else enquiry.caller_name,
        "contact_number": return_calls.number_of(enquiry),
        "contact_email": _address_of(thread) or (party.email if party and not party.protected else ""),
    }


def _address_of(thread: Thread | None) -> str:
    """The mail address of whoever wrote; a message of secure post has none."""
    return thread.contact_address if thread and thread.mailbox_id and "@" in thread.contact_address else ""


def _written(thread: Thread | None) -> str:
    """What the contact wrote last, as far as the card has room for it; empty for a call."""
    came = answers.came_last(thread) if thread else None
    return mask_cpr(came.text.strip())[:MOST_TEXT] if came else ""


def _registered(enquiry: Enquiry, by: Person) -> list[Question]:
    return list(enquiry.questions.filter(registered_by=by).select_related("service"))


def _subject(fields: Mapping[str, object], questions: list[Question]) -> str:
    """The name of the service that was chosen last, for the search."""
    keys = [str(fields[name]) for name in sorted(fields) if name.endswith("-service") and str(fields[name]).isdigit()]
    if keys:
        return recipients.name_of_service(int(keys[-1]))
    return questions[-1].service.name if questions else ""
