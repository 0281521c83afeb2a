"""The registration sheet: the fields typed for one enquiry (now or in a draft), and their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue.models import LocalPurpose, Purpose, Service
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.phone_numbers import for_people
from indgang.core.text import ID_DIGITS, whole_number
from indgang.desk.forms import KNOWN, QuestionForm, TimesForm
from indgang.desk.handover_forms import ClosingForm
from indgang.enquiries import knowledge_use, registration
from indgang.enquiries.models import ArticleUse, Character, Draft, Enquiry, Outcome, Question
from indgang.enquiries.registration import OFFERED_OUTCOMES, QuestionData, TypedTimes
from indgang.handover import calls, outcomes
from indgang.handover.models import Handover
from indgang.prepared.query import Query

#: shortcut keys of the outcomes, in the order of the list
OUTCOME_KEYS = "123456"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list: its value and its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ChosenService:
    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question as the page shows it, in plain values, so that an unchanged one is not rendered again.

    `choice` has the format of `QuestionForm.purpose`; `errors` are pairs of field and sentence; `local` holds the
    service's own purposes, `nine` those of all services.
    """

    number: int
    service: ChosenService | None = None
    choice: str = ""
    character: str = Character.GENERAL.value
    outcome: str = ""
    digital: bool = False
    known: str = ""
    note: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    local: tuple[Choice, ...] = ()
    nine: tuple[Choice, ...] = ()
    offered: tuple[str, ...] = tuple(OFFERED_OUTCOMES)

    @property
    def error(self) -> dict[str, str]:
        """The errors by field."""
        return dict(self.errors)

    @property
    def prefix(self) -> str:
        return f"q{self.number}"

    @property
    def outcomes(self) -> list[tuple[str, str, Any]]:
        """(key, value, label) of each outcome."""
        return [(key, value, Outcome(value).label) for key, value in zip(OUTCOME_KEYS, self.offered, strict=False)]

    @property
    def characters(self) -> list[tuple[str, str, Any]]:
        return [(key, value, label) for key, (value, label) in zip("gs", Character.choices, strict=True)]

    @property
    def knowns(self) -> list[tuple[str, str]]:
        """(value, label) of each answer to whether the knowledge base had the answer."""
        return [("yes", _("Ja")), ("no", _("Nej")), ("unsaid", _("Ikke relevant"))]


_DRAFT = Query(lambda enquiry, person: Draft.objects.filter(enquiry=enquiry, person=person), enquiry=UUID, person=int)


class Sheet:
    """The sheet of one enquiry for one person.

    `fields` has the format of `forms.typed_fields`, from now or from the draft. `correcting` is the registered
    question that the fields replace.
    """

    def __init__(
        self,
        enquiry: Enquiry,
        *,
        by: Person,
        at: datetime,
        fields: Mapping[str, str] | None = None,
        correcting: Question | None = None,
    ) -> None:
        self.enquiry, self.by, self.at, self.correcting = enquiry, by, at, correcting
        self.on: date = day_of(at)
        self.typed = fields
        self.refusal = ""

    # --- display -------------------------------------------------------------------------------

    @cached_property
    def draft(self) -> Draft | None:
        return next(iter(_DRAFT.models(enquiry=self.enquiry.pk, person=self.by.pk)), None)

    @cached_property
    def fields(self) -> Mapping[str, str]:
        if self.typed is not None:
            return self.typed
        return {name: str(value) for name, value in self.draft.fields.items()} if self.draft else {}

    @property
    def is_writing(self) -> bool:
        """Whether the sheet is in use: nothing is registered yet, or a further question has been begun."""
        return not self.registered or self.draft is not None

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @cached_property
    def registered(self) -> list[Question]:
        """This person's questions of the enquiry."""
        if self.enquiry.registered_at is None:
            return []
        own = self.enquiry.questions.filter(registered_by=self.by)
        return list(own.select_related("service", "purpose", "local_purpose"))

    @cached_property
    def read(self) -> list[ArticleUse]:
        """The articles that were shown or used while the enquiry was in hand."""
        return list(knowledge_use.used_for(self.enquiry)[:10])

    @property
    def correctable(self) -> bool:
        """Whether the registration can still be changed: on the same day."""
        return any(day_of(row.registered_at) == self.on for row in self.registered)

    @property
    def seen(self) -> int:
        """How many of this person's questions existed when the sheet was opened."""
        typed = whole_number(self.fields.get("seen", ""))
        return len(self.registered) if typed is None else typed

    @property
    def by_hand(self) -> bool:
        return registration.begun_by_hand(self.enquiry)

    @property
    def can_be_registered(self) -> bool:
        return registration.can_be_registered(self.enquiry)

    @property
    def asks_times(self) -> bool:
        return self.by_hand and not self.registered

    @property
    def begun(self) -> str:
        """The start of the enquiry in the format of a date-and-time field."""
        return self.fields.get("arrived_at") or self.enquiry.arrived_at.astimezone(COPENHAGEN).strftime(
            "%Y-%m-%dT%H:%M"
        )

    @property
    def caller(self) -> str:
        """The caller's number, or the channel when there is none."""
        if self.by_hand and not self.enquiry.caller_number:
            return str(self.enquiry.get_channel_display())
        return for_people(self.enquiry.caller_number, _("Skjult nummer"))

    @property
    def handed_on(self) -> bool:
        """Whether this person transferred the caller to a colleague or an external number."""
        enquiry = self.enquiry
        away = enquiry.first_agent_id == self.by.pk and enquiry.phase not in ("talk", "hold")
        return enquiry.transfers > 0 and (enquiry.agent_id != self.by.pk or away)

    @property
    def offered(self) -> list[str]:
        """The outcomes on offer; a corrected question keeps its outcome, even one that is no longer offered."""
        ends = [outcome.value for outcome in OFFERED_OUTCOMES]
        kept = [self.correcting.outcome] if self.correcting else []
        return list(dict.fromkeys((*ends, *self.handed_over, *kept)))

    @cached_property
    def handed_over(self) -> list[str]:
        """The outcomes that the hand-overs of the enquiry stand for, the newest first."""
        return outcomes.of(self.enquiry)

    @cached_property
    def received(self) -> Handover | None:
        """The hand-over that came with the call, while this person still has to say how it ended."""
        if self.enquiry.first_agent_id == self.by.pk and not self.enquiry.transfers:
            return None
        found = calls.of_call(self.enquiry)
        mine = found is not None and found.state == Handover.State.ACCEPTED and found.person_id == self.by.pk
        return found if mine else None

    @cached_property
    def closing(self) -> ClosingForm:
        return ClosingForm(initial={"outcome": Handover.Outcome.ANSWERED})

    @property
    def preset_outcome(self) -> str:
        """How the first question ended as far as is known before anybody chooses: handed over, or transferred."""
        if self.registered or self.typed is not None:
            return ""
        return next(iter(self.handed_over), Outcome.TRANSFERRED.value if self.handed_on else "")

    @property
    def is_talking(self) -> bool:
        """Whether the conversation is still going on."""
        return self.enquiry.phase in ("talk", "hold") and self.enquiry.answered_at is not None

    @cached_property
    def numbers(self) -> list[int]:
        typed = map(whole_number, self.fields.get("questions", "").split(","))
        return [number for number in typed if number is not None] or [0]

    @cached_property
    def lines(self) -> list[QuestionLine]:
        lines = [self._line(number) for number in self.numbers]
        services = Service.objects.in_bulk([line.service_key for line in lines if line.service_key])
        return fill_purposes([self._with_service(line, services) for line in lines], on=self.on)

    def _line(self, number: int) -> _RawLine:
        typed = {name: self.fields.get(f"q{number}-{name}", "") for name in _LINE_FIELDS}
        return _RawLine(number, typed, self._errors(number))

    def _with_service(self, raw: _RawLine, services: Mapping[int, Service]) -> QuestionLine:
        typed = raw.typed
        outcome = typed["outcome"] or (self.preset_outcome if raw.number == self.numbers[0] else "")
        return QuestionLine(
            number=raw.number,
            service=chosen(services.get(raw.service_key) if raw.service_key else None),
            choice=typed["purpose"],
            character=typed["character"] or Character.GENERAL.value,
            outcome=outcome,
            digital=bool(typed["digital"]),
            known=typed["known"] or self.known,
            note=typed["note"],
            errors=tuple(raw.errors.items()),
            offered=tuple(self.offered),
        )

    # --- validation ----------------------------------------------------------------------------

    @cached_property
    def forms(self) -> list[QuestionForm]:
        return [
            QuestionForm(self.fields, prefix=f"q{number}", on=self.on, outcomes=self.offered) for number in self.numbers
        ]

    @cached_property
    def times_form(self) -> TimesForm:
        return TimesForm(self.fields)

    def is_valid(self) -> bool:
        """Whether a submitted sheet can be registered."""
        good = [form.is_valid() for form in self.forms]
        return all(good) and (not self.asks_times or self.times_form.is_valid())

    @property
    def times_errors(self) -> Mapping[str, str]:
        if self.typed is None or not self.asks_times:
            return {}
        return {name: str(errors[0]) for name, errors in self.times_form.errors.items()}

    def _errors(self, number: int) -> Mapping[str, str]:
        if self.typed is None:
            return {}
        form = self.forms[self.numbers.index(number)]
        return {name: str(errors[0]) for name, errors in form.errors.items()}

    @property
    def error_count(self) -> int:
        return sum(len(line.errors) for line in self.lines) + len(self.times_errors)

    # --- what it says --------------------------------------------------------------------------

    def questions(self) -> list[QuestionData]:
        known = KNOWN[self.known] if self.known else None
        return [form.question(known) for form in self.forms]

    @cached_property
    def known(self) -> str:
        """Whether the knowledge base had the answer, as the use of articles suggests; "" when unknown.

        With several questions the use cannot be attributed to one of them, so only an explicit answer counts.
        """
        if len(self.numbers) > 1 or self.registered:
            return ""
        told = knowledge_use.in_knowledge(self.enquiry)
        return "" if told is None else "yes" if told else "no"

    def times(self) -> TypedTimes | None:
        return self.times_form.times() if self.asks_times else None


_LINE_FIELDS = ("service", "purpose", "character", "outcome", "digital", "known", "note")


@dataclass(frozen=True, slots=True)
class _RawLine:
    number: int
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    @property
    def service_key(self) -> int | None:
        return whole_number(self.typed["service"], ID_DIGITS)


def chosen(service: Service | None) -> ChosenService | None:
    return ChosenService(service.pk, service.name) if service else None


_NINE = Query(lambda on: Purpose.objects.valid_on(on).values_list("pk", "name", "name_en"), on=date)


def fill_purposes(lines: list[QuestionLine], *, on: date) -> list[QuestionLine]:
    """The lines with their choices of purposes: the service's own list and the nine. Two queries."""
    in_english = get_language() == "en"
    nine = tuple(Choice(f"purpose:{pk}", (in_english and name_en) or name) for pk, name, name_en in _NINE.rows(on=on))
    services = {line.service.pk for line in lines if line.service}
    local = list(LocalPurpose.objects.valid_on(on).filter(service__in=services)) if services else []

    def own(service: ChosenService | None) -> tuple[Choice, ...]:
        rows = (row for row in local if service and row.service_id == service.pk)
        return tuple(Choice(f"local:{row.pk}", row.name) for row in rows)

    return [replace(line, nine=nine, local=own(line.service)) for line in lines]


def of_question(question: Question) -> dict[str, str]:
    """A registered question as fields of a sheet, for a correction."""
    choice = f"local:{question.local_purpose_id}" if question.local_purpose_id else f"purpose:{question.purpose_id}"
    return {
        "questions": "0",
        "q0-service": str(question.service_id),
        "q0-purpose": choice,
        "q0-character": question.character,
        "q0-outcome": question.outcome,
        "q0-digital": "on" if question.should_be_digital else "",
        "q0-known": next(word for word, known in KNOWN.items() if known is question.in_knowledge),
        "q0-note": question.note,
    }
