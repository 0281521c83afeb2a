"""The forms of the desk. People get messages; programs get 400 or 422."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.accounts.people import entries_that_fit
from indgang.catalogue.models import ContactCentre, DirectoryEntry, LocalPurpose, Purpose, Service
from indgang.core import clock, phone_numbers
from indgang.core.phone_numbers import for_people
from indgang.core.ranges import TimeRange
from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.correspondence.sms import keywords
from indgang.desk import sms_link
from indgang.desk.reading import Reading
from indgang.enquiries import registration
from indgang.enquiries.models import Channel, Character, Enquiry, Outcome, Party, ReturnCall
from indgang.enquiries.registration import QuestionData, TypedTimes
from indgang.entry.models import Disturbance, PauseReason, PhoneKind, Queue
from indgang.entry.team import day_log
from indgang.knowledge import markdown, tasks, wording
from indgang.knowledge.models import Task
from indgang.registers import look_up
from indgang.registers.contract import SearchBy
from indgang.routing.centre.personal import LONGEST_SECONDS, SHORTEST_SECONDS
from indgang.ui.choices import offer
from indgang.ui.parameters import BegunDayField
from indgang.ui.refusals import refusals_on_form
from indgang.workforce import day_line, day_words
from indgang.workforce.day_line import DayKind, DayPart

#: fields of a registration sheet besides its questions
TYPED = ("arrived_at", "minutes", "number", "name")
#: the answers to whether the knowledge base had the answer
KNOWN: dict[str, bool | None] = {"yes": True, "no": False, "unsaid": None}
_QUESTION_FIELD = re.compile(r"q(\d{1,2})-(service|purpose|character|outcome|digital|known|note)")


class NumberField(forms.CharField):
    """A telephone number, cleaned to E.164; a withheld one becomes the empty string."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phone_numbers.normalise(text)
        except phone_numbers.NumberError as error:
            raise forms.ValidationError(_("Det er ikke et telefonnummer. Tjek cifrene.")) from error
        return "" if number == phone_numbers.ANONYMOUS else number


class PhoneForm(forms.Form):
    phone_kind = forms.ChoiceField(choices=PhoneKind.choices, required=False)
    phone_address = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        kind = self.cleaned_data.get("phone_kind") or PhoneKind.BROWSER
        address = self.cleaned_data.get("phone_address", "")
        return {"phone_kind": str(kind), "phone_address": "" if kind == PhoneKind.BROWSER else address}


class DayLogForm(forms.Form):
    """A line for the log of one of the person's centres; `about` is one of their queues or a disturbance."""

    centre = forms.ModelChoiceField(ContactCentre.objects.none())
    text = forms.CharField(
        max_length=day_log.LONGEST,
        error_messages={"required": _("Skriv, hvad der er sket."), "max_length": _("Skriv det kortere.")},
    )
    about = forms.ChoiceField(required=False)

    def __init__(
        self, data: Any, *, centres: QuerySet[ContactCentre], queues: QuerySet[Queue], on: QuerySet[Disturbance]
    ) -> None:
        super().__init__(data)
        offer(self, "centre", centres)
        self.linked: dict[str, Queue | Disturbance] = {f"queue:{each.pk}": each for each in queues}
        self.linked |= {f"disturbance:{each.pk}": each for each in on}
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        about.choices = [("", ""), *((key, str(each)) for key, each in self.linked.items())]


class MyNumberForm(forms.Form):
    """A telephone number of the person's own."""

    number = forms.CharField(
        label=_("Telefonnummer"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Skriv et telefonnummer.")},
    )  # fmt: skip


class OwnTimeForm(forms.Form):
    """The day whose time line is shown, in the address of the page."""

    day = BegunDayField(label=_("Dag"))

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__({"day": data.get("day") or f"{clock.today():%Y-%m-%d}"})


class NothingForm(forms.Form):
    """A form for an order without fields."""


class PauseForm(forms.Form):
    reason = forms.ModelChoiceField(
        PauseReason.objects.none(), to_field_name="code", error_messages={"required": _("Vælg en årsag til pausen.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", PauseReason.objects.valid_on(clock.today()))

    def clean(self) -> dict[str, Any]:
        reason = self.cleaned_data.get("reason")
        return {"reason": reason.code} if reason else {}


class ExtensionForm(forms.Form):
    seconds = forms.IntegerField(min_value=10, max_value=600, initial=60)


class KeysForm(forms.Form):
    keys = forms.RegexField(
        r"^[0-9*#]{1,32}\Z", error_messages={"invalid": _("Kun cifrene 0-9, stjerne og firkant kan sendes.")}
    )


class TargetForm(forms.Form):
    address = forms.RegexField(
        r"^(person:\d{1,18}|(?:queue|subject):[-\w]{1,60}|tel:\+?[0-9*#]{1,20})\Z",
        error_messages={
            "required": _("Vælg, hvem der skal stilles om til."),
            "invalid": _("Vælg en person eller en kø fra listen, eller skriv et telefonnummer."),
        },
    )
    name = forms.CharField(max_length=200, required=False)


class TransferForm(TargetForm):
    """`wait`: the number of seconds to wait for this person alone."""

    wait = forms.IntegerField(min_value=int(SHORTEST_SECONDS), max_value=int(LONGEST_SECONDS), required=False)

    def clean(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "wait" or value is not None}


class DialForm(forms.Form):
    number = NumberField(max_length=40, error_messages={"required": _("Skriv et nummer.")})

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("number") == "":
            raise forms.ValidationError(_("Skriv et nummer, der kan ringes til."))
        return {**self.cleaned_data, "follows": None, "return_call": None}


class ByHandForm(forms.Form):
    channel = forms.ChoiceField(choices=Channel.choices)
    number = NumberField(max_length=40, required=False)


class ResultForm(forms.Form):
    result = forms.ChoiceField(
        choices=ReturnCall.Result.choices, error_messages={"required": _("Vælg, hvordan det gik.")}
    )


class PartyForm(forms.Form):
    kind = forms.ChoiceField(label=_("Hvem"), choices=Party.Kind.choices, initial=Party.Kind.BUSINESS)
    name = forms.CharField(label=_("Navn"), max_length=200)
    cvr = forms.CharField(label=_("CVR-nummer"), max_length=30, required=False)
    email = forms.EmailField(label=_("Mail"), required=False)
    number = NumberField(label=_("Telefon"), max_length=40, required=False)
    protected = forms.BooleanField(label=_("Beskyttet navn og adresse"), required=False)

    def __init__(self, *args: Any, number_known: bool, **kwargs: Any) -> None:
        """With `number_known` the enquiry has a number, so the form does not require one."""
        super().__init__(*args, **kwargs)
        if number_known:
            del self.fields["number"]


class CaseSearchForm(forms.Form):
    """What cases are searched by: a case number, or the caller's company or telephone."""

    NUMBER, CALLER = "number", "caller"

    search = forms.ChoiceField(choices=((NUMBER, NUMBER), (CALLER, CALLER)))
    value = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("search") == self.NUMBER:
            with refusals_on_form(self):
                data["value"] = look_up.searched(SearchBy.NUMBER, data.get("value", ""))
        return data


class CaseNumberForm(forms.Form):
    number = forms.CharField(max_length=60)

    def clean_number(self) -> str:
        try:
            return look_up.searched(SearchBy.NUMBER, self.cleaned_data["number"])
        except RefusedChange as refused:
            raise forms.ValidationError(str(refused)) from refused


class TimesForm(forms.Form):
    """Time and duration of an enquiry without measured times."""

    arrived_at = forms.DateTimeField(error_messages={"required": _("Skriv, hvornår det begyndte.")})
    minutes = forms.FloatField(
        min_value=0, max_value=600, error_messages={"required": _("Skriv, hvor mange minutter det tog.")}
    )

    def times(self) -> TypedTimes:
        arrived_at: datetime = self.cleaned_data["arrived_at"]
        return TypedTimes(arrived_at, self.cleaned_data["minutes"])


class QuestionForm(forms.Form):
    """One question. `purpose` is `local:<id>` or `purpose:<id>`: a local one includes its cross-cutting purpose."""

    service = forms.ModelChoiceField(
        Service.objects.all(),
        error_messages={
            "required": _("Vælg en ydelse: skriv et par bogstaver, og tryk Enter."),
            "invalid_choice": _("Ydelsen findes ikke. Vælg en fra listen."),
        },
    )
    purpose = forms.RegexField(
        r"^(local|purpose):\d{1,18}\Z",
        error_messages={"required": _("Vælg et ærinde."), "invalid": _("Vælg et ærinde fra listen.")},
    )
    character = forms.ChoiceField(
        choices=Character.choices, error_messages={"required": _("Vælg generel eller sagsspecifik.")}
    )
    outcome = forms.ChoiceField(choices=(), error_messages={"required": _("Vælg, hvordan det endte.")})
    digital = forms.BooleanField(required=False)
    known = forms.ChoiceField(choices=[("", ""), ("yes", ""), ("no", ""), ("unsaid", "")], required=False)
    note = forms.CharField(
        max_length=registration.NOTE_LENGTH,
        required=False,
        error_messages={"max_length": _("Noten må højst fylde %(limit_value)d tegn; den er på %(show_value)d.")},
    )

    def __init__(self, *args: Any, on: date, outcomes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "service", Service.objects.valid_on(on))
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(value, Outcome(value).label) for value in outcomes]

    def clean(self) -> dict[str, Any]:
        kind, _colon, key = self.cleaned_data.get("purpose", "").partition(":")
        if not key:
            return self.cleaned_data
        local = LocalPurpose.objects.select_related("purpose").filter(pk=key).first() if kind == "local" else None
        purpose = local.purpose if local else Purpose.objects.filter(pk=key).first() if kind == "purpose" else None
        service = self.cleaned_data.get("service")
        if purpose is None or (local and service and local.service_id != service.pk):
            self.add_error("purpose", _("Ærindet hører ikke til ydelsen. Vælg et andet."))
        return {**self.cleaned_data, "local_purpose": local, "purpose": purpose}

    def question(self, known: bool | None = None) -> QuestionData:
        """The question as data; `known` applies when the form does not answer that field itself."""
        clean = self.cleaned_data
        return QuestionData(
            service=clean["service"],
            purpose=clean["purpose"],
            local_purpose=clean["local_purpose"],
            character=clean["character"],
            outcome=clean["outcome"],
            should_be_digital=clean["digital"],
            in_knowledge=KNOWN[clean["known"]] if clean["known"] else known,
            note=clean["note"],
        )


def typed_fields(data: Any) -> dict[str, str]:
    """The fields that a sheet sent, flat: `q0-service` and so on, the typed times, and `questions` as "0,1"."""
    kept = {name: str(data[name]) for name in data if _QUESTION_FIELD.fullmatch(name) or name in TYPED}
    numbers = data.getlist("question") if hasattr(data, "getlist") else []
    wanted = [number for number in dict.fromkeys(numbers) if whole_number(number, 2) is not None]
    return {name: value.replace("\x00", "") for name, value in kept.items()} | {"questions": ",".join(wanted)}


class MarkForm(forms.Form):
    """A report that an answer is wrong or missing."""

    kind = forms.ChoiceField(choices=[each for each in Task.Kind.choices if each[0] != Task.Kind.PROPOSAL])
    question = forms.CharField(
        label=_("Hvad spurgte den, der ringede, om?"), max_length=tasks.MOST_QUESTION, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-enter-sends": ""}),
        error_messages={"required": _("Skriv, hvad der blev spurgt om.")},
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].required = kind == Task.Kind.MISSING


class SmsLinkForm(forms.Form):
    """An SMS with a link to the caller; the text is written anew when another link is chosen."""

    LONGEST = 1_000

    number = NumberField(label=_("Til mobilnummer"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    link = forms.ChoiceField(label=_("Link"), required=False)
    text = forms.CharField(
        label=_("Sms"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "data-enter-sends": ""}),
        error_messages={"required": _("Skriv en tekst.")},
    )  # fmt: skip

    def __init__(self, data: Any, *, reading: Reading, enquiry: Enquiry, asked: Mapping[str, str]) -> None:
        links = sms_link.links_of(reading)
        chosen = min(whole_number(asked.get("link", ""), 2) or 0, max(len(links) - 1, 0))
        text = sms_link.text_of(links[chosen], enquiry, reading.version.language) if links else ""
        number = asked.get("number", "") or for_people(sms_link.number_of(enquiry), "")
        super().__init__(data, initial={"number": number, "link": str(chosen), "text": text})
        choices = self.fields["link"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [(str(place), link.title or link.url) for place, link in enumerate(links)]
        self.has_choice, self.has_number = len(links) > 1, bool(number)
        self.silence = keywords.silence_of(sms_link.number_of(enquiry))

    def text_now(self) -> str:
        """The text as it is in the field."""
        return str(self["text"].value() or "")


class ProposalForm(forms.Form):
    """Another wording of an article."""

    title = forms.CharField(label=_("Spørgsmål"), max_length=wording.TITLE)
    short = forms.CharField(label=_("Kort svar"), max_length=wording.SHORT, widget=forms.Textarea(attrs={"rows": 3}))
    body = forms.CharField(
        label=_("Hele svaret"), max_length=markdown.MOST_CHARACTERS, required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )  # fmt: skip
    reason = forms.CharField(label=_("Hvorfor skal det ændres?"), max_length=wording.REASON)


class ToArticleForm(forms.Form):
    title = forms.CharField(label=_("Spørgsmålet, som artiklen skal svare på"), max_length=wording.TITLE)


class DayLineForm(forms.Form):
    """One typed line about the person's own day; `parts` and `sentences` are how it is read."""

    line = forms.CharField(label=_("Skriv din dag"), max_length=day_line.LONGEST)
    parts: list[DayPart]
    sentences: list[str]

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at = at
        self.parts, self.sentences = [], []

    def clean_line(self) -> str:
        line = str(self.cleaned_data["line"])
        try:
            self.parts = day_line.read(line, at=self._at)
        except day_line.UnreadableLine as error:
            raise forms.ValidationError(day_words.of_fault(error)) from error
        self.sentences = day_words.of_parts(self.parts, self._at)
        return line


class QuickDayForm(forms.Form):
    """A button of the page: a kind, and how many minutes from now; none for the rest of the day."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in DayKind if kind not in (DayKind.BUSY, DayKind.PRESENT)])
    minutes = forms.IntegerField(min_value=5, max_value=480, required=False)

    def __init__(self, *args: Any, at: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at = at

    @property
    def parts(self) -> list[DayPart]:
        minutes = self.cleaned_data["minutes"]
        seconds = minutes * 60 if minutes else clock.seconds_to_midnight(self._at)
        return [DayPart(DayKind(self.cleaned_data["kind"]), TimeRange(self._at, self._at + timedelta(seconds=seconds)))]


class CalendarForm(forms.Form):
    """The address of a calendar to share; empty to disconnect it."""

    address = forms.CharField(label=_("Kalenderens adresse"), max_length=2_000, required=False)


class FreeBusyForm(forms.Form):
    """Whether the person's times are read from Microsoft 365."""

    is_on = forms.BooleanField(required=False)


class OwnEntryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Directory entries, each with its unit."""

    def label_from_instance(self, entry: DirectoryEntry) -> str:
        return f"{entry.name}, {entry.unit.name}"


class OwnEntryForm(forms.Form):
    """Which directory entry is the person's own."""

    entry = OwnEntryChoice(DirectoryEntry.objects.none(), label=_("Dit opslag"), empty_label=_("Vælg"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        super().__init__(data, auto_id="own_entry_%s")
        offer(self, "entry", entries_that_fit(person, clock.today()))
