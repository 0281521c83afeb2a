"""The forms of reply texts of teams and units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.correspondence.models import CentreSignature, ReplyText
from indgang.correspondence.texts.typed import NAMES, ReplyTextFields, stored
from indgang.entry.models import Queue
from indgang.office.reply_texts import access
from indgang.office.unit_choice import indent
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SharedTextFields(ReplyTextFields):
    valid_from = DayField(label=_("Bruges fra"), widget=_DAY)
    valid_to = DayField(
        label=_("Bruges til"), required=False, widget=_DAY, help_text=_("Dagen er ikke med. Tom: indtil videre.")
    )

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*NAMES, "valid_from", "valid_to")}


class NewSharedTextForm(SharedTextFields):
    place = forms.ChoiceField(
        label=_("Til"), help_text=_("Køens team, eller alle, der svarer for enheden eller enhederne under den.")
    )
    field_order = ["place"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        super().__init__(data, initial={"valid_from": clock.today(), "language": "da"})
        self.places = access.places(person)
        queues = [(key, str(each)) for key, each in self.places.items() if isinstance(each, Queue)]
        units = [
            (key, f"{indent(each)}{each.name}") for key, each in self.places.items() if not isinstance(each, Queue)
        ]
        offer(self, "place", [("", _("Vælg")), (_("Køer"), queues), (_("Enheder"), units)])

    def text(self) -> ReplyText:
        """A new text of the chosen queue or unit."""
        place = self.places[self.cleaned_data["place"]]
        return ReplyText(queue=place) if isinstance(place, Queue) else ReplyText(unit=place)


class SharedTextForm(Revised, SharedTextFields):
    def __init__(self, data: Mapping[str, Any] | None = None, *, row: ReplyText) -> None:
        super().__init__(data, initial=stored(row) | {"valid_from": row.valid_from, "valid_to": row.valid_to})


class CentreSignatureForm(Revised, forms.Form):
    text = forms.CharField(
        label=_("Underskrift"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Felterne {medarbejder}, {center} og {telefon} udfyldes af sig selv. En linje med tomme felter falder væk."
        ),
    )  # fmt: skip
    text_en = forms.CharField(
        label=_("Underskrift på engelsk"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Tom: den danske bruges også i svar på engelsk."),
    )  # fmt: skip
    naming = forms.ChoiceField(
        label=_("Medarbejderne underskriver"), choices=CentreSignature.Naming.choices,
        help_text=_("Gælder {medarbejder} i underskrifter og standardtekster. I chat bruges kun fornavnet."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: CentreSignature) -> None:
        super().__init__(data, initial={name: getattr(row, name) for name in ("text", "text_en", "naming")})
