"""The forms of hand-overs: sending one, and what the receiver does with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.core.refusals import RefusedChange
from indgang.core.text import whole_number
from indgang.desk.forms import NumberField
from indgang.handover import suggestions
from indgang.handover.card import MOST_TEXT, Card
from indgang.handover.models import Handover
from indgang.handover.promises import PromisedTime
from indgang.handover.suggestions import SuggestedTime
from indgang.ui.choices import offer
from indgang.ui.refusals import show_refusal

#: the choice of a time that is typed
TYPED = "typed"
#: the fields of a hand-over that a draft keeps
DRAFTED = (
    "to", "q", "kind", "time", "starts", "due", "question", "told", "expected", "promised", "case_number",
    "contact_name", "contact_number", "contact_email", "tells_contact", "consent",
)  # fmt: skip
CONSENT: dict[str, bool | None] = {"": None, "yes": True, "no": False}


def _lines(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": MOST_TEXT})


def _typed(kind: str) -> forms.TextInput:
    return forms.TextInput(attrs={"type": kind})


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


class TimeField(forms.ChoiceField):
    """A suggested time, also one that was suggested a while ago: the action says whether it can still be kept."""

    def valid_value(self, value: Any) -> bool:
        return value == TYPED or suggestions.read(value) is not None


class RecipientSearch(forms.CharField):
    """The words that find who gets it; they are no part of the hand-over, so anything goes."""

    def validate(self, value: Any) -> None:
        """Accept any words, also none."""


class PromiseForm(forms.Form):
    """A promised time: one of the suggestions, or typed. `is_call` asks for a start too."""

    time = TimeField(
        label=_("Hvornår bliver der svaret?"), widget=forms.RadioSelect,
        error_messages={"required": _("Vælg, hvornår der senest bliver svaret.")},
    )  # fmt: skip
    starts = _moment(_("Tidligst"))
    due = _moment(_("Senest"))

    def __init__(self, *args: Any, times: Sequence[SuggestedTime], is_call: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "time", [*((each.value, each.label) for each in times), (TYPED, _("En anden tid"))])
        self.is_call = is_call

    @property
    def promise(self) -> PromisedTime | None:
        """The chosen time, None when none was. The form is valid."""
        clean = self.cleaned_data
        if clean["time"] != TYPED:
            chosen = suggestions.read(clean["time"])
            return chosen if chosen is None or self.is_call else PromisedTime(chosen.due)
        return PromisedTime(clean["due"], clean["starts"] if self.is_call else None) if clean["due"] else None

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("time") == TYPED:
            for name in ("starts", "due") if self.is_call else ("due",):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, _("Skriv dag og klokkeslæt."))
        return self.cleaned_data

    def refused(self, refusal: RefusedChange) -> None:
        """Show why the time or anything else was refused beside its field."""
        is_typed = self.cleaned_data.get("time") == TYPED
        places = (
            {} if is_typed and self.is_call else {"starts": "due"} if is_typed else {"starts": "time", "due": "time"}
        )
        show_refusal(self, refusal, unit="to", group="to", person="to", **places)


class HandoverForm(PromiseForm):
    """A hand-over: who gets it, as what, until when, and its card."""

    to = forms.CharField(
        max_length=140,
        error_messages={"required": _("Vælg, hvem der skal have spørgsmålet: søg, og vælg en fra listen.")},
    )
    q = RecipientSearch(label=_("Hvem skal have spørgsmålet?"), max_length=100, widget=_typed("search"))
    kind = forms.ChoiceField(
        label=_("Hvad er det?"), widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in Handover.FOR_LATER],
    )  # fmt: skip
    question = forms.CharField(
        label=_("Spørgsmålet"), widget=_lines(3), error_messages={"required": _("Skriv, hvad der bliver spurgt om.")}
    )
    expected = forms.CharField(label=_("Hvad skal modtageren gøre?"), widget=_lines(), required=False)
    told = forms.CharField(label=_("Hvad er sagt og slået op?"), widget=_lines(), required=False)
    promised = forms.CharField(label=_("Hvad har du lovet?"), widget=_lines(1), required=False)
    case_number = forms.CharField(label=_("Sagsnummer"), required=False)
    contact_name = forms.CharField(label=_("Navn"), required=False)
    contact_number = NumberField(
        label=_("Telefon"), max_length=40, required=False, widget=_typed("tel"),
        help_text=_("Skal udfyldes ved Ring tilbage"),
    )  # fmt: skip
    contact_email = forms.CharField(
        label=_("Mail"), required=False, widget=_typed("email"),
        help_text=_("Uden mailadresse sendes beskeder som sms"),
    )  # fmt: skip
    tells_contact = forms.BooleanField(
        label=_(
            "Send den, der spørger, en mail eller sms, når spørgsmålet er sendt videre, får en ny tid, mangler "
            "oplysninger eller er afsluttet"
        ),
        required=False,
    )
    consent = forms.ChoiceField(
        label=_("Er det i orden, at enheden får spørgsmålet?"), widget=forms.RadioSelect, required=False,
        choices=[("yes", _("Ja")), ("", _("Ikke spurgt")), ("no", _("Nej"))],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        values: Mapping[str, Any] = self.data if self.is_bound else self.initial
        self.is_call = values.get("kind") == Handover.Kind.CALLBACK

    @property
    def card(self) -> Card:
        """The card that was typed. The form is valid."""
        clean = self.cleaned_data
        texts = ("question", "told", "expected", "promised", "case_number", "contact_name", "contact_number",
                 "contact_email")  # fmt: skip
        return Card(
            **{name: clean[name] for name in texts},
            consent=CONSENT[clean["consent"]],
            tells_contact=clean["tells_contact"],
        )


def typed_handover(data: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a hand-over that a page sent."""
    return {name: str(data[name]).replace("\x00", "") for name in DRAFTED if name in data}


class CardForm(forms.Form):
    """A form on the page of a hand-over, which has several: the ids of its fields begin with its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}-%s"} | kwargs)


class AnotherTimeForm(CardForm, PromiseForm):
    """Another time that the contact has agreed on."""


class ReturnForm(CardForm):
    """Why a hand-over goes back to the contact centre."""

    why = forms.ChoiceField(
        label=_("Hvorfor sender du den tilbage?"), widget=forms.RadioSelect, choices=Handover.Return.choices,
        error_messages={"required": _("Vælg, hvorfor den sendes tilbage.")},
    )  # fmt: skip
    note = forms.CharField(label=_("Til den, der sendte den"), widget=_lines(), required=False)
    for_contact = forms.BooleanField(label=_("Den, der spurgte, kan læse det"), required=False)


class PlacementForm(CardForm):
    """Who gets it instead."""

    to = forms.CharField(
        max_length=140,
        error_messages={"required": _("Vælg, hvem der skal have spørgsmålet: søg, og vælg en fra listen.")},
    )
    q = RecipientSearch(label=_("Hvem skal have spørgsmålet?"), max_length=100, widget=_typed("search"))
    why = forms.ChoiceField(
        label=_("Hvorfor skal en anden enhed have den?"), widget=forms.RadioSelect, choices=Handover.Return.choices,
        required=False, help_text=_("Skal vælges, når du sender den til en anden enhed"),
    )  # fmt: skip
    note = forms.CharField(label=_("Til den, der får den"), widget=_lines(), required=False)


class AdditionForm(CardForm):
    """A text for colleagues, or one that the contact can read."""

    text = forms.CharField(label=_("Skriv"), widget=_lines(), error_messages={"required": _("Skriv en tekst.")})
    for_contact = forms.BooleanField(label=_("Den, der spurgte, kan læse det"), required=False)


class HandoverNumberForm(forms.Form):
    """The number of a hand-over, as it was told to the one who asked."""

    number = forms.CharField(
        label=_("Find en opgave på nummer"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("Skriv opgavens nummer.")},
    )  # fmt: skip

    def clean_number(self) -> int:
        number = whole_number(str(self.cleaned_data["number"]).replace(" ", ""))
        if number is None:
            raise forms.ValidationError(_("Skriv kun opgavens nummer, for eksempel 1042."))
        return number


class AttemptForm(CardForm):
    """Whether somebody was reached."""

    result = forms.ChoiceField(choices=[("reached", ""), ("not_reached", "")])


class ClosingForm(CardForm):
    """How it ended, and the two questions that are answered in one click."""

    outcome = forms.ChoiceField(
        label=_("Hvordan endte det?"), widget=forms.RadioSelect, choices=Handover.Outcome.choices,
        error_messages={"required": _("Vælg, hvordan det endte.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Svaret"), widget=_lines(), required=False,
        help_text=_("Den, der spurgte, kan læse det. Skriv ikke CPR-numre."),
    )  # fmt: skip
    told_again = forms.ChoiceField(
        label=_("Skulle den, der spurgte, fortælle det hele forfra?"), widget=forms.RadioSelect, required=False,
        choices=[("yes", _("Ja")), ("no", _("Nej"))],
    )  # fmt: skip
    first_level = forms.ChoiceField(
        label=_("Kunne kontaktcentret have svaret?"), widget=forms.RadioSelect, required=False,
        choices=[("yes", _("Ja")), ("no", _("Nej"))],
    )  # fmt: skip
    first_level_answer = forms.CharField(label=_("Med hvad?"), required=False)

    def clean(self) -> dict[str, Any]:
        said = {"yes": True, "no": False}
        clean = self.cleaned_data
        return clean | {name: said.get(clean.get(name, "")) for name in ("told_again", "first_level")}
