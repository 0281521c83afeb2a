"""One hand-over as its page shows it to one person: the card, the history, and what they can do with it."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django import forms

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.correspondence.models import Thread
from indgang.desk import access, card_articles
from indgang.desk import recipients as choices
from indgang.desk.handing_over import medium_of
from indgang.desk.handover_forms import (
    AdditionForm,
    AnotherTimeForm,
    AttemptForm,
    ClosingForm,
    PlacementForm,
    ReturnForm,
)
from indgang.desk.recipients import ChosenRecipient, RecipientSection
from indgang.enquiries.models import ArticleUse, Channel
from indgang.handover import (
    case_note,
    counted_hours,
    deadlines,
    history,
    recipients,
    suggestions,
    time_words,
    windows,
    words,
)
from indgang.handover.history import HistoryLine
from indgang.handover.models import Handover, Participant, Promise
from indgang.handover.suggestions import SuggestedTime

State = Handover.State
#: the mark of each state (ui/states.css)
_MARKS = {
    State.WAITING: "waiting", State.ACCEPTED: "active", State.RETURNED: "paused", State.CLOSED: "resolved",
    State.CANCELLED: "inactive",
}  # fmt: skip
F = TypeVar("F")


class HandoverCard:
    """The page of one hand-over for the person who looks at it. `form` is a form that was refused."""

    def __init__(self, handover: Handover, *, by: Person, at: datetime, refused: forms.BaseForm | None = None) -> None:
        self.handover, self.by, self.at, self._refused = handover, by, at, refused

    # --- what it says --------------------------------------------------------------------------

    @property
    def mark(self) -> str:
        return _MARKS[State(self.handover.state)]

    @property
    def place(self) -> str:
        return words.place(self.handover)

    @cached_property
    def promise(self) -> Promise | None:
        """The promise that still has to be kept."""
        return self.handover.promises.filter(state=Promise.State.OPEN).first()

    @property
    def promised(self) -> str:
        return words.promised(self.promise, self.at) if self.promise else ""

    @property
    def left(self) -> str:
        """The opening time until the promise is due, or since then, in words."""
        return time_words.left(deadlines.of_one(self.handover).open_seconds_left(self.at)) if self.promise else ""

    @property
    def is_overdue(self) -> bool:
        return self.promise is not None and self.promise.due_at < self.at

    @cached_property
    def history(self) -> list[HistoryLine]:
        return history.lines(self.handover)

    @cached_property
    def articles(self) -> list[ArticleUse]:
        """The articles that were read or used for the answer."""
        return card_articles.of(self.handover.enquiry_id, reader=self.by, at=self.at)

    @cached_property
    def case_note(self) -> str:
        return case_note.text(self.handover, self.history)

    @cached_property
    def chat(self) -> UUID | None:
        """The chat about which this person was asked, while it goes on."""
        enquiry = self.handover.enquiry
        if enquiry.channel != Channel.CHAT or not Thread.objects.open().filter(pk=enquiry.pk).exists():
            return None
        return enquiry.pk if access.asked_about_chat(self.by, enquiry.pk) else None

    @property
    def scopes(self) -> list[str]:
        return [f"handover-{self.handover.pk}", f"person-{self.by.pk}"]

    @property
    def refusal(self) -> str:
        """Why the last step as a whole was refused."""
        form = self._refused
        return "".join(map(str, form.non_field_errors()[:1])) if form else ""

    # --- what can be done ----------------------------------------------------------------------

    @cached_property
    def may_act(self) -> bool:
        return self.handover.is_open and recipients.may_act(self.by, self.handover, day_of(self.at))

    @property
    def is_mine(self) -> bool:
        return self.handover.state == State.ACCEPTED and self.handover.person_id == self.by.pk

    @cached_property
    def participants(self) -> list[Participant]:
        rows = self.handover.participants.select_related("person", "unit")
        return recipients.still_taking_part(rows, day_of(self.at))

    @cached_property
    def takes_part(self) -> bool:
        return any(each.person_id == self.by.pk for each in self.participants)

    @property
    def may_join(self) -> bool:
        """Whoever has it takes part anyway."""
        return self.handover.is_open and not self.takes_part and self.handover.person_id != self.by.pk

    @property
    def may_write(self) -> bool:
        return self.may_act or (self.handover.is_open and self.takes_part)

    @property
    def may_accept(self) -> bool:
        return self.may_act and self.handover.state == State.WAITING

    @property
    def is_returned(self) -> bool:
        return self.handover.state == State.RETURNED

    @property
    def may_cancel(self) -> bool:
        return self.handover.is_open and (self.handover.sent_by_id == self.by.pk or self.may_act)

    @property
    def may_return(self) -> bool:
        return self.may_act and not self.is_returned

    @cached_property
    def times(self) -> list[SuggestedTime]:
        """Other times that can be agreed on with the contact."""
        handover = self.handover
        centre = counted_hours.centre_for(handover.centre, handover.unit, day_of(self.at))
        if self.is_call:
            return suggestions.of_calls(centre, self._service, self.at)
        return suggestions.of_answers(centre, self.at)

    @property
    def why_no_times(self) -> str:
        """Why no other time for the call can be suggested; empty when one can."""
        return suggestions.why_no_calls(self._service, self.times, self.at) if self.is_call else ""

    @property
    def is_call(self) -> bool:
        return self.handover.kind == Handover.Kind.CALLBACK

    @cached_property
    def _service(self) -> Service | None:
        """What it is about, as far as the agreed hours of its unit count for it."""
        return windows.service_of(self.handover.unit, self.handover.service)

    @cached_property
    def closing(self) -> ClosingForm:
        return self._or_refused(ClosingForm(initial={"outcome": Handover.Outcome.ANSWERED}))

    @cached_property
    def giving_back(self) -> ReturnForm:
        return self._or_refused(ReturnForm())

    @cached_property
    def placing(self) -> PlacementForm:
        return self._or_refused(PlacementForm())

    @cached_property
    def chosen(self) -> ChosenRecipient | None:
        """Who was chosen to get it instead, when that was refused."""
        return choices.chosen(self.placing["to"].value() or "", day_of(self.at))

    @cached_property
    def sections(self) -> list[RecipientSection]:
        """What the search for somebody else finds, as it stands."""
        medium = medium_of(self.handover.enquiry.channel, self.handover.kind)
        return choices.find(self.placing["q"].value() or "", at=self.at, medium=medium)

    @cached_property
    def writing(self) -> AdditionForm:
        return self._or_refused(AdditionForm())

    @cached_property
    def attempt(self) -> AttemptForm:
        return self._or_refused(AttemptForm())

    @cached_property
    def another_time(self) -> AnotherTimeForm:
        return self._or_refused(AnotherTimeForm(times=self.times, is_call=self.is_call))

    def _or_refused(self, fresh: F) -> F:
        return self._refused if isinstance(self._refused, type(fresh)) else fresh
